#include <dosvc/variant.h>

#include <utility>

namespace {

// Values of these types own nothing.
bool is_plain(VARTYPE type) {
  switch (type) {
    case VT_EMPTY:
    case VT_NULL:
    case VT_I4:
    case VT_BOOL:
    case VT_UI1:
    case VT_UI4:
    case VT_I8:
    case VT_UI8:
      return true;
    default:
      return false;
  }
}

// `copy` is a bitwise copy: gives it what it is to own itself.
HRESULT own(VARIANT& copy) {
  if (is_plain(copy.vt)) return S_OK;
  if (copy.vt == VT_BSTR) {
    if (!copy.bstrVal) return S_OK;
    copy.bstrVal = SysAllocStringLen(copy.bstrVal, SysStringLen(copy.bstrVal));
    return copy.bstrVal ? S_OK : E_OUTOFMEMORY;
  }
  if (copy.vt == VT_UNKNOWN) {
    if (copy.punkVal) copy.punkVal->AddRef();
    return S_OK;
  }
  return (copy.vt & VT_ARRAY) != 0 ? SafeArrayCopy(copy.parray, &copy.parray) : DISP_E_BADVARTYPE;
}

}  // namespace

void VariantInit(VARIANT* value) noexcept {
  if (value) *value = VARIANT{};
}

HRESULT VariantClear(VARIANT* value) noexcept {
  if (!value) return E_INVALIDARG;
  if (value->vt == VT_BSTR) {
    SysFreeString(value->bstrVal);
  } else if (value->vt == VT_UNKNOWN) {
    // Empty first: the object's end may come back here.
    if (IUnknown* const held = std::exchange(value->punkVal, nullptr)) held->Release();
  } else if ((value->vt & VT_ARRAY) != 0) {
    if (const HRESULT hr = SafeArrayDestroy(value->parray); FAILED(hr)) return hr;
  } else if (!is_plain(value->vt)) {
    return DISP_E_BADVARTYPE;
  }
  *value = VARIANT{};
  return S_OK;
}

HRESULT VariantCopy(VARIANT* to, const VARIANT* from) noexcept {
  if (!to || !from) return E_INVALIDARG;
  VARIANT copy = *from;
  if (const HRESULT hr = own(copy); FAILED(hr)) return hr;
  if (const HRESULT hr = VariantClear(to); FAILED(hr)) {
    VariantClear(&copy);
    return hr;
  }
  *to = copy;
  return S_OK;
}
