#include "com/apartment_calls.h"

#include <dosvc/apartment.h>
#include <dosvc/com.h>

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>

namespace dosvc {
namespace {

std::atomic<int> wakes{0};

class ApartmentCallsTest : public testing::Test {
 protected:
  void SetUp() override {
    wakes = 0;
    DosvcCallApartments([] { ++wakes; });
    ASSERT_EQ(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED), S_OK);
    calls = ApartmentCalls::of_this_thread();
    ASSERT_TRUE(calls);
  }
  void TearDown() override {
    CoUninitialize();
    DosvcCallApartments(nullptr);
  }

  // From another thread, as calls come.
  bool post(ApartmentCalls::Call call) {
    return std::async(std::launch::async, [&] { return calls->post(std::move(call)); }).get();
  }

  std::shared_ptr<ApartmentCalls> calls;
};

TEST_F(ApartmentCallsTest, are_run_by_their_thread_in_order_one_at_a_time) {
  std::string order;
  const auto thread = std::this_thread::get_id();
  EXPECT_FALSE(DosvcApartmentCallWaits());
  EXPECT_TRUE(post([&](bool made) {
    EXPECT_TRUE(made);
    EXPECT_EQ(std::this_thread::get_id(), thread);
    order += 'a';
  }));
  EXPECT_TRUE(post([&](bool) { order += 'b'; }));
  EXPECT_EQ(wakes, 2);
  EXPECT_TRUE(DosvcApartmentCallWaits());
  EXPECT_EQ(order, "");
  EXPECT_TRUE(DosvcRunApartmentCall());
  EXPECT_EQ(order, "a");
  EXPECT_TRUE(DosvcRunApartmentCall());
  EXPECT_EQ(order, "ab");
  EXPECT_FALSE(DosvcApartmentCallWaits());
  EXPECT_FALSE(DosvcRunApartmentCall());
}

TEST_F(ApartmentCallsTest, may_run_the_next_within_one) {
  std::string order;
  post([&](bool) {
    order += '(';
    EXPECT_TRUE(DosvcRunApartmentCall());
    order += ')';
  });
  post([&](bool) { order += 'b'; });
  EXPECT_TRUE(DosvcRunApartmentCall());
  EXPECT_EQ(order, "(b)");
}

TEST_F(ApartmentCallsTest, that_wait_when_the_apartment_closes_hear_that_they_are_not_made) {
  int not_made = 0;
  post([&](bool made) { not_made += made ? 0 : 1; });
  post([&](bool made) { not_made += made ? 0 : 1; });
  CoUninitialize();
  EXPECT_EQ(not_made, 2);
  EXPECT_FALSE(post([&](bool) { ++not_made; }));
  EXPECT_EQ(not_made, 2);
  EXPECT_FALSE(DosvcRunApartmentCall());
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED), S_OK);
  EXPECT_NE(ApartmentCalls::of_this_thread(), calls);
}

TEST_F(ApartmentCallsTest, may_close_the_apartment) {
  bool next_made = true;
  post([](bool) { CoUninitialize(); });
  post([&](bool made) { next_made = made; });
  EXPECT_TRUE(DosvcRunApartmentCall());
  EXPECT_FALSE(next_made);
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED), S_OK);
}

TEST_F(ApartmentCallsTest, are_not_made_when_their_thread_has_ended) {
  std::shared_ptr<ApartmentCalls> of_other;
  bool made = true;
  std::thread([&] {
    ASSERT_EQ(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED), S_OK);
    of_other = ApartmentCalls::of_this_thread();
    EXPECT_NE(of_other, calls);
    of_other->post([&](bool yes) { made = yes; });
    CoUninitialize();
  }).join();
  EXPECT_FALSE(made);
  std::thread([&] {
    ASSERT_EQ(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED), S_OK);
    of_other = ApartmentCalls::of_this_thread();
    made = true;
    of_other->post([&](bool yes) { made = yes; });
    // Without CoUninitialize: the apartment stays counted, its calls do not wait for ever.
  }).join();
  EXPECT_FALSE(made);
  EXPECT_FALSE(of_other->post([](bool) {}));
}

TEST(ApartmentCallsOf, threads_that_are_not_to_be_called) {
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED), S_OK);
  EXPECT_FALSE(ApartmentCalls::of_this_thread()) << "no message loop was announced";
  EXPECT_FALSE(DosvcApartmentCallWaits());
  CoUninitialize();
  DosvcCallApartments([] {});
  EXPECT_FALSE(ApartmentCalls::of_this_thread()) << "no apartment";
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
  EXPECT_FALSE(ApartmentCalls::of_this_thread()) << "multithreaded";
  CoUninitialize();
  DosvcCallApartments(nullptr);
}

}  // namespace
}  // namespace dosvc
