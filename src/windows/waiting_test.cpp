#include <dosvc_windows/waiting.h>

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

namespace {

// Closes its handle.
class Handle {
 public:
  explicit Handle(HANDLE handle) : handle_(handle) { EXPECT_NE(handle, nullptr); }
  ~Handle() { EXPECT_TRUE(CloseHandle(handle_)); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  operator HANDLE() const { return handle_; }

 private:
  HANDLE handle_;
};

constexpr BOOL kManual = TRUE, kAuto = FALSE;

Handle event(BOOL manual, BOOL set = FALSE, LPCWSTR name = nullptr) {
  return Handle(CreateEvent(nullptr, manual, set, name));
}
DWORD look(HANDLE object) { return WaitForSingleObject(object, 0); }

LARGE_INTEGER from_now(LONGLONG hundred_nanoseconds) {
  LARGE_INTEGER due{};
  due.QuadPart = -hundred_nanoseconds;
  return due;
}
const LARGE_INTEGER kAtOnce = from_now(1), kInAnHour = from_now(36'000'000'000);

TEST(Event, of_manual_reset_stays_set) {
  const Handle it = event(kManual, TRUE);
  EXPECT_EQ(look(it), WAIT_OBJECT_0);
  EXPECT_EQ(look(it), WAIT_OBJECT_0);
  EXPECT_TRUE(ResetEvent(it));
  EXPECT_EQ(look(it), WAIT_TIMEOUT);
  EXPECT_EQ(WaitForSingleObject(it, 1), WAIT_TIMEOUT);
  EXPECT_TRUE(SetEvent(it));
  EXPECT_EQ(WaitForSingleObject(it, INFINITE), WAIT_OBJECT_0);
}

TEST(Event, of_auto_reset_lets_one_wait_end) {
  const Handle it = event(kAuto, TRUE);
  EXPECT_EQ(look(it), WAIT_OBJECT_0);
  EXPECT_EQ(look(it), WAIT_TIMEOUT);
  EXPECT_TRUE(SetEvent(it));
  EXPECT_TRUE(SetEvent(it)) << "being set twice is being set";
  EXPECT_EQ(look(it), WAIT_OBJECT_0);
  EXPECT_EQ(look(it), WAIT_TIMEOUT);
}

TEST(Event, of_auto_reset_wakes_one_thread_at_a_time) {
  const Handle gate = event(kAuto), passed = event(kAuto);
  std::atomic<int> through{0};
  const auto wait = [&] {
    EXPECT_EQ(WaitForSingleObject(gate, INFINITE), WAIT_OBJECT_0);
    ++through;
    SetEvent(passed);
  };
  std::thread one(wait), two(wait);
  SetEvent(gate);
  EXPECT_EQ(WaitForSingleObject(passed, INFINITE), WAIT_OBJECT_0);
  EXPECT_EQ(through, 1);
  EXPECT_EQ(look(gate), WAIT_TIMEOUT);
  SetEvent(gate);
  EXPECT_EQ(WaitForSingleObject(passed, INFINITE), WAIT_OBJECT_0);
  one.join();
  two.join();
  EXPECT_EQ(through, 2);
}

TEST(Event, of_manual_reset_wakes_all_threads) {
  const Handle gate = event(kManual);
  const auto wait = [&] { EXPECT_EQ(WaitForSingleObject(gate, INFINITE), WAIT_OBJECT_0); };
  std::thread one(wait), two(wait);
  SetEvent(gate);
  one.join();
  two.join();
}

TEST(Event, has_a_name_within_the_process) {
  SetLastError(ERROR_CANCELLED);
  const Handle first = event(kManual, FALSE, L"a name");
  EXPECT_EQ(GetLastError(), ERROR_SUCCESS);
  {
    const Handle second = event(kAuto, TRUE, L"a name");
    EXPECT_EQ(GetLastError(), ERROR_ALREADY_EXISTS);
    EXPECT_EQ(look(second), WAIT_TIMEOUT) << "its state is not set again";
    SetEvent(second);
  }
  EXPECT_EQ(look(first), WAIT_OBJECT_0);
  EXPECT_EQ(look(first), WAIT_OBJECT_0) << "nor its kind";
  EXPECT_EQ(CreateWaitableTimer(nullptr, kAuto, L"a name"), nullptr);
  EXPECT_EQ(GetLastError(), ERROR_INVALID_HANDLE);
  const Handle unnamed = event(kManual, FALSE, L"");
  EXPECT_EQ(look(unnamed), WAIT_TIMEOUT);
}

TEST(Event, is_forgotten_with_its_last_handle) {
  { const Handle first = event(kManual, TRUE, L"a name"); }
  const Handle second = event(kManual, FALSE, L"a name");
  EXPECT_EQ(GetLastError(), ERROR_SUCCESS);
  EXPECT_EQ(look(second), WAIT_TIMEOUT);
}

TEST(Handles, that_are_none_are_refused) {
  const HANDLE closed = CreateEvent(nullptr, kManual, TRUE, nullptr);
  ASSERT_TRUE(CloseHandle(closed));
  for (const HANDLE none : {closed, HANDLE{nullptr}, INVALID_HANDLE_VALUE}) {
    const auto refused = [](BOOL answer) {
      const bool right = !answer && GetLastError() == ERROR_INVALID_HANDLE;
      SetLastError(ERROR_SUCCESS);
      return right;
    };
    EXPECT_TRUE(refused(CloseHandle(none)));
    EXPECT_TRUE(refused(SetEvent(none)));
    EXPECT_TRUE(refused(ResetEvent(none)));
    EXPECT_TRUE(refused(CancelWaitableTimer(none)));
    EXPECT_TRUE(refused(WaitForSingleObject(none, INFINITE) != WAIT_FAILED));
  }
  const Handle timer(CreateWaitableTimer(nullptr, kAuto, nullptr));
  EXPECT_FALSE(SetEvent(timer)) << "of another kind";
}

TEST(WaitForMultipleObjects, says_which_was_set) {
  const Handle a = event(kAuto), b = event(kAuto), c = event(kAuto);
  const HANDLE all[] = {a, b, c};
  EXPECT_EQ(WaitForMultipleObjects(3, all, FALSE, 0), WAIT_TIMEOUT);
  SetEvent(b);
  SetEvent(c);
  EXPECT_EQ(WaitForMultipleObjects(3, all, FALSE, INFINITE), WAIT_OBJECT_0 + 1);
  EXPECT_EQ(WaitForMultipleObjects(3, all, FALSE, INFINITE), WAIT_OBJECT_0 + 2);
  EXPECT_EQ(WaitForMultipleObjects(3, all, FALSE, 0), WAIT_TIMEOUT);
}

TEST(WaitForMultipleObjects, takes_all_or_none) {
  const Handle a = event(kAuto, TRUE), b = event(kAuto);
  const HANDLE all[] = {a, b};
  EXPECT_EQ(WaitForMultipleObjects(2, all, TRUE, 0), WAIT_TIMEOUT);
  EXPECT_EQ(look(a), WAIT_OBJECT_0) << "it was not touched";
  SetEvent(a);
  SetEvent(b);
  EXPECT_EQ(WaitForMultipleObjects(2, all, TRUE, INFINITE), WAIT_OBJECT_0);
  EXPECT_EQ(look(a), WAIT_TIMEOUT);
  EXPECT_EQ(look(b), WAIT_TIMEOUT);
}

TEST(WaitForMultipleObjects, takes_up_to_64) {
  const Handle set = event(kManual, TRUE);
  const std::vector<HANDLE> many(65, set);
  EXPECT_EQ(WaitForMultipleObjects(64, many.data(), TRUE, 0), WAIT_OBJECT_0);
  for (const DWORD count : {0u, 65u}) {
    SetLastError(ERROR_SUCCESS);
    EXPECT_EQ(WaitForMultipleObjects(count, many.data(), FALSE, 0), WAIT_FAILED);
    EXPECT_EQ(GetLastError(), ERROR_INVALID_PARAMETER);
  }
}

TEST(WaitableTimer, is_set_when_it_is_due) {
  const Handle timer(CreateWaitableTimer(nullptr, kAuto, L"MyTimer"));
  EXPECT_EQ(look(timer), WAIT_TIMEOUT) << "not started";
  ASSERT_TRUE(SetWaitableTimer(timer, &kInAnHour, 0, nullptr, nullptr, FALSE));
  EXPECT_EQ(look(timer), WAIT_TIMEOUT);
  ASSERT_TRUE(SetWaitableTimer(timer, &kAtOnce, 0, nullptr, nullptr, FALSE));
  EXPECT_EQ(WaitForSingleObject(timer, INFINITE), WAIT_OBJECT_0);
  EXPECT_EQ(look(timer), WAIT_TIMEOUT) << "once";
}

TEST(WaitableTimer, of_manual_reset_stays_set_until_it_is_started_again) {
  const Handle timer(CreateWaitableTimer(nullptr, kManual, nullptr));
  ASSERT_TRUE(SetWaitableTimer(timer, &kAtOnce, 0, nullptr, nullptr, FALSE));
  EXPECT_EQ(WaitForSingleObject(timer, INFINITE), WAIT_OBJECT_0);
  EXPECT_EQ(look(timer), WAIT_OBJECT_0);
  ASSERT_TRUE(SetWaitableTimer(timer, &kInAnHour, 0, nullptr, nullptr, FALSE));
  EXPECT_EQ(look(timer), WAIT_TIMEOUT);
}

TEST(WaitableTimer, is_set_again_each_period) {
  const Handle timer(CreateWaitableTimer(nullptr, kAuto, nullptr));
  ASSERT_TRUE(SetWaitableTimer(timer, &kAtOnce, 1, nullptr, nullptr, FALSE));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(WaitForSingleObject(timer, INFINITE), WAIT_OBJECT_0);
  ASSERT_TRUE(CancelWaitableTimer(timer));
  look(timer);
  EXPECT_EQ(look(timer), WAIT_TIMEOUT);
}

TEST(WaitableTimer, may_be_due_at_a_time_of_day) {
  const Handle timer(CreateWaitableTimer(nullptr, kManual, nullptr));
  FILETIME now{};
  GetSystemTimeAsFileTime(&now);
  LARGE_INTEGER due{};
  due.QuadPart = static_cast<LONGLONG>(ULONGLONG{now.dwHighDateTime} << 32 | now.dwLowDateTime) + 36'000'000'000;
  ASSERT_TRUE(SetWaitableTimer(timer, &due, 0, nullptr, nullptr, FALSE));
  EXPECT_EQ(look(timer), WAIT_TIMEOUT);
  due.QuadPart -= 2 * 36'000'000'000;  // long ago
  ASSERT_TRUE(SetWaitableTimer(timer, &due, 0, nullptr, nullptr, FALSE));
  EXPECT_EQ(WaitForSingleObject(timer, INFINITE), WAIT_OBJECT_0);
  due.QuadPart = std::numeric_limits<LONGLONG>::min();
  ASSERT_TRUE(SetWaitableTimer(timer, &due, 0, nullptr, nullptr, FALSE));
  EXPECT_EQ(look(timer), WAIT_TIMEOUT) << "as far away as it gets";
}

TEST(WaitableTimer, refuses_what_it_cannot_do) {
  const Handle timer(CreateWaitableTimer(nullptr, kAuto, nullptr));
  const auto error_of = [&](const LARGE_INTEGER* due, LONG period, PTIMERAPCROUTINE routine) {
    SetLastError(ERROR_SUCCESS);
    EXPECT_FALSE(SetWaitableTimer(timer, due, period, routine, nullptr, FALSE));
    return GetLastError();
  };
  EXPECT_EQ(error_of(nullptr, 0, nullptr), ERROR_INVALID_PARAMETER);
  EXPECT_EQ(error_of(&kAtOnce, -1, nullptr), ERROR_INVALID_PARAMETER);
  EXPECT_EQ(error_of(&kAtOnce, 0, [](LPVOID, DWORD, DWORD) {}), ERROR_NOT_SUPPORTED);
}

TEST(LastError, belongs_to_the_thread) {
  SetLastError(7);
  std::thread([] { EXPECT_EQ(GetLastError(), ERROR_SUCCESS); }).join();
  EXPECT_EQ(GetLastError(), 7u);
}

}  // namespace
