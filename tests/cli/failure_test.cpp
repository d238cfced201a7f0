#include <sys/stat.h>

#include <csignal>

#include "cli/command_line_fixture.h"

namespace dosvc::cli_tests {
namespace {

using namespace dosvc::origin;
using Names = std::vector<std::string>;

constexpr std::uint64_t kMiB = 1 << 20;

class Failure : public CommandLine {};

bool is_one_sentence(const std::string& text) {
  return text.starts_with("dosvc: ") && text.find('\n') == text.size() - 1;
}

TEST_F(Failure, a_fatal_answer_ends_the_job_when_nothing_of_it_arrived) {
  for (const int code : {401, 403, 404, 410, 501}) {
    origin.serve("/a.bin", {.size = 1000, .rules = {always(status(code))}});
    const Finished got = run({"get", origin.url("/a.bin")});
    EXPECT_EQ(got.code, kJobError);
    EXPECT_EQ(got.out, "");
    EXPECT_TRUE(is_one_sentence(got.err)) << got.err;
    EXPECT_NE(got.err.find(std::to_string(code)), std::string::npos) << got.err;
    EXPECT_EQ(here(), Names{});
    EXPECT_TRUE(queue().empty());
  }
}

TEST_F(Failure, a_fatal_answer_in_json) {
  const auto job = json({"get", origin.url("/nothing")}, kJobError);
  EXPECT_EQ(job.at("result"), "error");
  EXPECT_EQ(job.at("error").at("code"), "0x80190194");
  EXPECT_EQ(job.at("error").at("context"), "remote_file");
  EXPECT_EQ(job.at("error").at("http_status"), 404);
  EXPECT_EQ(job.at("error").at("file"), 0);
}

TEST_F(Failure, what_has_arrived_is_kept_and_can_be_gone_on_with) {
  origin.serve("/a.bin", {.size = 4 * kMiB, .seed = 3, .rules = in_turn({cut_after(2 * kMiB), status(404)})});
  const Finished got = run({"get", origin.url("/a.bin")});
  EXPECT_EQ(got.code, kJobError);
  EXPECT_TRUE(is_one_sentence(got.err)) << got.err;
  const std::string id = only_job();
  const std::string shown = id.substr(0, 8);
  EXPECT_NE(got.err.find("`dosvc resume " + shown + " && dosvc wait " + shown + "` tries again"), std::string::npos)
      << got.err;
  EXPECT_NE(got.err.find("`dosvc cancel " + shown + "` removes it"), std::string::npos) << got.err;

  // Waiting for it now tells the same again; resumed, it goes on.
  EXPECT_EQ(run({"wait", shown}).code, kJobError);
  EXPECT_EQ(run({"resume", shown}).code, kDone);
  const Finished waited = run({"wait", shown});
  EXPECT_EQ(waited.code, kDone) << waited.err;
  expect_content("a.bin", 3, 4 * kMiB);
}

TEST_F(Failure, finished_files_of_a_failed_job_can_be_taken) {
  origin.serve("/a.bin", {.size = 1000, .seed = 3});
  origin.serve("/gone", {.rules = {always({.delay = std::chrono::seconds(1), .status = 410})}});
  ASSERT_EQ(run({"get", origin.url("/a.bin"), origin.url("/gone")}).code, kJobError);
  const auto done = json({"complete", only_job()});
  EXPECT_EQ(done.at("jobs")[0].at("result"), "partial");
  expect_content("a.bin", 3, 1000);
  EXPECT_EQ(here(), Names{"a.bin"});
  EXPECT_TRUE(queue().empty());
}

TEST_F(Failure, a_transient_one_is_told_once_and_tried_again) {
  origin.serve("/a.bin", {.size = 1000, .seed = 3, .rules = in_turn({unavailable("1")})});
  const Finished got = run({"get", origin.url("/a.bin")});
  EXPECT_EQ(got.code, kDone);
  EXPECT_TRUE(is_one_sentence(got.err)) << got.err;
  EXPECT_NE(got.err.find("503"), std::string::npos) << got.err;
  EXPECT_NE(got.err.find("; next try in "), std::string::npos) << got.err;
  expect_content("a.bin", 3, 1000);
}

TEST_F(Failure, the_last_error_is_told_when_patience_ends_and_not_when_waiting_begins) {
  origin.serve("/a.bin", {.size = 1000, .rules = {always(unavailable("3600"))}});
  const Finished got = run({"get", "-q", origin.url("/a.bin"), "--max-wait", "2s"});
  EXPECT_EQ(got.code, kGaveUp) << got.err;
  EXPECT_TRUE(is_one_sentence(got.err)) << got.err;
  EXPECT_NE(got.err.find("--max-wait is over, the last try failed: the server answered 503"), std::string::npos)
      << got.err;
  const Finished waited = run({"wait", only_job(), "--max-wait", "2s"});
  EXPECT_EQ(waited.code, kGaveUp);
  EXPECT_EQ(waited.err.find("next try in 0.00 s"), std::string::npos) << waited.err;
}

TEST_F(Failure, giving_up_is_told_in_json) {
  origin.serve("/a.bin", {.size = 1000, .rules = {always({.delay = std::chrono::hours(1)})}});
  const auto job = json({"get", origin.url("/a.bin"), "--max-wait", "0.1"}, kGaveUp);
  EXPECT_EQ(job.at("result"), "gave_up");
  EXPECT_EQ(run({"cancel", job.at("id")}).code, kDone);
}

TEST_F(Failure, places_that_cant_hold_the_file_are_named_and_leave_no_job) {
  origin.serve("/a.bin", {.size = 1000});
  std::filesystem::create_directory(folder / "sub");
  EXPECT_EQ(run({"get", origin.url("/a.bin"), "-o", "sub"}).code, kJobError);
  EXPECT_EQ(run({"get", origin.url("/a.bin"), "-o", "sub/"}).code, kJobError);
  EXPECT_EQ(run({"get", origin.url("/a.bin"), "-o", "-"}).code, kUsage);
  EXPECT_EQ(run({"get", origin.url("/a.bin"), "-o", "a\nb"}).code, kUsage);
  EXPECT_EQ(run({"get", origin.url("/a.bin"), "-o", std::string(300, 'x')}).code, kUsage);
  const Finished missing = run({"get", origin.url("/a.bin"), "-o", "missing/a"});
  EXPECT_EQ(missing.code, kJobError);
  EXPECT_TRUE(is_one_sentence(missing.err)) << missing.err;
  EXPECT_NE(missing.err.find("missing"), std::string::npos) << missing.err;
  const Finished device = run({"get", origin.url("/a.bin"), "-o", "/proc/a.bin"});
  EXPECT_EQ(device.code, kJobError);
  EXPECT_TRUE(is_one_sentence(device.err)) << device.err;
  EXPECT_TRUE(queue().empty());
  EXPECT_EQ(here(), Names{"sub"});
}

TEST_F(Failure, a_file_that_cant_get_its_name_stays_downloaded) {
  origin.serve("/a.bin", {.size = 1000, .seed = 3, .rules = {always({.delay = std::chrono::milliseconds(100)})}});
  const auto get = start({"get", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_requests("/a.bin", 1, std::chrono::seconds(30)));
  std::filesystem::create_directory(folder / "a.bin");
  const Finished got = get->finish();
  EXPECT_EQ(got.code, kJobError);
  EXPECT_TRUE(is_one_sentence(got.err)) << got.err;
  EXPECT_NE(got.err.find("`dosvc complete "), std::string::npos) << got.err;
  std::filesystem::remove(folder / "a.bin");
  const Finished taken = run({"complete", only_job()});
  EXPECT_EQ(taken.code, kDone) << taken.err;
  expect_content("a.bin", 3, 1000);
}

TEST_F(Failure, urls_that_are_none_are_a_usage_error) {
  for (const char* url : {"ftp://h/f", "example.com/f", "", "http://", "http://h/a b", "http://h\\@g/"}) {
    const Finished got = run({"get", url});
    EXPECT_EQ(got.code, kUsage) << url;
    EXPECT_TRUE(is_one_sentence(got.err)) << got.err;
  }
  EXPECT_EQ(run({"get", "http://h/" + std::string(3000, 'x')}).code, kUsage);
  EXPECT_EQ(run({"get", "http://h/f", "--sha256", "123"}).code, kUsage);
  EXPECT_EQ(run({"get", "http://h/f", "--cacert", "missing.pem"}).code, kUsage);
  EXPECT_EQ(run({"get", "http://h/f", "--name", std::string(300, 'n')}).code, kUsage);
  if (!on_service()) {
    EXPECT_FALSE(std::filesystem::exists(root / "state" / "queue.db-wal"));
  }
}

TEST_F(Failure, errors_are_json_too) {
  EXPECT_EQ(json({"get", "nonsense"}, kUsage).at("error").at("code"), "0x80070057");
  EXPECT_EQ(json({"show", "12345678"}, kNoSuchJob).at("error").at("code"), "0x80200001");
  EXPECT_EQ(json({"get", "--bogus"}, kUsage).at("error").at("context"), "none");
}

TEST_F(Failure, a_result_that_cant_be_written_is_told) {
  Program list(
      {{"/bin/sh", "-c", std::string(DOSVC_PROGRAM) + " list --json >/dev/full"}, folder.string(), environment});
  const Finished finished = list.finish();
  EXPECT_EQ(finished.code, kFailure);
  EXPECT_TRUE(is_one_sentence(finished.err)) << finished.err;
}

TEST_F(Failure, a_queue_that_isnt_one_is_refused_by_name) {
  std::filesystem::create_directory(root / "state");
  std::filesystem::permissions(root / "state", std::filesystem::perms(0700));
  ASSERT_EQ(::mkdir((root / "state" / "queue.db").c_str(), 0700), 0);
  const Finished got = run({"list"});
  EXPECT_EQ(got.code, kFailure);
  EXPECT_NE(got.err.find("queue.db"), std::string::npos) << got.err;
  std::filesystem::remove(root / "state" / "queue.db");
}

}  // namespace
}  // namespace dosvc::cli_tests
