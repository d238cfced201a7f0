#include "api/variants.h"

#include "api/values.h"
#include "com/wide.h"

#include <new>

namespace dosvc {
namespace {

VARIANT of_type(VARTYPE type) {
  VARIANT value{};
  value.vt = type;
  return value;
}

Result<void> check_type(const VARIANT& value, VARTYPE type) {
  if (value.vt == type) return {};
  return failed_with(E_INVALIDARG, "the value of the property has the type " + std::to_string(value.vt) +
                                       " in place of " + std::to_string(type));
}

}  // namespace

VARIANT text_variant(std::string_view utf8) {
  const std::wstring text = to_wide_or_replace(utf8);
  VARIANT value = of_type(VT_BSTR);
  value.bstrVal = SysAllocStringLen(text.data(), static_cast<UINT>(text.size()));
  if (!value.bstrVal) throw std::bad_alloc();
  return value;
}

VARIANT flag_variant(bool flag) {
  VARIANT value = of_type(VT_BOOL);
  value.boolVal = flag ? VARIANT_TRUE : VARIANT_FALSE;
  return value;
}

VARIANT number_variant(std::uint32_t number) {
  VARIANT value = of_type(VT_UI4);
  value.ulVal = number;
  return value;
}

VARIANT seconds_variant(std::chrono::seconds time) { return number_variant(static_cast<std::uint32_t>(time.count())); }

VARIANT object_variant(com_ptr<IUnknown> object) {
  VARIANT value = of_type(VT_UNKNOWN);
  value.punkVal = object.detach();
  return value;
}

VARIANT size_variant(std::uint64_t size) {
  VARIANT value = of_type(VT_UI8);
  value.ullVal = size;
  return value;
}

Result<std::string> text_of(const VARIANT& value) {
  DO_TRY(check_type(value, VT_BSTR));
  if (!value.bstrVal) return std::string();
  const std::wstring_view text(value.bstrVal, SysStringLen(value.bstrVal));
  if (text.find(L'\0') != std::wstring_view::npos) return failed_with(E_INVALIDARG, "a text holds a zero character");
  return to_utf8(text);
}

Result<bool> flag_of(const VARIANT& value) {
  DO_TRY(check_type(value, VT_BOOL));
  return value.boolVal != VARIANT_FALSE;
}

Result<std::uint32_t> number_of(const VARIANT& value) {
  DO_TRY(check_type(value, VT_UI4));
  return std::uint32_t{value.ulVal};
}

Result<std::uint64_t> size_of(const VARIANT& value) {
  DO_TRY(check_type(value, VT_UI8));
  return std::uint64_t{value.ullVal};
}

Result<std::string> bytes_of(const VARIANT& value) {
  DO_TRY(check_type(value, VT_ARRAY | VT_UI1));
  SAFEARRAY* const array = value.parray;
  if (!array || array->cDims != 1 || array->cbElements != 1) return failed_with(E_INVALIDARG, "it is no row of bytes");
  void* data = nullptr;
  if (FAILED(SafeArrayAccessData(array, &data))) return failed_with(E_INVALIDARG, "the array can't be read");
  std::string bytes(static_cast<const char*>(data), array->rgsabound[0].cElements);
  (void)SafeArrayUnaccessData(array);
  return bytes;
}

}  // namespace dosvc
