// A job's way from CreateJob to Complete, on fakes.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

constexpr auto kUrl = "http://origin/a.bin";
using Kind = FakeFiles::Op;

std::string bytes(std::size_t size, unsigned seed = 1) {
  std::string content(size, '\0');
  for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>((i * 131 + i / 251 * seed + seed) & 0xff);
  return content;
}

class Download : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    transport.serve(kUrl, content_);
  }
  const std::string content_ = bytes(300'000);
};

TEST_F(Download, a_file_has_its_name_only_after_complete) {
  const JobId job = start_job(kUrl);
  EXPECT_EQ(state_of(job), JobState::transferred);
  EXPECT_FALSE(files.exists("/dl/a.bin"));
  EXPECT_EQ(files.temps().size(), 1u);

  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_);
  EXPECT_TRUE(files.temps().empty());
  EXPECT_EQ(state_of(job), JobState::acknowledged);
  EXPECT_FALSE(in_queue(job));
  EXPECT_TRUE(store.committed().empty());
}

TEST_F(Download, progress_is_told_in_bytes_and_files) {
  transport.set_pace(std::chrono::seconds(1));
  const JobId job = start_job(kUrl);
  loop.advance(std::chrono::seconds(2));
  const auto half = snapshot(job);
  EXPECT_EQ(half->job.state(), JobState::transferring);
  EXPECT_EQ(half->progress.bytes_total, content_.size());
  EXPECT_GT(half->progress.bytes_transferred, 0u);
  EXPECT_LT(half->progress.bytes_transferred, content_.size());
  EXPECT_EQ(half->progress.files_transferred, 0u);
  loop.advance(std::chrono::seconds(60));
  const auto whole = snapshot(job);
  EXPECT_EQ(whole->progress.bytes_transferred, content_.size());
  EXPECT_EQ(whole->progress.files_transferred, 1u);
  EXPECT_TRUE(whole->job.transfer_completed.has_value());
}

TEST_F(Download, the_total_is_unknown_until_every_size_is_known) {
  const JobId job = create_job();
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  EXPECT_FALSE(snapshot(job)->progress.bytes_total.has_value());
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(snapshot(job)->progress.bytes_total, content_.size());
}

TEST_F(Download, two_files_of_a_job_never_have_one_name) {
  const JobId job = create_job();
  EXPECT_EQ(add_files(job, {{kUrl, "/dl/a"}, {kUrl, "/dl/b"}, {kUrl, "/dl/a"}}).error().code, E_INVALIDARG);
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a").ok());
  EXPECT_EQ(add_file(job, kUrl, "/dl/a").error().code, E_INVALIDARG);
  EXPECT_TRUE(add_file(job, kUrl, "/dl/b").ok());
  EXPECT_EQ(snapshot(job)->progress.files_total, 2u);
}

TEST_F(Download, files_added_at_once_are_told_apart) {
  const JobId job = create_job();
  const auto add = [&](std::vector<NewFile> list) {
    return ask<std::uint32_t>([&](auto reply) { engine->add_files(user, job, list, reply); });
  };
  const auto one = add({{kUrl, "/dl/a"}, {kUrl, "/dl/b"}});
  const auto same = add({{kUrl, "/dl/b"}});
  const auto two = add({{kUrl, "/dl/c"}});
  loop.run_until_idle();
  EXPECT_EQ(***one, 0u);
  EXPECT_EQ((*same)->error().code, E_INVALIDARG);
  EXPECT_EQ(***two, 2u) << "the first of its own";
  EXPECT_EQ(snapshot(job)->progress.files_total, 3u);
}

TEST_F(Download, an_empty_file_is_a_file) {
  transport.serve("http://origin/empty", "");
  const JobId job = start_job("http://origin/empty");
  EXPECT_EQ(state_of(job), JobState::transferred);
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/empty"), "");
}

TEST_F(Download, resume_without_files_is_refused) {
  const JobId job = create_job();
  EXPECT_EQ(resume(job).error().code, BG_E_EMPTY);
  EXPECT_EQ(state_of(job), JobState::suspended);
}

