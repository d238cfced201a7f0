#pragma once

// System error numbers beside those in <dosvc/errors.h>, the parts of an HRESULT, and each thread's last error.

#include <dosvc_windows/types.h>

#define NOERROR S_OK
#define NO_ERROR ERROR_SUCCESS

inline constexpr std::uint32_t ERROR_INVALID_WINDOW_HANDLE = 1400;
inline constexpr std::uint32_t ERROR_INVALID_THREAD_ID = 1444;

inline constexpr HRESULT CO_E_CLASSSTRING = ::dosvc::hresult(0x800401F3u);
inline constexpr HRESULT CO_E_IIDSTRING = ::dosvc::hresult(0x800401F4u);

inline constexpr DWORD SEVERITY_SUCCESS = 0;
inline constexpr DWORD SEVERITY_ERROR = 1;
inline constexpr DWORD FACILITY_ITF = 4;
inline constexpr DWORD FACILITY_WIN32 = 7;
#define MAKE_HRESULT(severity, facility, code)                                                                \
  (::dosvc::hresult(static_cast<std::uint32_t>(severity) << 31 | static_cast<std::uint32_t>(facility) << 16 | \
                    static_cast<std::uint32_t>(code)))
#define HRESULT_CODE(hr) (static_cast<std::uint32_t>(hr) & 0xFFFFu)
#define HRESULT_FACILITY(hr) (static_cast<std::uint32_t>(hr) >> 16 & 0x1FFFu)
#define HRESULT_SEVERITY(hr) (static_cast<std::uint32_t>(hr) >> 31)
#define IS_ERROR(hr) (HRESULT_SEVERITY(hr) == SEVERITY_ERROR)

extern "C" {

// Why the last function of these headers failed that says so in its description, on the calling thread; a success may
// leave it as it was. ("GetLastError function")
DWORD GetLastError() noexcept;
void SetLastError(DWORD error) noexcept;

}  // extern "C"
