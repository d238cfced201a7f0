#include "com/task_memory.h"

#include <dosvc/com.h>

#include <gtest/gtest.h>

#include <cstring>
#include <string>

using dosvc::outstanding_task_allocations;

namespace {

class Nothing final : public dosvc::Object<IUnknown> {};

TEST(TaskMemory, counts_what_is_not_freed) {
  const std::size_t before = outstanding_task_allocations();
  void* memory = CoTaskMemAlloc(0);
  ASSERT_NE(memory, nullptr);
  EXPECT_EQ(outstanding_task_allocations(), before + 1);
  memory = CoTaskMemRealloc(memory, 100);
  EXPECT_EQ(outstanding_task_allocations(), before + 1);
  EXPECT_EQ(CoTaskMemRealloc(memory, 0), nullptr);
  CoTaskMemFree(nullptr);
  EXPECT_EQ(outstanding_task_allocations(), before);
}

TEST(TaskMemory, holds_copies_of_strings) {
  wchar_t* const wide = dosvc::task_string(std::wstring_view(L"a\x1F600"));
  EXPECT_EQ(std::wstring(wide), L"a\x1F600");
  wchar_t* const narrow = dosvc::task_string(std::string_view("gr\xC3\xBC\xFF"));
  EXPECT_EQ(std::wstring(narrow), L"gr\u00FC\uFFFD");
  wchar_t* const empty = dosvc::task_string(std::string_view());
  EXPECT_EQ(std::wstring(empty), L"");
  for (wchar_t* const text : {wide, narrow, empty}) CoTaskMemFree(text);
}

TEST(Bstr, knows_its_length_and_ends_with_nul) {
  const std::size_t before = outstanding_task_allocations();
  BSTR text = SysAllocString(L"text");
  ASSERT_NE(text, nullptr);
  EXPECT_EQ(SysStringLen(text), 4u);
  EXPECT_EQ(SysStringByteLen(text), 16u);
  EXPECT_EQ(text[4], L'\0');
  SysFreeString(text);
  EXPECT_EQ(outstanding_task_allocations(), before);
}

TEST(Bstr, keeps_nuls_inside) {
  BSTR text = SysAllocStringLen(L"a\0b", 3);
  EXPECT_EQ(SysStringLen(text), 3u);
  EXPECT_EQ(text[2], L'b');
  SysFreeString(text);
  text = SysAllocStringLen(nullptr, 2);
  EXPECT_EQ(text[1], L'\0');
  SysFreeString(text);
}

TEST(Bstr, null_is_the_empty_string) {
  EXPECT_EQ(SysAllocString(nullptr), nullptr);
  EXPECT_EQ(SysStringLen(nullptr), 0u);
  SysFreeString(nullptr);
}

TEST(Bstr, refuses_a_length_whose_bytes_cannot_be_told) { EXPECT_EQ(SysAllocStringLen(nullptr, 0x40000000u), nullptr); }

TEST(SafeArray, holds_bytes_from_its_lower_bound) {
  const std::size_t before = outstanding_task_allocations();
  SAFEARRAY* const array = SafeArrayCreateVector(VT_UI1, 1, 3);
  ASSERT_NE(array, nullptr);
  LONG lower = 0;
  LONG upper = 0;
  EXPECT_EQ(SafeArrayGetLBound(array, 1, &lower), S_OK);
  EXPECT_EQ(SafeArrayGetUBound(array, 1, &upper), S_OK);
  EXPECT_EQ(lower, 1);
  EXPECT_EQ(upper, 3);
  EXPECT_EQ(SafeArrayGetLBound(array, 2, &lower), DISP_E_BADINDEX);

  void* data = nullptr;
  ASSERT_EQ(SafeArrayAccessData(array, &data), S_OK);
  std::memcpy(data, "xyz", 3);
  EXPECT_EQ(SafeArrayDestroy(array), DISP_E_ARRAYISLOCKED);
  EXPECT_EQ(SafeArrayUnaccessData(array), S_OK);
  EXPECT_EQ(SafeArrayUnaccessData(array), E_UNEXPECTED);
  EXPECT_EQ(SafeArrayDestroy(array), S_OK);
  EXPECT_EQ(outstanding_task_allocations(), before);
}

TEST(SafeArray, may_be_empty_and_refuses_what_it_cannot_hold) {
  SAFEARRAY* const array = SafeArrayCreateVector(VT_UI8, 0, 0);
  LONG upper = 0;
  EXPECT_EQ(SafeArrayGetUBound(array, 1, &upper), S_OK);
  EXPECT_EQ(upper, -1);
  EXPECT_EQ(SafeArrayDestroy(array), S_OK);
  EXPECT_EQ(SafeArrayCreateVector(VT_BSTR, 0, 1), nullptr);
  EXPECT_EQ(SafeArrayCreateVector(VT_UI1, 2, 0x7FFFFFFFu), nullptr);
}

TEST(Variant, frees_what_it_holds) {
  const std::size_t before = outstanding_task_allocations();
  VARIANT value;
  VariantInit(&value);
  EXPECT_EQ(value.vt, VT_EMPTY);
  value.vt = VT_BSTR;
  value.bstrVal = SysAllocString(L"text");
  EXPECT_EQ(VariantClear(&value), S_OK);
  EXPECT_EQ(value.vt, VT_EMPTY);

  value.vt = VT_ARRAY | VT_UI1;
  value.parray = SafeArrayCreateVector(VT_UI1, 0, 8);
  EXPECT_EQ(VariantClear(&value), S_OK);
  EXPECT_EQ(outstanding_task_allocations(), before);

  const auto object = dosvc::make_object<Nothing>();
  object->AddRef();
  value.vt = VT_UNKNOWN;
  value.punkVal = object.get();
  EXPECT_EQ(VariantClear(&value), S_OK);
  EXPECT_EQ(object->AddRef(), 2u);
  object->Release();
}

TEST(SafeArray, is_copied_with_its_elements_and_bounds) {
  const std::size_t before = outstanding_task_allocations();
  SAFEARRAY* const array = SafeArrayCreateVector(VT_UI4, 5, 2);
  static_cast<std::uint32_t*>(array->pvData)[1] = 77;
  void* data = nullptr;
  ASSERT_EQ(SafeArrayAccessData(array, &data), S_OK);
  SAFEARRAY* copy = nullptr;
  EXPECT_EQ(SafeArrayCopy(array, &copy), S_OK);
  ASSERT_NE(copy, nullptr);
  EXPECT_EQ(SafeArrayUnaccessData(array), S_OK);
  EXPECT_EQ(SafeArrayDestroy(array), S_OK);
  LONG upper = 0;
  EXPECT_EQ(SafeArrayGetUBound(copy, 1, &upper), S_OK);
  EXPECT_EQ(upper, 6);
  EXPECT_EQ(static_cast<std::uint32_t*>(copy->pvData)[1], 77u);
  EXPECT_EQ(SafeArrayDestroy(copy), S_OK) << "the lock is not copied";
  EXPECT_EQ(SafeArrayCopy(nullptr, &copy), S_OK);
  EXPECT_EQ(copy, nullptr);
  EXPECT_EQ(SafeArrayCopy(nullptr, nullptr), E_INVALIDARG);
  EXPECT_EQ(outstanding_task_allocations(), before);
}

TEST(Variant, is_copied_with_what_it_holds) {
  const std::size_t before = outstanding_task_allocations();
  VARIANT from, to;
  VariantInit(&from);
  VariantInit(&to);
  from.vt = VT_BSTR;
  from.bstrVal = SysAllocStringLen(L"a\0b", 3);
  ASSERT_EQ(VariantCopy(&to, &from), S_OK);
  ASSERT_EQ(to.vt, VT_BSTR);
  EXPECT_NE(to.bstrVal, from.bstrVal);
  EXPECT_EQ(std::wstring(to.bstrVal, SysStringLen(to.bstrVal)), std::wstring(L"a\0b", 3));
  EXPECT_EQ(VariantCopy(&to, &to), S_OK);
  EXPECT_EQ(SysStringLen(to.bstrVal), 3u);
  VariantClear(&from);

  const auto object = dosvc::make_object<Nothing>();
  object->AddRef();
  from.vt = VT_UNKNOWN;
  from.punkVal = object.get();
  EXPECT_EQ(VariantCopy(&to, &from), S_OK) << "the string goes";
  EXPECT_EQ(object->AddRef(), 4u);
  object->Release();
  VariantClear(&from);

  from.vt = VT_ARRAY | VT_UI1;
  from.parray = SafeArrayCreateVector(VT_UI1, 0, 4);
  EXPECT_EQ(VariantCopy(&to, &from), S_OK);
  EXPECT_NE(to.parray, from.parray);
  VariantClear(&from);

  from.vt = VT_UI8;
  from.ullVal = 0x123456789AULL;
  EXPECT_EQ(VariantCopy(&to, &from), S_OK);
  EXPECT_EQ(to.ullVal, 0x123456789AULL);
  EXPECT_EQ(outstanding_task_allocations(), before);
}

TEST(Variant, is_not_changed_by_a_copy_that_fails) {
  const std::size_t before = outstanding_task_allocations();
  VARIANT from, to;
  VariantInit(&from);
  VariantInit(&to);
  to.vt = VT_ARRAY | VT_UI1;
  to.parray = SafeArrayCreateVector(VT_UI1, 0, 4);
  from.vt = 9;
  EXPECT_EQ(VariantCopy(&to, &from), DISP_E_BADVARTYPE);
  EXPECT_EQ(to.vt, VT_ARRAY | VT_UI1);
  from.vt = VT_BSTR;
  from.bstrVal = SysAllocString(L"text");
  void* data = nullptr;
  ASSERT_EQ(SafeArrayAccessData(to.parray, &data), S_OK);
  EXPECT_EQ(VariantCopy(&to, &from), DISP_E_ARRAYISLOCKED);
  EXPECT_EQ(to.vt, VT_ARRAY | VT_UI1);
  SafeArrayUnaccessData(to.parray);
  EXPECT_EQ(VariantCopy(nullptr, &from), E_INVALIDARG);
  EXPECT_EQ(VariantCopy(&to, nullptr), E_INVALIDARG);
  VariantClear(&from);
  VariantClear(&to);
  EXPECT_EQ(outstanding_task_allocations(), before);
}

TEST(Variant, leaves_unknown_types_alone) {
  VARIANT value;
  VariantInit(&value);
  value.vt = 9;
  EXPECT_EQ(VariantClear(&value), DISP_E_BADVARTYPE);
  EXPECT_EQ(value.vt, 9);
  EXPECT_EQ(VariantClear(nullptr), E_INVALIDARG);
}

}  // namespace
