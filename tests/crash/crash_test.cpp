// kill -9 at any moment: whatever was answered is still so, no byte is wrong, little is fetched twice, and nothing is
// left behind. DOSVC_CRASH_SEED chooses the plans and moments, DOSVC_CRASH_KILLS how often is killed.

#include "crash/crash_fixture.h"

namespace dosvc::crash {
namespace {

TEST_F(CrashTest, twenty_downloads_survive_kills_at_any_moment) {
  const auto plan_twenty = [&] {
    begin_plan();
    for (int i = 0; i < 20; ++i) {
      const bool is_big = i % 4 == 0;
      const ApiView view = random(0, 1) == 0 ? ApiView::bits : ApiView::delivery_optimization;
      const Priority priority = random(0, 3) == 0 ? Priority::foreground : Priority::normal;
      std::vector<FileSpec> files;
      for (std::uint64_t n = random(1, is_big ? 2 : 6); n > 0; --n) {
        const std::uint64_t size = is_big ? random(8 * kMiB, 24 * kMiB) : random(64 * 1024, 3 * kMiB);
        files.push_back({size, random(1, 12) * kMiB});
      }
      plan_job(view, priority, End::complete, files);
    }
  };
  plan_twenty();
  while (kills_ < kills_wanted() && !HasFailure()) {
    if (kill_at_random(*start_worker())) {
      expect_all_ended();
      plan_twenty();
    } else {
      look_at_what_is_left();
    }
  }
  lift_rates();
  if (HasFailure()) return;
  run_to_the_end();
  expect_all_ended();
  EXPECT_GT(resumed_, 0);
  print_figures();
}

TEST_F(CrashTest, complete_and_cancel_are_done_or_can_be_repeated) {
  const auto plan_many = [&] {
    begin_plan();
    for (int i = 0; i < 30; ++i) {
      std::vector<FileSpec> files;
      for (std::uint64_t n = random(1, 8); n > 0; --n) {
        const bool is_slow = random(0, 3) == 0;
        files.push_back({random(0, 512 * 1024), is_slow ? kMiB : 0});
      }
      plan_job(random(0, 1) == 0 ? ApiView::bits : ApiView::delivery_optimization, Priority::foreground,
               static_cast<End>(random(0, 3)), files);
    }
  };
  plan_many();
  while (kills_ < kills_wanted() / 2 && !HasFailure()) {
    if (kill_at_an_end(*start_worker())) {
      expect_all_ended();
      plan_many();
    } else {
      look_at_what_is_left();
    }
  }
  if (HasFailure()) return;
  run_to_the_end();
  expect_all_ended();
  print_figures();
}

// Eight files arrive side by side, none of them fast: the job as a whole may lose no more than one file would.
TEST_F(CrashTest, a_job_of_many_files_at_once_loses_no_more_than_one_of_a_single_file) {
  begin_plan();
  plan_job(ApiView::delivery_optimization, Priority::normal, End::complete,
           std::vector<FileSpec>(8, FileSpec{8 * kMiB, kMiB}));
  for (int i = 0; i < 2 && !HasFailure(); ++i) {
    auto worker = start_worker();
    ASSERT_TRUE(worker->wait_for_word("open", std::chrono::seconds(30)));
    const std::string path = "/p1j0f" + std::to_string(i);
    ASSERT_TRUE(
        origin_.record().wait_for_bytes(path, origin_.bytes_sent(path) + 5 * kMiB / 2, std::chrono::seconds(30)));
    ASSERT_FALSE(kill_or_reap(*worker));
    look_at_what_is_left();
  }
  lift_rates();
  run_to_the_end();
  expect_all_ended();
  print_figures();
}

}  // namespace
}  // namespace dosvc::crash
