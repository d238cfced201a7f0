#pragma once

// Copies of strings that know how long their destination is ("Using the Strsafe.h Functions"): wide ones only.
//
// All of them end what they write with a NUL. STRSAFE_E_INSUFFICIENT_BUFFER: the destination holds as much as fits.
// STRSAFE_E_INVALID_PARAMETER: the size is 0 or above STRSAFE_MAX_CCH, or a string has no NUL within its size; the
// destination is empty then if it has room for a NUL. The Cch functions count in characters, the Cb functions in bytes.

#include <dosvc_windows/printing.h>
#include <dosvc_windows/types.h>

inline constexpr size_t STRSAFE_MAX_CCH = 2147483647;
inline constexpr HRESULT STRSAFE_E_INSUFFICIENT_BUFFER = ::dosvc::hresult(0x8007007Au);
inline constexpr HRESULT STRSAFE_E_INVALID_PARAMETER = ::dosvc::hresult(0x80070057u);
inline constexpr HRESULT STRSAFE_E_END_OF_FILE = ::dosvc::hresult(0x80070026u);
using STRSAFE_LPWSTR = wchar_t*;
using STRSAFE_LPCWSTR = const wchar_t*;

extern "C" {

HRESULT StringCchCopyW(wchar_t* to, size_t size, const wchar_t* from) noexcept;
// At most `count` characters of `from`, which needs no NUL then.
HRESULT StringCchCopyNW(wchar_t* to, size_t size, const wchar_t* from, size_t count) noexcept;
HRESULT StringCchCatW(wchar_t* to, size_t size, const wchar_t* from) noexcept;
HRESULT StringCchCatNW(wchar_t* to, size_t size, const wchar_t* from, size_t count) noexcept;
// Formats mean what they mean on Windows, see <dosvc_windows/printing.h>.
HRESULT StringCchVPrintfW(wchar_t* to, size_t size, const wchar_t* format, va_list values) noexcept;
HRESULT StringCchPrintfW(wchar_t* to, size_t size, const wchar_t* format, ...) noexcept;
// The length without the NUL, in *length if that is not NULL; 0 there on failure. STRSAFE_E_INVALID_PARAMETER: `text`
// is NULL, `size` is above STRSAFE_MAX_CCH, or there is no NUL within it.
HRESULT StringCchLengthW(const wchar_t* text, size_t size, size_t* length) noexcept;

}  // extern "C"

inline HRESULT StringCchCopy(wchar_t* to, size_t size, const wchar_t* from) noexcept {
  return StringCchCopyW(to, size, from);
}
inline HRESULT StringCchCopyN(wchar_t* to, size_t size, const wchar_t* from, size_t count) noexcept {
  return StringCchCopyNW(to, size, from, count);
}
inline HRESULT StringCchCat(wchar_t* to, size_t size, const wchar_t* from) noexcept {
  return StringCchCatW(to, size, from);
}
inline HRESULT StringCchCatN(wchar_t* to, size_t size, const wchar_t* from, size_t count) noexcept {
  return StringCchCatNW(to, size, from, count);
}
inline HRESULT StringCchVPrintf(wchar_t* to, size_t size, const wchar_t* format, va_list values) noexcept {
  return StringCchVPrintfW(to, size, format, values);
}
template <class... Values>
HRESULT StringCchPrintf(wchar_t* to, size_t size, const wchar_t* format, Values... values) noexcept {
  return StringCchPrintfW(to, size, format, values...);
}
inline HRESULT StringCchLength(const wchar_t* text, size_t size, size_t* length) noexcept {
  return StringCchLengthW(text, size, length);
}

inline HRESULT StringCbCopyW(wchar_t* to, size_t bytes, const wchar_t* from) noexcept {
  return StringCchCopyW(to, bytes / sizeof(wchar_t), from);
}
inline HRESULT StringCbCatW(wchar_t* to, size_t bytes, const wchar_t* from) noexcept {
  return StringCchCatW(to, bytes / sizeof(wchar_t), from);
}
template <class... Values>
HRESULT StringCbPrintfW(wchar_t* to, size_t bytes, const wchar_t* format, Values... values) noexcept {
  return StringCchPrintfW(to, bytes / sizeof(wchar_t), format, values...);
}
#define StringCbCopy StringCbCopyW
#define StringCbCat StringCbCatW
#define StringCbPrintf StringCbPrintfW
