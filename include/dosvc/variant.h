#pragma once

// Strings that know their length, byte arrays and tagged values, as far as the properties of a download use them.
// Whoever holds one frees it: SysFreeString, SafeArrayDestroy, VariantClear. All may be called from any thread.

#include <dosvc/unknown.h>

// Points at the first character; a 32-bit number of bytes stands before it and a NUL behind. NULL is the empty string.
using BSTR = wchar_t*;

using VARTYPE = std::uint16_t;
using VARIANT_BOOL = std::int16_t;
inline constexpr VARIANT_BOOL VARIANT_TRUE = -1;
inline constexpr VARIANT_BOOL VARIANT_FALSE = 0;

enum VARENUM : VARTYPE {
  VT_EMPTY = 0,
  VT_NULL = 1,
  VT_I4 = 3,
  VT_BSTR = 8,
  VT_BOOL = 11,
  VT_UNKNOWN = 13,
  VT_UI1 = 17,
  VT_UI4 = 19,
  VT_I8 = 20,
  VT_UI8 = 21,
  VT_ARRAY = 0x2000,
};

struct SAFEARRAYBOUND {
  ULONG cElements;
  LONG lLbound;
};

// Only arrays of one dimension exist here ("SAFEARRAY structure").
struct SAFEARRAY {
  USHORT cDims;
  USHORT fFeatures;
  ULONG cbElements;
  ULONG cLocks;
  void* pvData;
  SAFEARRAYBOUND rgsabound[1];
};

// A value and its type; start with VariantInit, end with VariantClear ("VARIANT structure").
struct VARIANT {
  VARTYPE vt;
  WORD wReserved1;
  WORD wReserved2;
  WORD wReserved3;
  union {
    BYTE bVal;
    LONG lVal;
    LONGLONG llVal;
    ULONG ulVal;
    ULONGLONG ullVal;
    VARIANT_BOOL boolVal;
    BSTR bstrVal;
    IUnknown* punkVal;
    SAFEARRAY* parray;
    void* reserved_pair[2];  // the size that the type has on Windows
  };
};
using VARIANTARG = VARIANT;

extern "C" {

// A copy, or NULL when `text` is NULL or memory is short.
DOSVC_API BSTR SysAllocString(LPCWSTR text) noexcept;
// `length` characters, which may include NULs; zeros when `text` is NULL.
DOSVC_API BSTR SysAllocStringLen(LPCWSTR text, UINT length) noexcept;
DOSVC_API void SysFreeString(BSTR text) noexcept;
// In characters, and in bytes; 0 for NULL.
DOSVC_API UINT SysStringLen(BSTR text) noexcept;
DOSVC_API UINT SysStringByteLen(BSTR text) noexcept;

// A zeroed array of `count` elements of VT_UI1, VT_UI4, VT_I4, VT_UI8 or VT_I8; NULL for other types.
DOSVC_API SAFEARRAY* SafeArrayCreateVector(VARTYPE type, LONG lower_bound, ULONG count) noexcept;
// DISP_E_ARRAYISLOCKED between SafeArrayAccessData and SafeArrayUnaccessData.
DOSVC_API HRESULT SafeArrayDestroy(SAFEARRAY* array) noexcept;
DOSVC_API HRESULT SafeArrayAccessData(SAFEARRAY* array, void** data) noexcept;
DOSVC_API HRESULT SafeArrayUnaccessData(SAFEARRAY* array) noexcept;
// `dimension` counts from 1. DISP_E_BADINDEX: no such dimension.
DOSVC_API HRESULT SafeArrayGetLBound(SAFEARRAY* array, UINT dimension, LONG* bound) noexcept;
DOSVC_API HRESULT SafeArrayGetUBound(SAFEARRAY* array, UINT dimension, LONG* bound) noexcept;
// A second array with the same elements. *copy is NULL on failure, and when `array` is NULL, which is no error.
DOSVC_API HRESULT SafeArrayCopy(SAFEARRAY* array, SAFEARRAY** copy) noexcept;

DOSVC_API void VariantInit(VARIANT* value) noexcept;
// Frees what the value holds and leaves VT_EMPTY. DISP_E_BADVARTYPE: a type that is not listed above, left alone.
DOSVC_API HRESULT VariantClear(VARIANT* value) noexcept;
// Clears `to` and gives it a copy of what `from` holds: strings and arrays of its own, one more reference to an object.
// DISP_E_BADVARTYPE, DISP_E_ARRAYISLOCKED (of what `to` held): nothing is changed.
DOSVC_API HRESULT VariantCopy(VARIANT* to, const VARIANT* from) noexcept;

}  // extern "C"
