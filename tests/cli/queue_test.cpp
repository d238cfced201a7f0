#include "cli/command_line_fixture.h"

namespace dosvc::cli_tests {
namespace {

using namespace dosvc::origin;

class Queue : public CommandLine {};

TEST_F(Queue, wait_downloads_and_takes_the_files) {
  origin.serve("/a.bin", {.size = 1000, .seed = 1});
  origin.serve("/b.bin", {.size = 2000, .seed = 2});
  const std::string a = add("/a.bin");
  const std::string b = add("/b.bin");
  const auto waited = json({"wait", a.substr(0, 8), b, a});
  ASSERT_EQ(waited.at("jobs").size(), 2u);
  for (const auto& job : waited.at("jobs")) EXPECT_EQ(job.at("result"), "done");
  expect_content("a.bin", 1, 1000);
  expect_content("b.bin", 2, 2000);
  EXPECT_TRUE(queue().empty());
}

TEST_F(Queue, wait_can_leave_the_taking_to_complete) {
  origin.serve("/a.bin", {.size = 1000, .seed = 1});
  const std::string id = add("/a.bin");
  EXPECT_EQ(run({"wait", id, "--no-complete"}).code, kDone);
  EXPECT_FALSE(std::filesystem::exists(path("a.bin")));
  EXPECT_EQ(state_of(id), "transferred");
  const Finished completed = run({"complete", id});
  EXPECT_EQ(completed.code, kDone);
  EXPECT_NE(completed.out.find("1 of 1 file saved"), std::string::npos) << completed.out;
  expect_content("a.bin", 1, 1000);
}

TEST_F(Queue, one_job_that_fails_doesnt_spoil_the_others) {
  origin.serve("/a.bin", {.size = 1000, .seed = 1});
  const std::string bad = add("/nothing");
  const std::string good = add("/a.bin");
  const Finished waited = run({"wait", bad, good});
  EXPECT_EQ(waited.code, kJobError);
  expect_content("a.bin", 1, 1000);
  EXPECT_EQ(only_job(), bad);  // not waited for by get: it stays
  EXPECT_EQ(state_of(bad), "error");
}

TEST_F(Queue, cancel_takes_several_jobs_and_leaves_nothing) {
  origin.serve("/a.bin", {.size = 1000, .rules = {always(cut_after(500, Ending::stall))}});
  EXPECT_EQ(run({"get", origin.url("/a.bin"), "--max-wait", "0.1"}).code, kGaveUp);
  const std::string other = add("/b.bin");
  const auto jobs = queue();
  ASSERT_EQ(jobs.size(), 2u);
  const auto cancelled = json({"cancel", jobs[0].at("id"), jobs[1].at("id")});
  for (const auto& job : cancelled.at("jobs")) EXPECT_EQ(job.at("state"), "cancelled");
  EXPECT_TRUE(queue().empty());
  EXPECT_TRUE(here().empty());
}

TEST_F(Queue, a_second_job_for_the_same_name_is_refused) {
  origin.serve("/a.bin", {.size = 1000});
  origin.serve("/b.bin", {.size = 1000});
  const std::string id = add("/a.bin");
  const std::string shown = id.substr(0, 8);
  using Words = std::vector<std::string>;
  for (const Words& words :
       {Words{"add", origin.url("/a.bin")}, Words{"get", origin.url("/b.bin"), "-o", "a.bin"},
        Words{"get", origin.url("/a.bin"), origin.url("/b.bin")}, Words{"get", origin.url("/a.bin"), "-H", "X: 1"},
        Words{"get", origin.url("/a.bin"), "--sha256", std::string(64, '0')},
        Words{"get", origin.url("/a.bin"), "--proxy", ""}}) {
    const Finished refused = run(words);
    EXPECT_EQ(refused.code, kJobError) << words.back();
    EXPECT_EQ(refused.err, "dosvc: job " + shown + " already downloads to " + path("a.bin") + ": `dosvc wait " + shown +
                               "` goes on with it, `dosvc cancel " + shown + "` removes it\n");
    EXPECT_EQ(only_job(), id);
  }
  EXPECT_EQ(run({"suspend", id}).code, kDone);
  EXPECT_EQ(run({"get", origin.url("/a.bin")}).code, kDone);
  EXPECT_EQ(here(), std::vector<std::string>{"a.bin"});
}

TEST_F(Queue, completing_a_job_of_which_nothing_is_finished_says_what_is_dropped) {
  origin.serve("/a.bin", {.size = 1000, .rules = {always(cut_after(500, Ending::stall))}});
  const std::string id = add("/a.bin");
  const Finished completed = run({"complete", id});
  EXPECT_EQ(completed.code, kJobError);
  EXPECT_EQ(completed.err, "dosvc: job " + id.substr(0, 8) + " ended: nothing was finished, 0 B of 1 file dropped\n");
  EXPECT_TRUE(queue().empty());
}

TEST_F(Queue, nothing_is_done_when_one_of_the_ids_is_wrong) {
  const std::string id = add("/a.bin");
  EXPECT_EQ(run({"cancel", id, "ffffffff-ffff-4fff-8fff-ffffffffffff"}).code, kNoSuchJob);
  EXPECT_EQ(only_job(), id);
}

TEST_F(Queue, ids_that_mean_no_job_have_codes_of_their_own) {
  for (const char* command : {"show", "files", "wait", "suspend", "resume", "cancel", "complete"}) {
    EXPECT_EQ(run({command, "ffffffff-ffff-4fff-8fff-ffffffffffff"}).code, kNoSuchJob) << command;
    EXPECT_EQ(run({command, "ffffffff"}).code, kNoSuchJob) << command;
    EXPECT_EQ(run({command, "ff"}).code, kUsage) << command;
  }
}

TEST_F(Queue, show_tells_the_error_of_a_job) {
  const std::string id = add("/nothing");
  ASSERT_EQ(run({"wait", id}).code, kJobError);
  const Finished shown = run({"show", id});
  EXPECT_NE(shown.out.find("error      the server answered 404"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("code       0x80190194 (remote_file)"), std::string::npos) << shown.out;
  EXPECT_EQ(json({"show", id}).at("error").at("http_status"), 404);
}

TEST_F(Queue, an_empty_queue_is_an_empty_list) {
  const Finished listed = run({"list"});
  EXPECT_EQ(listed.code, kDone);
  EXPECT_EQ(listed.out, "");
  EXPECT_TRUE(queue().empty());
}

TEST_F(Queue, the_oldest_job_is_listed_first) {
  std::vector<std::string> ids;
  for (const char* name : {"/c", "/a", "/b"}) ids.push_back(add(name));
  const auto jobs = queue();
  ASSERT_EQ(jobs.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(jobs[i].at("id"), ids[i]);
}

TEST_F(Queue, the_jobs_of_all_users_are_listed_with_their_names) {
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
