#include "cli/job_ids.h"

#include <gtest/gtest.h>

#include "cli/exit_code.h"

namespace dosvc::cli {
namespace {

JobId id(const char* text) { return *JobId::parse(text); }

const std::vector<JobId> kIds = {id("9c8945f6-2051-42ae-b6ed-1a9556e3d3d1"), id("9c8946f6-2051-42ae-b6ed-1a9556e3d3d1"),
                                 id("abcdef01-2051-42ae-b6ed-1a9556e3d3d1")};

ExitCode refusal(std::string_view typed) {
  const auto found = find_id(typed, kIds);
  return found ? ExitCode::done : exit_code_for(found.error());
}

TEST(JobIds, the_first_characters_are_enough_when_no_other_begins_so) {
  EXPECT_EQ(*find_id("abcd", kIds), kIds[2]);
  EXPECT_EQ(*find_id("ABCDEF01", kIds), kIds[2]);
  EXPECT_EQ(*find_id("9c8945", kIds), kIds[0]);
  EXPECT_EQ(*find_id("9c8946f6-20", kIds), kIds[1]);
}

TEST(JobIds, whole_ids_are_taken_as_programs_write_them) {
  EXPECT_EQ(*find_id("ABCDEF01-2051-42AE-B6ED-1A9556E3D3D1", kIds), kIds[2]);
  EXPECT_EQ(*find_id("{abcdef01-2051-42ae-b6ed-1a9556e3d3d1}", kIds), kIds[2]);
}

TEST(JobIds, what_means_several_jobs_or_too_little_is_a_usage_error) {
  EXPECT_EQ(refusal("9c89"), ExitCode::usage);
  EXPECT_EQ(refusal("abc"), ExitCode::usage);
  EXPECT_EQ(refusal(""), ExitCode::usage);
}

TEST(JobIds, an_id_of_no_job_is_told_apart) {
  EXPECT_EQ(refusal("9999"), ExitCode::no_such_job);
  EXPECT_EQ(refusal("not an id\n"), ExitCode::no_such_job);
  EXPECT_EQ(refusal("00000000-2051-42ae-b6ed-1a9556e3d3d1"), ExitCode::no_such_job);
  EXPECT_EQ(find_id("9999\x1b", kIds).error().message.find('\x1b'), std::string::npos);
}

TEST(JobIds, what_is_shown_can_be_typed) { EXPECT_EQ(*find_id(short_id(kIds[1]), kIds), kIds[1]); }

}  // namespace
}  // namespace dosvc::cli
