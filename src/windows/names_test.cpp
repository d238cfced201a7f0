#include <DeliveryOptimization.h>
#include <SDKDDKVer.h>
#include <Windows.h>
#include <initguid.h>
#include <lm.h>
#include <tchar.h>

#include <gtest/gtest.h>

#include <thread>
#include <vector>

// The small functions and macros of the headers, used as sources use them.

namespace {

TEST(Interlocked, counts_from_many_threads) {
  LONG value = 0;
  long of_another_type = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) {
        InterlockedIncrement(&value);
        InterlockedIncrement(&of_another_type);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(value, 4000);
  EXPECT_EQ(of_another_type, 4000);
}

TEST(Interlocked, answers_the_new_value_or_the_old_one) {
  LONG value = 5;
  EXPECT_EQ(InterlockedIncrement(&value), 6);
  EXPECT_EQ(InterlockedDecrement(&value), 5);
  EXPECT_EQ(InterlockedAdd(&value, 2), 7);
  EXPECT_EQ(InterlockedExchangeAdd(&value, 3), 7);
  EXPECT_EQ(InterlockedExchange(&value, 1), 10);
  EXPECT_EQ(InterlockedCompareExchange(&value, 8, 2), 1);
  EXPECT_EQ(value, 1);
  EXPECT_EQ(InterlockedCompareExchange(&value, 8, 1), 1);
  EXPECT_EQ(value, 8);
  LONG64 wide = 1;
  EXPECT_EQ(InterlockedIncrement64(&wide), 2);
  PVOID pointer = nullptr;
  EXPECT_EQ(InterlockedCompareExchangePointer(&pointer, &value, nullptr), nullptr);
  EXPECT_EQ(InterlockedExchangePointer(&pointer, nullptr), &value);
}

TEST(CriticalSection, lets_its_thread_in_again_and_no_other) {
  CRITICAL_SECTION section;
  ASSERT_TRUE(InitializeCriticalSectionAndSpinCount(&section, 4000));
  EnterCriticalSection(&section);
  EXPECT_TRUE(TryEnterCriticalSection(&section));
  const auto other_may = [&] {
    BOOL entered = FALSE;
    std::thread([&] {
      entered = TryEnterCriticalSection(&section);
      if (entered) LeaveCriticalSection(&section);
    }).join();
    return entered;
  };
  EXPECT_FALSE(other_may());
  LeaveCriticalSection(&section);
  EXPECT_FALSE(other_may());
  LeaveCriticalSection(&section);
  EXPECT_TRUE(other_may());
  DeleteCriticalSection(&section);
}

TEST(Memory, is_filled_and_copied) {
  BYTE bytes[4] = {1, 2, 3, 4};
  FillMemory(bytes, 2, 9);
  EXPECT_EQ(bytes[1], 9);
  MoveMemory(bytes + 1, bytes, 3);
  EXPECT_EQ(bytes[3], 3);
  BYTE copy[4];
  CopyMemory(copy, bytes, sizeof(copy));
  ZeroMemory(bytes, sizeof(bytes));
  EXPECT_EQ(bytes[0], 0);
  EXPECT_EQ(SecureZeroMemory(copy, sizeof(copy)), copy);
  EXPECT_EQ(copy[3], 0);
  EXPECT_EQ(ARRAYSIZE(bytes), 4u);
}

TEST(WideText, is_compared_without_regard_to_case) {
  EXPECT_EQ(_wcsicmp(L"YES", L"yes"), 0);
  EXPECT_LT(_wcsicmp(L"abc", L"ABD"), 0);
  EXPECT_EQ(_tcsicmp(_T("a"), TEXT("A")), 0);
  EXPECT_EQ(_wcsnicmp(L"abX", L"ABy", 2), 0);
  EXPECT_EQ(_wtoi(L" -12x"), -12);
  wchar_t* const copy = _wcsdup(L"text");
  EXPECT_STREQ(copy, L"text");
  free(copy);
}

TEST(WideText, is_copied_whole_or_not_at_all) {
  wchar_t text[6] = L"old";
  EXPECT_EQ(wcscpy_s(text, L"abc"), 0);
  EXPECT_EQ(wcscat_s(text, L"de"), 0);
  EXPECT_STREQ(text, L"abcde");
  EXPECT_EQ(wcscat_s(text, L"f"), ERANGE);
  EXPECT_STREQ(text, L"");
  EXPECT_EQ(wcscpy_s(text, 3, L"abc"), ERANGE);
  EXPECT_STREQ(text, L"");
  EXPECT_EQ(wcscpy_s(text, nullptr), EINVAL);
  EXPECT_EQ(wcscpy_s(nullptr, 3, L"abc"), EINVAL);
  EXPECT_EQ(wcscat_s(nullptr, 3, L"abc"), EINVAL);
  wmemset(text, L'x', 6);
  EXPECT_EQ(wcscat_s(text, L"f"), EINVAL) << "it has no end";
}

TEST(Hresult, has_parts) {
  EXPECT_EQ(HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND), static_cast<HRESULT>(0x80070002));
  EXPECT_EQ(MAKE_HRESULT(SEVERITY_ERROR, FACILITY_WIN32, 5), E_ACCESSDENIED);
  EXPECT_EQ(HRESULT_CODE(E_ACCESSDENIED), ERROR_ACCESS_DENIED);
  EXPECT_EQ(HRESULT_FACILITY(BG_E_NOT_FOUND), 32u);
  EXPECT_TRUE(IS_ERROR(E_FAIL));
  EXPECT_FALSE(IS_ERROR(S_FALSE));
}

TEST(Security, is_accepted) {
  EXPECT_EQ(CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_IMP_LEVEL_IMPERSONATE,
                                 nullptr, EOAC_NONE, nullptr),
            S_OK);
  const auto blanket = [](IUnknown* proxy) {
    return CoSetProxyBlanket(proxy, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_NONE, COLE_DEFAULT_PRINCIPAL,
                             RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_STATIC_CLOAKING);
  };
  class Nothing final : public dosvc::Object<IUnknown> {};
  EXPECT_EQ(blanket(dosvc::make_object<Nothing>().get()), S_OK);
  EXPECT_EQ(blanket(nullptr), E_INVALIDARG);
}

TEST(Language, is_american_english) {
  EXPECT_EQ(LANGIDFROMLCID(GetThreadLocale()), MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US));
}

TEST(LargeInteger, has_halves) {
  ULARGE_INTEGER number;
  number.QuadPart = 0x100000002;
  EXPECT_EQ(number.LowPart, 2u);
  EXPECT_EQ(number.u.HighPart, 1u);
  EXPECT_EQ(HIWORD(0x12345678), 0x1234);
  EXPECT_EQ(LOWORD(0x12345678), 0x5678);
}

}  // namespace