TEST_F(Download, a_bits_job_fetches_its_files_one_after_the_other) {
  const JobId job = create_job(ApiView::bits);
  for (const char name : {'a', 'b', 'c'}) {
    const std::string url = std::string("http://origin/") + name;
    transport.serve(url, bytes(100'000));
    ASSERT_TRUE(add_file(job, url, std::string("/dl/") + name).ok());
  }
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(state_of(job), JobState::transferred);
  EXPECT_EQ(transport.most_open(), 1u);
}

TEST_F(Download, a_delivery_optimization_job_fetches_several_files_at_once_and_no_more_than_it_may) {
  options.files_at_once = options.small_files_at_once = 3;
  restart();
  const JobId job = create_job(ApiView::delivery_optimization);
  std::vector<NewFile> list;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "f" + std::to_string(i);
    transport.serve("http://origin/" + name, bytes(100'000, static_cast<unsigned>(i)));
    list.push_back({"http://origin/" + name, "/dl/" + name, {}, std::nullopt});
  }
  ASSERT_TRUE(add_files(job, list).ok());
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(state_of(job), JobState::transferred);
  EXPECT_EQ(transport.most_open(), 3u);
  ASSERT_TRUE(complete(job).ok());
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(files.content("/dl/f" + std::to_string(i)), bytes(100'000, static_cast<unsigned>(i)));
  }
}

TEST_F(Download, more_small_files_come_at_once_the_more_have_come_and_few_again_when_a_large_one_comes) {
  options.files_at_once = 4;
  options.small_files_at_once = 16;
  restart();
  const JobId job = create_job(ApiView::delivery_optimization);
  std::vector<NewFile> list;
  const auto add = [&](int from, int to, std::size_t size) {
    for (int i = from; i < to; ++i) {
      const std::string name = "f" + std::to_string(i);
      transport.serve("http://origin/" + name, bytes(size));
      list.push_back({"http://origin/" + name, "/dl/" + name, {}, std::nullopt});
    }
  };
  add(0, 100, 4'000);
  add(100, 140, 1'000'000);
  ASSERT_TRUE(add_files(job, list).ok());
  std::size_t most_large = 0;
  transport.set_pace(std::chrono::milliseconds(10));
  ASSERT_TRUE(resume(job).ok());
  while (state_of(job) != JobState::transferred) {
    loop.advance(std::chrono::milliseconds(10));
    const auto done = snapshot(job)->progress.files_transferred;
    if (done >= 120) most_large = std::max(most_large, transport.open().size());
    ASSERT_LT(loop.now().time_since_epoch(), std::chrono::hours(2));
  }
  EXPECT_EQ(transport.most_open(), 16u);
  EXPECT_EQ(most_large, 4u);
}

TEST_F(Download, a_small_file_costs_no_commit_of_its_own_beside_its_neighbours) {
  options.files_at_once = 8;
  restart();
  const JobId job = create_job(ApiView::delivery_optimization);
  std::vector<NewFile> list;
  for (int i = 0; i < 80; ++i) {
    const std::string name = "f" + std::to_string(i);
    transport.serve("http://origin/" + name, "x");
    list.push_back({"http://origin/" + name, "/dl/" + name, {}, std::nullopt});
  }
  ASSERT_TRUE(add_files(job, list).ok());
  const std::size_t before = store.commits();
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(state_of(job), JobState::transferred);
  EXPECT_LT(store.commits() - before, 80u);
}

TEST_F(Download, suspend_keeps_what_is_there_and_resume_goes_on_from_it) {
  transport.set_pace(std::chrono::seconds(1));
  const JobId job = start_job(kUrl);
  loop.advance(std::chrono::seconds(3));
  ASSERT_TRUE(suspend(job).ok());
  EXPECT_EQ(state_of(job), JobState::suspended);
  EXPECT_TRUE(transport.open().empty());
  const auto held = file_snapshot(job)->bytes_transferred;
  EXPECT_GT(held, 0u);

  ASSERT_TRUE(resume(job).ok());
  loop.advance(std::chrono::seconds(60));
  EXPECT_EQ(state_of(job), JobState::transferred);
  EXPECT_EQ(transport.requests().back().asked.offset, held);
  EXPECT_EQ(transport.requests().back().asked.validator.etag, "\"v1\"");
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_);
}

TEST_F(Download, a_file_that_changed_on_the_server_is_fetched_anew_and_never_mixed) {
  transport.set_pace(std::chrono::seconds(1));
  const JobId job = start_job(kUrl);
  loop.advance(std::chrono::seconds(3));
  ASSERT_TRUE(suspend(job).ok());
  const std::string next = bytes(250'000, 7);
  transport.serve(kUrl, next, {"\"v2\"", "Wed, 02 Jan 2030 00:00:00 GMT"});
  ASSERT_TRUE(resume(job).ok());
  loop.advance(std::chrono::seconds(60));
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), next);
}

TEST_F(Download, without_a_validator_nothing_is_continued) {
  transport.serve(kUrl, content_, {});
  transport.next(kUrl, {.cut_after = 128 * 1024});
  const JobId job = start_job(kUrl);
  EXPECT_EQ(state_of(job), JobState::transferred);
  for (const auto& request : transport.requests()) EXPECT_EQ(request.asked.offset, 0u);
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_);
}

TEST_F(Download, a_digest_that_fits_is_a_success_and_one_that_does_not_is_an_error) {
  std::string digest = FakeFiles::sha256_of(content_);
  for (char& c : digest) c = static_cast<char>(std::toupper(c));
  const JobId good = start_job(kUrl, ApiView::bits, digest);
  EXPECT_EQ(state_of(good), JobState::transferred);
  ASSERT_TRUE(cancel(good).ok());

  const JobId bad = start_job(kUrl, ApiView::bits, std::string(64, 'a'));
  EXPECT_EQ(state_of(bad), JobState::error);
  const auto error = snapshot(bad)->job.error;
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->error.code, BG_E_VALIDATION_FAILED);
  EXPECT_EQ(snapshot(bad)->progress.bytes_transferred, 0u);
  ASSERT_TRUE(complete(bad).ok());
  EXPECT_FALSE(files.exists("/dl/a.bin"));
}

TEST_F(Download, a_file_added_after_the_end_is_fetched_by_the_next_resume) {
  const JobId job = start_job(kUrl);
  ASSERT_EQ(state_of(job), JobState::transferred);
  transport.serve("http://origin/b", "bbb");
  ASSERT_TRUE(add_file(job, "http://origin/b", "/dl/b").ok());
  EXPECT_EQ(state_of(job), JobState::transferred);
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(state_of(job), JobState::transferred);
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/b"), "bbb");
}

TEST_F(Download, stalled_jobs_do_not_hold_the_others) {
  for (int i = 0; i < 2 * options.run.background_jobs; ++i) {
    const std::string dead = "http://dead" + std::to_string(i) + "/x";
    transport.serve(dead, "x");
    transport.always(dead, {.never_answer = true});
    start_job(dead);
  }
  const JobId alive = start_job(kUrl);
  EXPECT_EQ(state_of(alive), JobState::queued);
  loop.advance(std::chrono::seconds(25));
  EXPECT_EQ(state_of(alive), JobState::transferred);
}

TEST_F(Download, jobs_beyond_the_limit_wait_their_turn_and_say_so) {
  options.run.background_jobs = 1;
  restart();
  transport.always(kUrl, {.never_answer = true});
  const JobId first = start_job(kUrl);
  const JobId second = start_job(kUrl);
  EXPECT_EQ(state_of(first), JobState::connecting);
  EXPECT_EQ(snapshot(first)->wait, WaitReason::answer);
  EXPECT_EQ(state_of(second), JobState::queued);
  EXPECT_EQ(snapshot(second)->wait, WaitReason::turn);
  ASSERT_TRUE(cancel(first).ok());
  EXPECT_EQ(state_of(second), JobState::connecting);
}

TEST_F(Download, an_engine_without_transfers_changes_jobs_and_moves_nothing) {
  options.transfers = false;
  restart();
  const JobId job = start_job(kUrl);
  EXPECT_EQ(state_of(job), JobState::queued);
  EXPECT_TRUE(transport.requests().empty());
  options.transfers = true;
  restart();
  EXPECT_EQ(state_of(job), JobState::transferred);
}

TEST_F(Download, another_users_job_can_be_neither_seen_nor_touched) {
  const JobId job = create_job();
  const Caller stranger{1001, false};
  EXPECT_EQ(engine->find(stranger, job).error().code, E_ACCESSDENIED);
  EXPECT_TRUE(engine->list(stranger, true)->empty());
  const auto tried =
      result_of<CommandOutcome>([&](auto reply) { engine->command(stranger, job, JobCommand::cancel, reply); });
  EXPECT_EQ(tried.error().code, E_ACCESSDENIED);
  EXPECT_TRUE(engine->find(Caller{0, true}, job).ok());
  EXPECT_EQ(engine->list(Caller{0, true}, true)->size(), 1u);
}

TEST_F(Download, bad_names_are_refused_and_add_nothing) {
  const JobId job = create_job();
  EXPECT_EQ(add_file(job, "ftp://origin/a", "/dl/a").error().code, E_INVALIDARG);
  EXPECT_EQ(add_file(job, kUrl, "a").error().code, E_INVALIDARG);
  EXPECT_EQ(add_file(job, kUrl, "/nowhere/a").error().code, HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND));
  EXPECT_FALSE(add_files(job, {{kUrl, "/dl/ok", {}, {}}, {kUrl, "bad", {}, {}}}).ok());
  EXPECT_EQ(snapshot(job)->progress.files_total, 0u);
}

TEST_F(Download, unknown_ids_are_not_found) {
  EXPECT_EQ(command(Uuid::random(), JobCommand::resume).error().code, BG_E_NOT_FOUND);
  EXPECT_EQ(engine->find(user, Uuid::random()).error().code, BG_E_NOT_FOUND);
}

}  // namespace
}  // namespace dosvc
