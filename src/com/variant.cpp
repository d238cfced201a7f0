#include <dosvc/variant.h>

#include <utility>

void VariantInit(VARIANT* value) noexcept {
  if (value) *value = VARIANT{};
}

HRESULT VariantClear(VARIANT* value) noexcept {
  if (!value) return E_INVALIDARG;
  switch (value->vt) {
    case VT_EMPTY:
    case VT_NULL:
    case VT_I4:
    case VT_BOOL:
    case VT_UI1:
    case VT_UI4:
    case VT_I8:
    case VT_UI8:
      break;
    case VT_BSTR:
      SysFreeString(value->bstrVal);
      break;
    case VT_UNKNOWN:
      // Empty first: the object's end may come back here.
      if (IUnknown* const held = std::exchange(value->punkVal, nullptr)) held->Release();
      break;
    default:
      if ((value->vt & VT_ARRAY) == 0) return DISP_E_BADVARTYPE;
      if (const HRESULT hr = SafeArrayDestroy(value->parray); FAILED(hr)) return hr;
  }
  *value = VARIANT{};
  return S_OK;
}
