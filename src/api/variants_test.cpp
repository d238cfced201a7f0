#include "api/variants.h"

#include "com/task_memory.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

TEST(Variants, hold_what_was_put_in) {
  const std::size_t before = outstanding_task_allocations();
  VARIANT text = text_variant("caf\u00e9");
  EXPECT_EQ(text.vt, VT_BSTR);
  EXPECT_EQ(std::wstring(text.bstrVal), L"caf\u00e9");
  EXPECT_EQ(*text_of(text), "caf\u00e9");
  EXPECT_EQ(VariantClear(&text), S_OK);
  EXPECT_EQ(outstanding_task_allocations(), before);
  EXPECT_EQ(flag_variant(true).boolVal, VARIANT_TRUE);
  EXPECT_TRUE(*flag_of(flag_variant(true)));
  EXPECT_FALSE(*flag_of(flag_variant(false)));
  EXPECT_EQ(*number_of(number_variant(4'000'000'000u)), 4'000'000'000u);
  EXPECT_EQ(*size_of(size_variant(~std::uint64_t{0} - 1)), ~std::uint64_t{0} - 1);
}

TEST(Variants, of_another_type_are_refused) {
  VARIANT none{};
  EXPECT_EQ(text_of(none).error().code, E_INVALIDARG);
  EXPECT_EQ(flag_of(number_variant(1)).error().code, E_INVALIDARG);
  EXPECT_EQ(number_of(size_variant(1)).error().code, E_INVALIDARG);
  EXPECT_EQ(size_of(number_variant(1)).error().code, E_INVALIDARG);
}

TEST(Variants, hold_texts_of_unicode_without_zeros) {
  VARIANT null{};
  null.vt = VT_BSTR;
  EXPECT_EQ(*text_of(null), "");
  for (const std::wstring_view text : {std::wstring_view(L"a\0b", 3), std::wstring_view(L"\xd800", 1)}) {
    VARIANT value{};
    value.vt = VT_BSTR;
    value.bstrVal = SysAllocStringLen(text.data(), static_cast<UINT>(text.size()));
    EXPECT_EQ(text_of(value).error().code, E_INVALIDARG);
    VariantClear(&value);
  }
}

}  // namespace
}  // namespace dosvc
