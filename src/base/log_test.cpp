#include "base/log.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

TEST(Log, writes_one_line_whatever_the_text) {
  EXPECT_EQ(log_line(LogLevel::warning, "a\nb", false), "dosvc: warning: a\\x0ab\n");
  EXPECT_EQ(log_line(LogLevel::error, "gone", false), "dosvc: error: gone\n");
}

TEST(Log, gives_the_journal_priorities) {
  EXPECT_EQ(log_line(LogLevel::debug, "x", true), "<7>x\n");
  EXPECT_EQ(log_line(LogLevel::info, "x", true), "<6>x\n");
  EXPECT_EQ(log_line(LogLevel::warning, "x\n<0>y", true), "<4>x\\x0a<0>y\n");
  EXPECT_EQ(log_line(LogLevel::error, "x", true), "<3>x\n");
}

TEST(Log, tells_the_journal_which_job_and_whose) {
  const auto fields = journal_fields(LogLevel::warning, "a\nDOSVC_OWNER=0", {"0123", 1000});
  EXPECT_EQ(fields[0], "MESSAGE=a\\x0aDOSVC_OWNER=0");
  EXPECT_EQ(fields[1], "PRIORITY=4");
  EXPECT_TRUE(fields[2].starts_with("SYSLOG_IDENTIFIER="));
  EXPECT_EQ(fields[3], "DOSVC_JOB=0123");
  EXPECT_EQ(fields[4], "DOSVC_OWNER=1000");
  EXPECT_EQ(journal_fields(LogLevel::info, "started", {}).size(), 3U);
}

TEST(Log, begins_at_the_level_asked_for) {
  EXPECT_EQ(log_level_from("debug"), LogLevel::debug);
  EXPECT_EQ(log_level_from("info"), LogLevel::info);
  EXPECT_EQ(log_level_from("error"), LogLevel::error);
  EXPECT_EQ(log_level_from(""), LogLevel::warning);
  EXPECT_EQ(log_level_from("loud"), LogLevel::warning);
}

TEST(Log, puts_arguments_into_the_line) {
  ::testing::internal::CaptureStderr();
  log_error("Can't open {}: {}", "a\x1b[2Jb", 13);
  EXPECT_TRUE(::testing::internal::GetCapturedStderr().ends_with("Can't open a\\x1b[2Jb: 13\n"));
}

}  // namespace
}  // namespace dosvc
