#include "cli/command_line_fixture.h"

namespace dosvc::cli_tests {
namespace {

using namespace dosvc::origin;

// `dosvc service`, and what the commands say of the service they use.
class Service : public CommandLine {
 protected:
  void SetUp() override {
    if (!on_service()) GTEST_SKIP() << "there is no service here";
  }
};

class NoService : public CommandLine {
 protected:
  void SetUp() override {
    if (on_service()) GTEST_SKIP() << "there is one here";
  }
};

TEST_F(Service, is_not_running_until_something_starts_it) {
  const auto before = json({"service", "status"}, kNotRunning);
  EXPECT_EQ(before.at("running"), false);
  EXPECT_TRUE(before.at("pid").is_null());
  EXPECT_NE(run({"service", "status"}).out.find("not running"), std::string::npos);
  ASSERT_EQ(run({"service", "start"}).code, kDone);
  const auto after = json({"service", "status"});
  EXPECT_EQ(after.at("running"), true);
  EXPECT_GT(after.at("pid"), 1);
  EXPECT_EQ(after.at("version"), DOSVC_VERSION);
  EXPECT_EQ(after.at("jobs"), 0);
  EXPECT_NE(after.at("service").get<std::string>().find((root / "state" / "socket").string()), std::string::npos);
}

TEST_F(Service, counts_the_jobs) {
  ASSERT_EQ(run({"add", "-q", origin.url("/a.bin")}).code, kDone);
  EXPECT_EQ(json({"service", "status"}).at("jobs"), 1);
}

TEST_F(Service, ends_and_its_jobs_are_there_when_it_is_started_again) {
  ASSERT_EQ(run({"add", "-q", origin.url("/a.bin")}).code, kDone);
  const std::string id = only_job();
  const Finished stopped = run({"service", "stop"});
  EXPECT_EQ(stopped.code, kDone) << stopped.err;
  EXPECT_EQ(run({"service", "status"}).code, kNotRunning);
  EXPECT_EQ(only_job(), id);
}

TEST_F(Service, stopping_none_is_no_error) {
  const Finished stopped = run({"service", "stop"});
  EXPECT_EQ(stopped.code, kDone);
  EXPECT_EQ(stopped.err, "dosvc: no service is running\n");
}

TEST_F(Service, every_command_says_which_it_uses) {
  EXPECT_NE(run({"list", "-v"}).err.find("using own service at"), std::string::npos);
  EXPECT_NE(json({"list"}).at("service").get<std::string>().find("own service at"), std::string::npos);
}

TEST_F(Service, an_address_at_which_nobody_listens_is_told) {
  environment["DOSVC_ADDRESS"] = "unix:path=" + (root / "nobody").string();
  EXPECT_EQ(run({"service", "status"}).code, kNotRunning);
  const Finished listed = run({"list"});
  EXPECT_EQ(listed.code, kFailure);
  EXPECT_NE(listed.err.find("nobody"), std::string::npos) << listed.err;
}

TEST_F(NoService, status_says_so_and_start_says_why_not) {
  const Finished status = run({"service", "status"});
  EXPECT_EQ(status.code, kNotRunning);
  EXPECT_NE(status.err.find("DOSVC_MODE=inproc"), std::string::npos) << status.err;
  const Finished start = run({"service", "start"});
  EXPECT_EQ(start.code, kFailure);
  EXPECT_NE(start.err.find("DOSVC_MODE=inproc"), std::string::npos) << start.err;
}

TEST_F(NoService, commands_say_that_the_queue_is_worked_on_here) {
  EXPECT_EQ(json({"list"}).at("service"), "this process");
  EXPECT_NE(run({"list", "-v"}).err.find("using this process"), std::string::npos);
}

class AllUsers : public CommandLine {};

TEST_F(AllUsers, are_listed_with_their_names_for_administrators_alone) {
  ASSERT_EQ(run({"add", "-q", origin.url("/a.bin")}).code, kDone);
  const Finished listed = run({"list", "--all", "-q"});
  ASSERT_EQ(listed.code, kDone) << listed.err;
  EXPECT_NE(listed.out.find("OWNER"), std::string::npos);
  const std::string me = json({"list"}).at("jobs")[0].at("owner");
  EXPECT_NE(listed.out.find("  " + me + " "), std::string::npos) << listed.out;
  EXPECT_EQ(run({"list", "-q"}).out.find("OWNER"), std::string::npos);
}

}  // namespace
}  // namespace dosvc::cli_tests
