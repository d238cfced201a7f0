#include "cli/exit_code.h"

#include <gtest/gtest.h>

namespace dosvc::cli {
namespace {

ExitCode code_of(HRESULT code, ErrorContext context = ErrorContext::none) {
  return exit_code_for({code, context, "what"});
}

TEST(ExitCode, tells_kinds_of_errors_apart) {
  EXPECT_EQ(code_of(E_INVALIDARG), ExitCode::usage);
  EXPECT_EQ(code_of(BG_E_STRING_TOO_LONG), ExitCode::usage);
  EXPECT_EQ(code_of(BG_E_NOT_FOUND), ExitCode::no_such_job);
  EXPECT_EQ(code_of(BG_E_INVALID_STATE), ExitCode::job_error);
  EXPECT_EQ(code_of(E_ACCESSDENIED, ErrorContext::local_file), ExitCode::job_error);
}

TEST(ExitCode, a_queue_that_cant_be_used_is_a_failure_of_its_own) {
  EXPECT_EQ(code_of(E_ACCESSDENIED, ErrorContext::queue), ExitCode::failure);
  EXPECT_EQ(code_of(E_INVALIDARG, ErrorContext::queue), ExitCode::failure);
}

}  // namespace
}  // namespace dosvc::cli
