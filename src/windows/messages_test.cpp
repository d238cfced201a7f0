#include <dosvc_windows/messages.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

namespace {

constexpr UINT kFirst = WM_APP + 1, kSecond = WM_APP + 2, kThird = WM_APP + 3;

BOOL peek(MSG& message, UINT remove = PM_REMOVE) { return PeekMessage(&message, nullptr, 0, 0, remove); }

class Messages : public testing::Test {
 protected:
  Messages() { peek(message, PM_NOREMOVE); }  // the thread has a queue now
  ~Messages() override {
    while (peek(message)) {
    }
  }
  MSG message{};
};

TEST_F(Messages, come_in_the_order_of_posting_with_what_was_posted) {
  EXPECT_FALSE(peek(message));
  EXPECT_TRUE(PostMessage(nullptr, kFirst, 10, -11));
  EXPECT_TRUE(PostThreadMessage(GetCurrentThreadId(), kSecond, 20, 21));
  ASSERT_TRUE(peek(message));
  EXPECT_EQ(message.message, kFirst);
  EXPECT_EQ(message.wParam, 10u);
  EXPECT_EQ(message.lParam, -11);
  EXPECT_EQ(message.hwnd, nullptr);
  ASSERT_EQ(GetMessage(&message, nullptr, 0, 0), TRUE);
  EXPECT_EQ(message.message, kSecond);
  EXPECT_FALSE(TranslateMessage(&message));
  EXPECT_EQ(DispatchMessage(&message), 0);
  EXPECT_FALSE(peek(message));
}

TEST_F(Messages, stay_when_they_are_only_looked_at) {
  PostMessage(nullptr, kFirst, 0, 0);
  EXPECT_TRUE(peek(message, PM_NOREMOVE));
  EXPECT_TRUE(peek(message, PM_NOREMOVE | PM_NOYIELD));
  EXPECT_TRUE(peek(message));
  EXPECT_FALSE(peek(message));
}

TEST_F(Messages, are_chosen_by_number) {
  for (const UINT each : {kFirst, kSecond, kThird}) PostMessage(nullptr, each, 0, 0);
  EXPECT_FALSE(PeekMessage(&message, nullptr, kThird + 1, kThird + 9, PM_REMOVE));
  EXPECT_TRUE(PeekMessage(&message, nullptr, kSecond, kThird, PM_REMOVE));
  EXPECT_EQ(message.message, kSecond);
  EXPECT_EQ(GetMessage(&message, nullptr, kThird, kThird), TRUE);
  EXPECT_EQ(message.message, kThird);
  EXPECT_TRUE(peek(message));
  EXPECT_EQ(message.message, kFirst);
}

TEST_F(Messages, to_quit_end_a_loop_whatever_it_asks_for) {
  PostMessage(nullptr, WM_QUIT, 3, 0);
  EXPECT_EQ(GetMessage(&message, nullptr, kFirst, kFirst), FALSE);
  EXPECT_EQ(message.message, WM_QUIT);
  EXPECT_EQ(message.wParam, 3u);
  PostMessage(nullptr, WM_QUIT, 4, 0);
  EXPECT_TRUE(PeekMessage(&message, nullptr, kFirst, kFirst, PM_REMOVE));
  EXPECT_EQ(message.wParam, 4u);
}

TEST_F(Messages, that_were_posted_come_before_the_wish_to_quit) {
  PostQuitMessage(5);
  PostMessage(nullptr, kFirst, 0, 0);
  EXPECT_EQ(GetMessage(&message, nullptr, 0, 0), TRUE);
  EXPECT_EQ(message.message, kFirst);
  EXPECT_TRUE(peek(message, PM_NOREMOVE));
  EXPECT_EQ(GetMessage(&message, nullptr, 0, 0), FALSE);
  EXPECT_EQ(message.wParam, 5u);
  EXPECT_FALSE(peek(message)) << "it is told once";
}

TEST_F(Messages, come_from_other_threads_to_one_that_waits) {
  const DWORD thread = GetCurrentThreadId();
  std::thread other([&] {
    EXPECT_NE(GetCurrentThreadId(), thread);
    for (UINT i = 0; i < 3; ++i) EXPECT_TRUE(PostThreadMessage(thread, kFirst, i, 0));
    EXPECT_TRUE(PostThreadMessage(thread, WM_QUIT, 9, 0));
  });
  std::vector<WPARAM> seen;
  while (GetMessage(&message, nullptr, 0, 0) > 0) seen.push_back(message.wParam);
  other.join();
  EXPECT_EQ(seen, (std::vector<WPARAM>{0, 1, 2}));
  EXPECT_EQ(message.wParam, 9u);
}

TEST_F(Messages, reach_only_threads_that_have_a_queue) {
  std::promise<DWORD> without, with;
  std::promise<void> go_on, end;
  std::thread other([&] {
    without.set_value(static_cast<DWORD>(::gettid()));
    go_on.get_future().wait();
    with.set_value(GetCurrentThreadId());
    MSG own{};
    end.get_future().wait();
    EXPECT_TRUE(peek(own));
    EXPECT_EQ(own.message, kSecond);
  });
  const DWORD thread = without.get_future().get();
  SetLastError(ERROR_SUCCESS);
  EXPECT_FALSE(PostThreadMessage(thread, kFirst, 0, 0));
  EXPECT_EQ(GetLastError(), ERROR_INVALID_THREAD_ID);
  go_on.set_value();
  EXPECT_EQ(with.get_future().get(), thread);
  EXPECT_TRUE(PostThreadMessage(thread, kSecond, 0, 0));
  EXPECT_FALSE(peek(message)) << "it is the other's";
  end.set_value();
  other.join();
  SetLastError(ERROR_SUCCESS);
  EXPECT_FALSE(PostThreadMessage(thread, kFirst, 0, 0)) << "the thread has ended";
  EXPECT_EQ(GetLastError(), ERROR_INVALID_THREAD_ID);
}

TEST_F(Messages, have_no_windows) {
  HWND const window = reinterpret_cast<HWND>(this);
  const auto refused = [](BOOL answer, BOOL expected) {
    const bool right = answer == expected && GetLastError() == ERROR_INVALID_WINDOW_HANDLE;
    SetLastError(ERROR_SUCCESS);
    return right;
  };
  EXPECT_TRUE(refused(PostMessage(window, kFirst, 0, 0), FALSE));
  EXPECT_TRUE(refused(PeekMessage(&message, window, 0, 0, PM_REMOVE), FALSE));
  EXPECT_TRUE(refused(GetMessage(&message, window, 0, 0), -1));
  PostMessage(nullptr, kFirst, 0, 0);
  EXPECT_TRUE(PeekMessage(&message, reinterpret_cast<HWND>(INVALID_HANDLE_VALUE), 0, 0, PM_REMOVE));
  EXPECT_EQ(GetMessage(nullptr, nullptr, 0, 0), -1);
  EXPECT_EQ(GetLastError(), ERROR_INVALID_PARAMETER);
}

TEST_F(Messages, are_at_most_ten_thousand) {
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(PostMessage(nullptr, kFirst, 0, 0));
  EXPECT_FALSE(PostMessage(nullptr, kFirst, 0, 0));
  EXPECT_EQ(GetLastError(), ERROR_NOT_ENOUGH_QUOTA);
}

TEST_F(Messages, end_a_wait_for_objects) {
  const HANDLE event = CreateEvent(nullptr, FALSE, FALSE, nullptr);
  EXPECT_EQ(MsgWaitForMultipleObjects(1, &event, FALSE, 0, QS_ALLINPUT), WAIT_TIMEOUT);
  SetEvent(event);
  EXPECT_EQ(MsgWaitForMultipleObjects(1, &event, FALSE, INFINITE, QS_ALLINPUT), WAIT_OBJECT_0);
  std::thread other([thread = GetCurrentThreadId()] { PostThreadMessage(thread, kFirst, 0, 0); });
  EXPECT_EQ(MsgWaitForMultipleObjects(1, &event, FALSE, INFINITE, QS_ALLINPUT), WAIT_OBJECT_0 + 1);
  other.join();
  EXPECT_TRUE(WaitMessage());
  EXPECT_EQ(MsgWaitForMultipleObjects(0, nullptr, FALSE, INFINITE, QS_ALLINPUT), WAIT_OBJECT_0);
  EXPECT_TRUE(peek(message));
  EXPECT_EQ(MsgWaitForMultipleObjects(64, &event, FALSE, 0, QS_ALLINPUT), WAIT_FAILED);
  EXPECT_EQ(GetLastError(), ERROR_INVALID_PARAMETER);
  CloseHandle(event);
  EXPECT_EQ(MsgWaitForMultipleObjects(1, &event, FALSE, 0, QS_ALLINPUT), WAIT_FAILED);
  EXPECT_EQ(GetLastError(), ERROR_INVALID_HANDLE);
}

}  // namespace
