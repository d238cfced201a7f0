// `dosvc service`, and what is so because the queue is a service's.
#include <csignal>
#include <sstream>

#include "cli/command_line_fixture.h"

namespace dosvc::cli_tests {
namespace {

using namespace dosvc::origin;

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::chrono::seconds kPatience{30};

class Service : public CommandLine {
 protected:
  // Of `monitor --json`.
  static std::vector<nlohmann::json> events(const std::string& out) {
    std::vector<nlohmann::json> all;
    std::istringstream lines(out);
    for (std::string line; std::getline(lines, line);) all.push_back(nlohmann::json::parse(line));
    return all;
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
  environment.erase("DOSVC_ADDRESS");
}

// What interrupts a command that waits leaves the job alone, and says how to get at it.
TEST_F(Service, the_job_of_a_get_that_is_interrupted_goes_on) {
  origin.serve("/a.bin", {.size = 1000, .rules = {always(cut_after(100, Ending::stall))}});
  const std::pair<int, int> kSignals[] = {{SIGINT, 130}, {SIGTERM, 143}, {SIGHUP, 129}};
  for (const auto& [signal, code] : kSignals) {
    const std::string name = std::to_string(code);
    const std::size_t before = origin.requests_of("/a.bin").size();
    const auto get = start({"get", origin.url("/a.bin"), "-o", name});
    ASSERT_TRUE(origin.record().wait_for_requests("/a.bin", before + 1, kPatience));
    get->signal(signal);
    const Finished got = get->finish();
    EXPECT_EQ(got.code, code);
    const std::string id = only_job().substr(0, 8);
    EXPECT_EQ(got.err, "dosvc: interrupted; the job goes on in the background: `dosvc wait " + id +
                           "` waits for it and takes its files, `dosvc cancel " + id + "` removes it\n");
    EXPECT_EQ(got.out, "");
    EXPECT_NE(queue()[0].at("state"), "queued");
    EXPECT_EQ(run({"cancel", id}).code, kDone);
  }
}

TEST_F(Service, a_job_that_was_left_is_fetched_once_and_taken_by_wait) {
  constexpr std::uint64_t kSize = 4 * kMiB;
  origin.serve("/a.bin", {.size = kSize, .seed = 3, .rules = {always({.rate = 8 * kMiB})}});
  const auto get = start({"get", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", kMiB, kPatience));
  get->signal(SIGINT);
  ASSERT_EQ(get->finish().code, kInterrupted);
  EXPECT_EQ(run({"wait", only_job()}).code, kDone);
  expect_content("a.bin", 3, kSize);
  EXPECT_EQ(origin.requests_of("/a.bin").size(), 1u);
}

TEST_F(Service, the_same_get_goes_on_with_the_job_that_was_left) {
  origin.serve("/a.bin", {.size = 4 * kMiB, .seed = 3, .rules = {always({.rate = 8 * kMiB})}});
  const auto get = start({"get", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", kMiB, kPatience));
  get->signal(SIGINT);
  ASSERT_EQ(get->finish().code, kInterrupted);
  const std::string id = only_job().substr(0, 8);
  const Finished again = run({"get", origin.url("/a.bin")});
  EXPECT_EQ(again.code, kDone);
  EXPECT_EQ(again.err, "dosvc: going on with job " + id + "\n");
  expect_content("a.bin", 3, 4 * kMiB);
}

TEST_F(Service, the_end_of_max_wait_leaves_the_job_too) {
  origin.serve("/a.bin", {.size = 1000, .rules = {always(cut_after(100, Ending::stall))}});
  const Finished got = run({"get", origin.url("/a.bin"), "--max-wait", "0.2s"});
  EXPECT_EQ(got.code, kGaveUp);
  EXPECT_NE(got.err.find("--max-wait is over; the job goes on in the background: "), std::string::npos) << got.err;
  EXPECT_EQ(queue().size(), 1u);
}

TEST_F(Service, add_is_enough_for_it_to_fetch_a_file) {
  origin.serve("/a.bin", {.size = 1000, .seed = 3});
  const Finished added = run({"add", "--priority", "low", "--name", "Nightly", origin.url("/a.bin")});
  EXPECT_EQ(added.code, kDone);
  EXPECT_EQ(added.err, "");
  ASSERT_TRUE(origin.record().wait_for_requests("/a.bin", 1, kPatience));
  const auto job = json({"show", only_job()});
  EXPECT_EQ(job.at("priority"), "low");
  EXPECT_EQ(job.at("name"), "Nightly");
  EXPECT_EQ(run({"wait", only_job()}).code, kDone);
  expect_content("a.bin", 3, 1000);
}

TEST_F(Service, a_job_is_suspended_under_way_and_goes_on) {
  origin.serve("/a.bin", {.size = 1000, .seed = 3, .rules = in_turn({cut_after(100, Ending::stall)})});
  ASSERT_EQ(run({"add", "-q", origin.url("/a.bin")}).code, kDone);
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", 100, kPatience));
  const std::string id = only_job();
  EXPECT_EQ(run({"suspend", id}).out, "job " + id.substr(0, 8) + " is suspended\n");
  EXPECT_EQ(run({"wait", id}).code, kJobError);
  const Finished resumed = run({"resume", id});
  EXPECT_EQ(resumed.code, kDone);
  EXPECT_EQ(resumed.err, "");
  EXPECT_EQ(run({"wait", id}).code, kDone);
  expect_content("a.bin", 3, 1000);
}

TEST_F(Service, two_commands_share_one_queue) {
  origin.serve("/a.bin", {.size = 1000, .rules = {always(cut_after(100, Ending::stall))}});
  origin.serve("/b.bin", {.size = 1000, .seed = 2});
  const auto first = start({"get", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", 100, kPatience));
  EXPECT_EQ(run({"get", origin.url("/b.bin")}).code, kDone);
  expect_content("b.bin", 2, 1000);
  EXPECT_EQ(run({"cancel", only_job()}).code, kDone);
  const Finished cancelled = first->finish();
  EXPECT_EQ(cancelled.code, kJobError);
  EXPECT_NE(cancelled.err.find("was cancelled"), std::string::npos) << cancelled.err;
}

// A get that waits lives through the end of its service.
TEST_F(Service, a_get_goes_on_with_the_next_service) {
  origin.serve("/a.bin", {.size = 4 * kMiB, .seed = 3, .rules = {always({.rate = 4 * kMiB})}});
  const auto get = start({"get", "-q", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", kMiB, kPatience));
  EXPECT_EQ(run({"service", "stop"}).code, kDone);
  EXPECT_EQ(get->finish().code, kDone);
  expect_content("a.bin", 3, 4 * kMiB);
}

TEST_F(Service, follows_a_job_of_another_program_from_its_making_to_its_end) {
  origin.serve("/a.bin", {.size = 1000, .seed = 1});
  const auto monitor = start({"monitor", "--json"});
  ASSERT_EQ(run({"get", "-q", origin.url("/a.bin")}).code, kDone);
  ASSERT_TRUE(monitor->wait_for_text("\"gone\""));
  monitor->signal(SIGINT);
  const Finished done = monitor->finish();
  EXPECT_EQ(done.code, kDone);
  const auto told = events(done.out);
  ASSERT_GE(told.size(), 3u);
  EXPECT_EQ(told.front().at("event"), "changed");
  EXPECT_EQ(told.back().at("event"), "gone");
  const auto& last = told[told.size() - 2].at("job");
  EXPECT_EQ(last.at("state"), "acknowledged");
  EXPECT_EQ(last.at("bytes_transferred"), 1000);
}

TEST_F(Service, goes_on_when_the_service_has_been_started_anew) {
  const auto monitor = start({"monitor"});
  ASSERT_EQ(run({"add", "-q", "--name", "Before", origin.url("/a.bin")}).code, kDone);
  ASSERT_TRUE(monitor->wait_for_text("Before"));
  ASSERT_EQ(run({"service", "stop"}).code, kDone);
  ASSERT_EQ(run({"add", "-q", "--name", "After", origin.url("/b.bin")}).code, kDone);
  EXPECT_TRUE(monitor->wait_for_text("After"));
  monitor->signal(SIGINT);
  EXPECT_EQ(monitor->finish().code, kDone);
}

}  // namespace
}  // namespace dosvc::cli_tests
