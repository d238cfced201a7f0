#include <combaseapi.h>

#include <dosvc/bits.h>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace {

constexpr wchar_t kText[] = L"{37668D37-507E-4160-9316-26306D150B12}";

TEST(GuidText, is_that_of_windows) {
  wchar_t text[39];
  EXPECT_EQ(StringFromGUID2(IID_IBackgroundCopyJob, text, 39), 39);
  EXPECT_STREQ(text, kText);
  EXPECT_EQ(StringFromGUID2(GUID_NULL, text, 39), 39);
  EXPECT_STREQ(text, L"{00000000-0000-0000-0000-000000000000}");
}

TEST(GuidText, needs_room) {
  wchar_t text[39] = L"old";
  EXPECT_EQ(StringFromGUID2(IID_IBackgroundCopyJob, text, 38), 0);
  EXPECT_STREQ(text, L"old");
  EXPECT_EQ(StringFromGUID2(IID_IBackgroundCopyJob, nullptr, 39), 0);
}

TEST(GuidText, comes_in_task_memory) {
  LPOLESTR text = nullptr;
  ASSERT_EQ(StringFromCLSID(IID_IBackgroundCopyJob, &text), S_OK);
  EXPECT_STREQ(text, kText);
  CoTaskMemFree(text);
  ASSERT_EQ(StringFromIID(IID_IBackgroundCopyJob, &text), S_OK);
  EXPECT_STREQ(text, kText);
  CoTaskMemFree(text);
  EXPECT_EQ(StringFromCLSID(IID_IBackgroundCopyJob, nullptr), E_INVALIDARG);
}

TEST(GuidText, is_read_in_either_case) {
  GUID id{};
  EXPECT_EQ(IIDFromString(kText, &id), S_OK);
  EXPECT_EQ(id, IID_IBackgroundCopyJob);
  EXPECT_EQ(CLSIDFromString(L"{37668d37-507e-4160-9316-26306d150b12}", &id), S_OK);
  EXPECT_EQ(id, IID_IBackgroundCopyJob);
}

TEST(GuidText, that_is_missing_is_the_id_of_zeros) {
  GUID id = IID_IUnknown;
  EXPECT_EQ(IIDFromString(nullptr, &id), S_OK);
  EXPECT_EQ(id, GUID_NULL);
  EXPECT_EQ(IIDFromString(kText, nullptr), E_INVALIDARG);
}

TEST(GuidText, that_is_malformed_is_refused) {
  const wchar_t* const malformed[] = {
      L"{37668D37-507E-4160-9316-26306D150B1G}", L"{37668D37-507E-4160-9316-26306D150B12)",
      L"(37668D37-507E-4160-9316-26306D150B12}", L"{37668D37-507E-4160-931626306D150B12-}",
      L"{37668D37-507E-4160-9316-26306D150B1\u0664}"};
  for (const wchar_t* const text : malformed) {
    GUID id = IID_IUnknown;
    EXPECT_EQ(IIDFromString(text, &id), CO_E_IIDSTRING) << text;
    EXPECT_EQ(id, GUID_NULL);
    EXPECT_EQ(CLSIDFromString(text, &id), CO_E_CLASSSTRING) << text;
  }
  const wchar_t* const of_other_length[] = {L"", L"Name.Of.A.Program", L"37668D37-507E-4160-9316-26306D150B12",
                                            L"{37668D37-507E-4160-9316-26306D150B12} "};
  for (const wchar_t* const text : of_other_length) {
    GUID id{};
    EXPECT_EQ(IIDFromString(text, &id), E_INVALIDARG) << text;
    EXPECT_EQ(CLSIDFromString(text, &id), CO_E_CLASSSTRING) << text;
  }
}

TEST(CoCreateGuid, makes_ids_of_version_4_that_differ) {
  std::set<std::wstring> seen;
  for (int i = 0; i < 64; ++i) {
    GUID id{};
    ASSERT_EQ(CoCreateGuid(&id), S_OK);
    wchar_t text[39];
    StringFromGUID2(id, text, 39);
    EXPECT_EQ(text[15], L'4');
    EXPECT_NE(std::wstring(L"89AB").find(text[20]), std::wstring::npos);
    seen.insert(text);
  }
  EXPECT_EQ(seen.size(), 64u);
  EXPECT_EQ(CoCreateGuid(nullptr), E_INVALIDARG);
}

}  // namespace
