// The queue in the program's own process: nothing moves but while `get` or `wait` runs, and one has it at a time.
#include <csignal>

#include "cli/command_line_fixture.h"

namespace dosvc::cli_tests {
namespace {

using namespace dosvc::origin;
using Words = std::vector<std::string>;

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::chrono::seconds kPatience{30};

class Inproc : public CommandLine {};

TEST_F(Inproc, add_prints_the_id_and_says_that_nothing_moves) {
  origin.serve("/a.bin", {.size = 1000});
  const Finished added = run({"add", origin.url("/a.bin")});
  EXPECT_EQ(added.code, kDone);
  const std::string id = only_job();
  EXPECT_EQ(added.out, id + "\n");
  EXPECT_NE(added.err.find("`dosvc wait " + id.substr(0, 8) + "`"), std::string::npos) << added.err;
  EXPECT_TRUE(origin.requests().empty());
  const Finished listed = run({"list"});
  EXPECT_NE(listed.err.find("no service is used"), std::string::npos) << listed.err;
  EXPECT_EQ(run({"list", "-q"}).err, "");
  EXPECT_TRUE(origin.requests().empty());
}

TEST_F(Inproc, add_takes_priority_and_name) {
  const auto job = json({"add", "--priority", "low", "--name", "Nightly", origin.url("/a.bin")});
  EXPECT_EQ(job.at("priority"), "low");
  EXPECT_EQ(job.at("name"), "Nightly");
  EXPECT_EQ(job.at("state"), "queued");
  EXPECT_EQ(json({"add", origin.url("/b.bin")}).at("priority"), "normal");
}

TEST_F(Inproc, a_suspended_job_is_not_waited_for) {
  origin.serve("/a.bin", {.size = 1000});
  const std::string id = add("/a.bin");
  EXPECT_EQ(run({"suspend", id}).out, "job " + id.substr(0, 8) + " is suspended\n");
  EXPECT_EQ(state_of(id), "suspended");
  const Finished waited = run({"wait", id});
  EXPECT_EQ(waited.code, kJobError);
  EXPECT_NE(waited.err.find("`dosvc resume " + id.substr(0, 8) + "`"), std::string::npos) << waited.err;
  EXPECT_TRUE(origin.requests().empty());
  const Finished resumed = run({"resume", id});
  EXPECT_EQ(resumed.code, kDone);
  EXPECT_NE(resumed.err.find("`dosvc wait " + id.substr(0, 8) + "`"), std::string::npos) << resumed.err;
  EXPECT_EQ(run({"wait", id}).code, kDone);
}

TEST_F(Inproc, show_and_files_tell_all_about_a_job) {
  origin.serve("/a.bin", {.size = 1000});
  const std::string id = add("/a.bin");
  const Finished shown = run({"show", id.substr(0, 4)});
  EXPECT_EQ(shown.code, kDone);
  EXPECT_NE(shown.out.find("state      queued\n"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("waits for  `dosvc wait`\n"), std::string::npos) << shown.out;
  const Finished files = run({"files", id});
  EXPECT_NE(files.out.find(path("a.bin") + " <- " + origin.url("/a.bin")), std::string::npos) << files.out;
  const auto document = json({"files", id});
  EXPECT_EQ(document.at("id"), id);
  EXPECT_EQ(document.at("files")[0].at("stage"), "waiting");
  EXPECT_TRUE(document.at("files")[0].at("bytes_total").is_null());
}

TEST_F(Inproc, the_job_stays_queued_and_it_is_said_how_to_go_on) {
  origin.serve("/a.bin", {.size = 1000, .rules = in_turn({cut_after(100, Ending::stall)})});
  const auto get = start({"get", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", 100, kPatience));
  get->signal(SIGINT);
  const Finished got = get->finish();
  EXPECT_EQ(got.code, kInterrupted);
  const auto jobs = queue();
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_EQ(jobs[0].at("state"), "queued");
  const std::string id = jobs[0].at("id").get<std::string>().substr(0, 8);
  EXPECT_EQ(got.err, "dosvc: interrupted; the job stays queued: `dosvc wait " + id + "` goes on, `dosvc cancel " + id +
                         "` removes it\n");
  EXPECT_EQ(got.out, "");
}

// What a checkpoint has claimed is never asked for again.
TEST_F(Inproc, wait_goes_on_where_it_was) {
  constexpr std::uint64_t kSize = 16 * kMiB;
  constexpr std::uint64_t kRate = 8 * kMiB;
  origin.serve("/a.bin", {.size = kSize, .seed = 3, .rules = in_turn({{.rate = kRate}})});
  const auto get = start({"get", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", kSize * 3 / 4, kPatience));
  get->signal(SIGINT);
  ASSERT_EQ(get->finish().code, kInterrupted);

  const Finished waited = run({"wait", only_job()});
  EXPECT_EQ(waited.code, kDone) << waited.err;
  expect_content("a.bin", 3, kSize);
  const auto requests = origin.requests_of("/a.bin");
  // Over how many connections doesn't matter: none of them begins anew.
  ASSERT_GE(requests.size(), 2u);
  for (std::size_t i = 1; i < requests.size(); ++i) {
    EXPECT_NE(requests[i].range(), "");
    EXPECT_NE(requests[i].range(), "bytes=0-");
    EXPECT_NE(requests[i].header("If-Range"), "");
  }
  // One second of it at most, and what was in the sockets on the way.
  constexpr std::uint64_t kOnTheWay = 5 * kMiB;
  EXPECT_LE(origin.bytes_sent("/a.bin"), kSize + kRate + kOnTheWay);
  EXPECT_TRUE(queue().empty());
}

TEST_F(Inproc, the_same_get_goes_on_with_the_job) {
  constexpr std::uint64_t kSize = 16 * kMiB;
  origin.serve("/a.bin", {.size = kSize, .seed = 3, .rules = in_turn({{.rate = 8 * kMiB}})});
  const auto get = start({"get", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", kSize * 3 / 4, kPatience));
  get->signal(SIGINT);
  ASSERT_EQ(get->finish().code, kInterrupted);
  const std::string id = only_job();

  const Finished again = run({"get", origin.url("/a.bin")});
  EXPECT_EQ(again.code, kDone) << again.err;
  EXPECT_EQ(again.err, "dosvc: going on with job " + id.substr(0, 8) + "\n");
  expect_content("a.bin", 3, kSize);
  EXPECT_TRUE(queue().empty());
  const auto requests = origin.requests_of("/a.bin");
  ASSERT_GE(requests.size(), 2u);
  for (std::size_t i = 1; i < requests.size(); ++i) {
    EXPECT_NE(requests[i].range(), "");
    EXPECT_NE(requests[i].range(), "bytes=0-");
  }
}

TEST_F(Inproc, wait_can_be_interrupted_again_and_again) {
  origin.serve("/a.bin", {.size = 1000, .seed = 3, .rules = {for_first(3, cut_after(100, Ending::stall))}});
  ASSERT_EQ(run({"add", "-q", origin.url("/a.bin")}).code, kDone);
  const std::string id = only_job();
  for (std::size_t i = 1; i <= 3; ++i) {
    const auto wait = start({"wait", id});
    ASSERT_TRUE(origin.record().wait_for_requests("/a.bin", i, kPatience));
    wait->signal(SIGINT);
    EXPECT_EQ(wait->finish().code, kInterrupted);
  }
  EXPECT_EQ(run({"wait", id}).code, kDone);
  expect_content("a.bin", 3, 1000);
}

TEST_F(Inproc, max_wait_gives_up_and_leaves_the_job) {
  origin.serve("/a.bin", {.size = 1000, .seed = 3, .rules = in_turn({cut_after(100, Ending::stall)})});
  const Finished got = run({"get", origin.url("/a.bin"), "--max-wait", "0.2s"});
  EXPECT_EQ(got.code, kGaveUp) << got.err;
  EXPECT_TRUE(got.err.starts_with("dosvc: ")) << got.err;
  const std::string id = only_job();
  EXPECT_NE(got.err.find("--max-wait is over; the job stays queued: `dosvc wait " + id.substr(0, 8) + "` goes on"),
            std::string::npos)
      << got.err;
  EXPECT_EQ(json({"wait", id, "--max-wait", "1h"}).at("jobs")[0].at("result"), "done");
  expect_content("a.bin", 3, 1000);
}

TEST_F(Inproc, the_holder_of_the_queue_is_named) {
  origin.serve("/a.bin", {.size = 1000, .rules = {always(cut_after(100, Ending::stall))}});
  const auto get = start({"get", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", 100, std::chrono::seconds(30)));
  for (const Words& words : {Words{"list"}, Words{"get", origin.url("/a.bin")}, Words{"add", origin.url("/a.bin")}}) {
    const Finished second = run(words);
    EXPECT_EQ(second.code, kFailure);
    EXPECT_TRUE(second.err.starts_with("dosvc: ")) << second.err;
    EXPECT_NE(second.err.find(std::to_string(get->pid())), std::string::npos) << second.err;
    EXPECT_NE(second.err.find((root / "state").string()), std::string::npos) << second.err;
  }
  get->signal(SIGTERM);
  EXPECT_EQ(get->finish().code, 143);
}

TEST_F(Inproc, status_says_so_and_start_says_why_not) {
  const Finished status = run({"service", "status"});
  EXPECT_EQ(status.code, kNotRunning);
  EXPECT_NE(status.err.find("DOSVC_MODE=inproc"), std::string::npos) << status.err;
  const Finished start = run({"service", "start"});
  EXPECT_EQ(start.code, kFailure);
  EXPECT_NE(start.err.find("DOSVC_MODE=inproc"), std::string::npos) << start.err;
}

TEST_F(Inproc, commands_say_that_the_queue_is_worked_on_here) {
  EXPECT_EQ(json({"list"}).at("service"), "this process");
  EXPECT_NE(run({"list", "-v"}).err.find("using this process"), std::string::npos);
}

}  // namespace
}  // namespace dosvc::cli_tests
