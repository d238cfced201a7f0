#pragma once

// The rest of COM: what <dosvc/com.h> has not, because Linux has no use for it.

#include <dosvc/com.h>
#include <dosvc_windows/last_error.h>

using LPUNKNOWN = IUnknown*;
using PSECURITY_DESCRIPTOR = void*;
using RPC_AUTH_IDENTITY_HANDLE = void*;
struct SOLE_AUTHENTICATION_SERVICE;  // NULL is all that there is to say
struct IClientSecurity;

// ("Authentication Level Constants", "RPC_C_IMP_LEVEL_xxx", "Authentication Service Constants",
// "Authorization Constants", "EOLE_AUTHENTICATION_CAPABILITIES enumeration")
inline constexpr DWORD RPC_C_AUTHN_LEVEL_DEFAULT = 0;
inline constexpr DWORD RPC_C_AUTHN_LEVEL_NONE = 1;
inline constexpr DWORD RPC_C_AUTHN_LEVEL_CONNECT = 2;
inline constexpr DWORD RPC_C_AUTHN_LEVEL_CALL = 3;
inline constexpr DWORD RPC_C_AUTHN_LEVEL_PKT = 4;
inline constexpr DWORD RPC_C_AUTHN_LEVEL_PKT_INTEGRITY = 5;
inline constexpr DWORD RPC_C_AUTHN_LEVEL_PKT_PRIVACY = 6;
inline constexpr DWORD RPC_C_IMP_LEVEL_DEFAULT = 0;
inline constexpr DWORD RPC_C_IMP_LEVEL_ANONYMOUS = 1;
inline constexpr DWORD RPC_C_IMP_LEVEL_IDENTIFY = 2;
inline constexpr DWORD RPC_C_IMP_LEVEL_IMPERSONATE = 3;
inline constexpr DWORD RPC_C_IMP_LEVEL_DELEGATE = 4;
inline constexpr DWORD RPC_C_AUTHN_NONE = 0;
inline constexpr DWORD RPC_C_AUTHN_WINNT = 10;
inline constexpr DWORD RPC_C_AUTHN_DEFAULT = 0xFFFFFFFF;
inline constexpr DWORD RPC_C_AUTHZ_NONE = 0;
inline constexpr DWORD RPC_C_AUTHZ_NAME = 1;
inline constexpr DWORD RPC_C_AUTHZ_DEFAULT = 0xFFFFFFFF;
#define COLE_DEFAULT_PRINCIPAL (reinterpret_cast<OLECHAR*>(static_cast<INT_PTR>(-1)))
#define COLE_DEFAULT_AUTHINFO (reinterpret_cast<void*>(static_cast<INT_PTR>(-1)))

enum EOLE_AUTHENTICATION_CAPABILITIES : DWORD {
  EOAC_NONE = 0,
  EOAC_MUTUAL_AUTH = 0x1,
  EOAC_STATIC_CLOAKING = 0x20,
  EOAC_DYNAMIC_CLOAKING = 0x40,
  EOAC_SECURE_REFS = 0x2,
  EOAC_DISABLE_AAA = 0x1000,
  EOAC_DEFAULT = 0x800,
};

// Accepted whatever it asks for, and as often as it is called: who calls is known here without it.
inline HRESULT CoInitializeSecurity(PSECURITY_DESCRIPTOR /*descriptor*/, LONG /*services*/,
                                    SOLE_AUTHENTICATION_SERVICE* /*service*/, void* /*reserved*/,
                                    DWORD /*authentication*/, DWORD /*impersonation*/, void* /*list*/,
                                    DWORD /*capabilities*/, void* /*reserved*/) noexcept {
  return S_OK;
}
// Accepted, too. E_INVALIDARG: `proxy` is NULL.
inline HRESULT CoSetProxyBlanket(IUnknown* proxy, DWORD /*authentication*/, DWORD /*authorization*/,
                                 OLECHAR* /*principal*/, DWORD /*level*/, DWORD /*impersonation*/,
                                 RPC_AUTH_IDENTITY_HANDLE /*identity*/, DWORD /*capabilities*/) noexcept {
  return proxy ? S_OK : E_INVALIDARG;
}

inline constexpr const IID& IID_NULL = GUID_NULL;
inline constexpr const CLSID& CLSID_NULL = GUID_NULL;
#define IsEqualGUIDAligned(a, b) IsEqualGUID(a, b)
inline bool InlineIsEqualGUID(REFGUID a, REFGUID b) { return a == b; }

extern "C" {

// "{19C613A0-FCB8-4F28-81AE-897C3D078F81}" as an id; letters of either case. NULL as text gives the id of zeros.
// E_INVALIDARG: `id` is NULL, or the text has another length. CO_E_IIDSTRING, CO_E_CLASSSTRING: it is no id; names of
// programs are not looked up. *id is zero on failure.
HRESULT IIDFromString(LPCOLESTR text, IID* id) noexcept;
HRESULT CLSIDFromString(LPCOLESTR text, CLSID* id) noexcept;

// The same text in upper case, with its NUL. The number of characters with the NUL, 39; or 0: `size` is less.
int StringFromGUID2(REFGUID id, LPOLESTR text, int size) noexcept;
// In task memory, which the caller frees. E_INVALIDARG, E_OUTOFMEMORY.
HRESULT StringFromCLSID(REFCLSID id, LPOLESTR* text) noexcept;
HRESULT StringFromIID(REFIID id, LPOLESTR* text) noexcept;

// An id that nobody else has. E_INVALIDARG, E_UNEXPECTED: the system has no random numbers.
HRESULT CoCreateGuid(GUID* id) noexcept;

}  // extern "C"
