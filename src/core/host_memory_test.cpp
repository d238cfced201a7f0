#include "core/host_memory.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

Clock::time_point at(std::int64_t second) { return Clock::time_point(seconds(second)); }

Failure failure(FailureKind kind, std::optional<seconds> retry_after = std::nullopt) {
  Failure failed;
  failed.failure_class = FailureClass::transient;
  failed.kind = kind;
  failed.retry_after = retry_after;
  return failed;
}

TEST(HostMemory, a_host_that_names_a_time_is_left_alone_until_then) {
  for (const FailureKind kind : {FailureKind::rate_limit, FailureKind::overload}) {
    HostMemory hosts;
    EXPECT_EQ(hosts.limit("a"), std::nullopt);
    hosts.failed("a", failure(kind, seconds(120)), at(0));
    EXPECT_EQ(hosts.limit("a"), 0);
    EXPECT_EQ(hosts.limit("b"), std::nullopt);
    EXPECT_EQ(hosts.closed_until("a"), at(120));
    EXPECT_EQ(hosts.next_opening(), at(120));
    EXPECT_TRUE(hosts.open_due(at(119)).empty());
    EXPECT_EQ(hosts.open_due(at(120)), std::vector<std::string>{"a"});
    EXPECT_EQ(hosts.next_opening(), std::nullopt);
  }
}

TEST(HostMemory, when_it_opens_one_job_tries_and_each_answer_lets_one_more_in) {
  HostMemory hosts;
  hosts.failed("a", failure(FailureKind::overload, seconds(10)), at(0));
  hosts.answered("a");  // a request from before
  EXPECT_EQ(hosts.limit("a"), 0);
  (void)hosts.open_due(at(10));
  EXPECT_EQ(hosts.limit("a"), 1);
  hosts.answered("a");
  EXPECT_EQ(hosts.limit("a"), 2);
  hosts.failed("a", failure(FailureKind::connection), at(11));
  EXPECT_EQ(hosts.limit("a"), 1) << "not well yet";
  for (int i = 0; i < 8; ++i) hosts.answered("a");
  EXPECT_EQ(hosts.limit("a"), std::nullopt);
}

TEST(HostMemory, the_latest_time_counts_up_to_an_hour) {
  HostMemory hosts;
  hosts.failed("a", failure(FailureKind::overload, seconds(100)), at(0));
  hosts.failed("a", failure(FailureKind::overload, seconds(10)), at(1));
  EXPECT_EQ(hosts.closed_until("a"), at(100));
  hosts.failed("a", failure(FailureKind::rate_limit, seconds(1'000'000)), at(2));
  EXPECT_EQ(hosts.closed_until("a"), at(3602));
  EXPECT_EQ(hosts.open_due(at(9999)), std::vector<std::string>{"a"}) << "once";
}

TEST(HostMemory, without_a_time_429_is_a_minute_and_overload_none) {
  HostMemory hosts;
  hosts.failed("a", failure(FailureKind::rate_limit), at(0));
  EXPECT_EQ(hosts.closed_until("a"), at(60));
  hosts.failed("b", failure(FailureKind::overload), at(0));
  EXPECT_EQ(hosts.closed_until("b"), std::nullopt);
  hosts.failed("b", failure(FailureKind::overload, seconds(0)), at(0));
  EXPECT_EQ(hosts.closed_until("b"), std::nullopt);
}

TEST(HostMemory, two_failures_in_a_row_and_one_job_at_a_time_finds_out) {
  for (const FailureKind kind : {FailureKind::name, FailureKind::connection, FailureKind::overload}) {
    HostMemory hosts;
    hosts.failed("a", failure(kind), at(0));
    EXPECT_EQ(hosts.limit("a"), std::nullopt);
    hosts.answered("a");
    hosts.failed("a", failure(kind), at(1));
    EXPECT_EQ(hosts.limit("a"), std::nullopt) << "not in a row";
    hosts.failed("a", failure(kind), at(2));
    EXPECT_EQ(hosts.limit("a"), 1);
  }
}

TEST(HostMemory, what_is_wrong_with_a_file_says_nothing_of_its_host) {
  HostMemory hosts;
  for (const FailureKind kind :
       {FailureKind::other, FailureKind::certificate, FailureKind::status, FailureKind::network, FailureKind::disk_full,
        FailureKind::disk_quota, FailureKind::local}) {
    for (int i = 0; i < 3; ++i) hosts.failed("a", failure(kind, seconds(100)), at(0));
    EXPECT_EQ(hosts.limit("a"), std::nullopt) << name_of(kind);
  }
}

TEST(HostMemory, a_persons_word_opens_a_host_for_one_try) {
  HostMemory hosts;
  hosts.forgive("a");
  hosts.failed("a", failure(FailureKind::overload, seconds(1000)), at(0));
  hosts.forgive("a");
  EXPECT_EQ(hosts.limit("a"), 1);
  EXPECT_EQ(hosts.next_opening(), std::nullopt);
  hosts.failed("a", failure(FailureKind::overload, seconds(1000)), at(1));
  EXPECT_EQ(hosts.limit("a"), 0);
}

TEST(HostMemory, another_network_may_reach_others_but_opens_nothing) {
  HostMemory hosts;
  for (int i = 0; i < 2; ++i) hosts.failed("dead", failure(FailureKind::connection), at(0));
  hosts.failed("busy", failure(FailureKind::rate_limit), at(0));
  EXPECT_EQ(hosts.forget_unreachable(), std::vector<std::string>{"dead"});
  EXPECT_EQ(hosts.limit("dead"), std::nullopt);
  EXPECT_EQ(hosts.limit("busy"), 0);
}

TEST(HostMemory, what_is_old_is_forgotten) {
  HostMemory hosts;
  for (int i = 0; i < 2; ++i) hosts.failed("dead", failure(FailureKind::connection), at(0));
  hosts.failed("busy", failure(FailureKind::rate_limit, seconds(3600)), at(0));
  EXPECT_TRUE(hosts.forget_old(at(3599)).empty());
  EXPECT_EQ(hosts.forget_old(at(3600)), std::vector<std::string>{"dead"});
  EXPECT_EQ(hosts.limit("busy"), 0) << "not before it opens";
}

}  // namespace
}  // namespace dosvc
