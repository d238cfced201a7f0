#include <dosvc/variant.h>

#include <dosvc/com.h>

#include <cstring>
#include <limits>

namespace {

std::size_t element_size(VARTYPE type) {
  switch (type) {
    case VT_UI1:
      return 1;
    case VT_I4:
    case VT_UI4:
      return 4;
    case VT_I8:
    case VT_UI8:
      return 8;
    default:
      return 0;
  }
}

HRESULT check_dimension(const SAFEARRAY* array, UINT dimension, const LONG* bound) {
  if (!array || !bound) return E_INVALIDARG;
  return dimension == 1 ? S_OK : DISP_E_BADINDEX;
}

}  // namespace

SAFEARRAY* SafeArrayCreateVector(VARTYPE type, LONG lower_bound, ULONG count) noexcept {
  const std::size_t size = element_size(type);
  if (size == 0 || std::int64_t{lower_bound} + count - 1 > std::numeric_limits<LONG>::max()) return nullptr;
  // One block: the elements follow the description, which is a multiple of eight bytes long.
  const std::size_t bytes = size * count;
  auto* const array = static_cast<SAFEARRAY*>(CoTaskMemAlloc(sizeof(SAFEARRAY) + bytes));
  if (!array) return nullptr;
  std::memset(static_cast<void*>(array), 0, sizeof(SAFEARRAY) + bytes);
  array->cDims = 1;
  array->cbElements = static_cast<ULONG>(size);
  array->pvData = array + 1;
  array->rgsabound[0] = SAFEARRAYBOUND{count, lower_bound};
  return array;
}

HRESULT SafeArrayDestroy(SAFEARRAY* array) noexcept {
  if (!array) return S_OK;
  if (array->cLocks > 0) return DISP_E_ARRAYISLOCKED;
  CoTaskMemFree(array);
  return S_OK;
}

HRESULT SafeArrayAccessData(SAFEARRAY* array, void** data) noexcept {
  if (!array || !data) return E_INVALIDARG;
  ++array->cLocks;
  *data = array->pvData;
  return S_OK;
}

HRESULT SafeArrayUnaccessData(SAFEARRAY* array) noexcept {
  if (!array) return E_INVALIDARG;
  if (array->cLocks == 0) return E_UNEXPECTED;
  --array->cLocks;
  return S_OK;
}

HRESULT SafeArrayGetLBound(SAFEARRAY* array, UINT dimension, LONG* bound) noexcept {
  const HRESULT hr = check_dimension(array, dimension, bound);
  if (SUCCEEDED(hr)) *bound = array->rgsabound[0].lLbound;
  return hr;
}

HRESULT SafeArrayGetUBound(SAFEARRAY* array, UINT dimension, LONG* bound) noexcept {
  const HRESULT hr = check_dimension(array, dimension, bound);
  if (SUCCEEDED(hr)) *bound = array->rgsabound[0].lLbound + static_cast<LONG>(array->rgsabound[0].cElements - 1);
  return hr;
}

HRESULT SafeArrayCopy(SAFEARRAY* array, SAFEARRAY** copy) noexcept {
  if (!copy) return E_INVALIDARG;
  *copy = nullptr;
  if (!array) return S_OK;
  const std::size_t bytes = sizeof(SAFEARRAY) + std::size_t{array->cbElements} * array->rgsabound[0].cElements;
  auto* const made = static_cast<SAFEARRAY*>(CoTaskMemAlloc(bytes));
  if (!made) return E_OUTOFMEMORY;
  std::memcpy(static_cast<void*>(made), array, sizeof(SAFEARRAY));
  std::memcpy(made + 1, array->pvData, bytes - sizeof(SAFEARRAY));
  made->cLocks = 0;
  made->pvData = made + 1;
  *copy = made;
  return S_OK;
}
