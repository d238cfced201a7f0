#include "cli/job_text.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <set>
#include <string>

namespace dosvc::cli {
namespace {

using std::chrono::seconds;

JobSnapshot waiting(WaitReason reason, std::optional<WallTime> next = std::nullopt) {
  JobSnapshot shot;
  shot.wait = reason;
  shot.next_attempt = next;
  return shot;
}

TEST(JobText, every_wait_has_words_of_its_own) {
  std::set<std::string> sentences;
  std::set<std::string> words;
  for (int i = 1; i < kWaitReasonCount; ++i) {
    const JobSnapshot shot = waiting(static_cast<WaitReason>(i));
    EXPECT_FALSE(wait_text(shot).empty()) << name_of(shot.wait);
    sentences.insert(wait_text(shot));
    words.insert(short_wait_text(shot));
    EXPECT_LE(short_wait_text(shot).size(), 13U) << "more than its column holds";
  }
  EXPECT_EQ(sentences.size(), static_cast<std::size_t>(kWaitReasonCount - 1));
  EXPECT_EQ(words.size(), static_cast<std::size_t>(kWaitReasonCount - 1));
  EXPECT_EQ(wait_text(waiting(WaitReason::none)), "");
  EXPECT_EQ(short_wait_text(waiting(WaitReason::none)), "-");
}

TEST(JobText, the_time_that_is_waited_for_is_told) {
  ::setenv("TZ", "UTC", 1);
  const WallTime noon{seconds(1'893'499'200)};
  for (const WaitReason reason : {WaitReason::retry, WaitReason::timeout, WaitReason::retry_after,
                                  WaitReason::disk_space, WaitReason::disk_quota, WaitReason::store}) {
    const std::string text = wait_text(waiting(reason, noon));
    EXPECT_NE(text.find("2030-01-01 12:00:00"), std::string::npos) << text;
  }
  EXPECT_EQ(wait_text(waiting(WaitReason::retry, noon)), "the next try at 2030-01-01 12:00:00");
}

}  // namespace
}  // namespace dosvc::cli
