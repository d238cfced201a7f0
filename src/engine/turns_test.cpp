// Whose turn it is: nobody holds up others, whatever his priority, his host or his size.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class Turns : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    transport.set_chunk(10'000);
    transport.set_pace(seconds(1));
  }
  // Takes a second for each ten thousand bytes.
  JobId start_one(const std::string& url, int size = 10'000'000, Priority priority = Priority::normal) {
    transport.serve(url, std::string(static_cast<std::size_t>(size), 'x'));
    const JobId id = create_job(ApiView::delivery_optimization, priority);
    EXPECT_TRUE(add_file(id, url, "/dl/" + std::to_string(++names_)).ok());
    EXPECT_TRUE(resume(id).ok());
    return id;
  }
  std::size_t running(const std::vector<JobId>& jobs) {
    return static_cast<std::size_t>(
        std::count_if(jobs.begin(), jobs.end(), [&](const JobId& job) { return is_running(*state_of(job)); }));
  }
  Failure busy(FailureKind kind, int status, std::optional<seconds> retry_after) {
    Failure failure = http_failure(status, "http://busy/");
    EXPECT_EQ(failure.kind, kind);
    failure.retry_after = retry_after;
    return failure;
  }
  int names_ = 0;
};

TEST_F(Turns, a_higher_priority_takes_a_place_at_once_and_whoever_gave_it_goes_on_where_he_was) {
  std::vector<JobId> low;
  for (int i = 0; i < 4; ++i) low.push_back(start_one("http://h" + std::to_string(i) + "/x", 300'000, Priority::low));
  loop.advance(seconds(5));
  const JobId high = start_one("http://high/x", 50'000, Priority::high);
  EXPECT_TRUE(is_running(*state_of(high)));
  EXPECT_EQ(running(low), 3u);
  const auto pushed = *std::find_if(low.begin(), low.end(), [&](auto& id) { return state_of(id) == JobState::queued; });
  EXPECT_EQ(snapshot(pushed)->wait, WaitReason::turn);
  EXPECT_FALSE(snapshot(pushed)->job.error);
  const auto bytes = snapshot(pushed)->progress.bytes_transferred;
  EXPECT_GE(bytes, 30'000u);
  loop.advance(seconds(10));
  EXPECT_EQ(state_of(high), JobState::transferred);
  EXPECT_EQ(transport.requests().back().asked.offset, bytes);
  loop.advance(seconds(60));
  for (const JobId& job : low) EXPECT_EQ(state_of(job), JobState::transferred);
}

TEST_F(Turns, a_job_made_more_important_while_it_waits_has_its_turn_at_once) {
  for (int i = 0; i < 4; ++i) (void)start_one("http://h" + std::to_string(i) + "/x");
  const JobId last = start_one("http://last/x");
  EXPECT_EQ(state_of(last), JobState::queued);
  ASSERT_TRUE(change(last, {.priority = Priority::high}).ok());
  loop.run_until_idle();
  EXPECT_TRUE(is_running(*state_of(last)));
}

TEST_F(Turns, equals_take_turns_and_all_get_through) {
  std::vector<JobId> jobs;
  for (int i = 0; i < 9; ++i) jobs.push_back(start_one("http://h" + std::to_string(i) + "/x", 24'000'000));
  EXPECT_EQ(running(jobs), 4u);
  EXPECT_TRUE(is_running(*state_of(jobs[0])));
  loop.advance(seconds(290));
  EXPECT_TRUE(is_running(*state_of(jobs[0])));
  loop.advance(seconds(15));
  EXPECT_FALSE(is_running(*state_of(jobs[0]))) << "its time was over";
  EXPECT_TRUE(is_running(*state_of(jobs[4])));
  EXPECT_EQ(running(jobs), 4u);
  loop.advance(minutes(11));
  for (const JobId& job : jobs) EXPECT_GT(snapshot(job)->progress.bytes_transferred, 0u);
  loop.advance(std::chrono::hours(3));
  for (const JobId& job : jobs) EXPECT_EQ(state_of(job), JobState::transferred);
}

TEST_F(Turns, where_nobody_waits_nobody_is_stopped) {
  const JobId job = start_one("http://h/x", 40'000'000);
  for (int i = 0; i < 6; ++i) {
    loop.advance(minutes(1));
    ASSERT_EQ(state_of(job), JobState::transferring);
  }
}

TEST_F(Turns, jobs_of_one_slow_host_leave_room_for_others_at_once) {
  std::vector<JobId> slow;
  for (int i = 0; i < 8; ++i) slow.push_back(start_one("http://slow/" + std::to_string(i)));
  EXPECT_EQ(running(slow), 4u);
  const JobId other = start_one("http://other/x", 30'000);
  const JobId third = start_one("http://third/x", 30'000);
  EXPECT_TRUE(is_running(*state_of(other)));
  EXPECT_TRUE(is_running(*state_of(third)));
  EXPECT_EQ(running(slow), 2u);
  loop.advance(seconds(5));
  EXPECT_EQ(state_of(other), JobState::transferred);
  EXPECT_EQ(state_of(third), JobState::transferred);
  EXPECT_EQ(running(slow), 4u);
}

TEST_F(Turns, a_dead_host_is_tried_by_one_job_at_a_time) {
  std::vector<JobId> dead;
  for (int i = 0; i < 4; ++i) {
    transport.always("http://dead/" + std::to_string(i), {.by_hand = true});
    dead.push_back(start_one("http://dead/" + std::to_string(i)));
  }
  EXPECT_EQ(running(dead), 4u);
  for (int i = 0; i < 4; ++i) {
    transport.open("http://dead/" + std::to_string(i))->fail(FakeTransport::refused());
    loop.run_until_idle();
  }
  EXPECT_EQ(running(dead), 0u);
  loop.advance(seconds(80));  // their first delay
  EXPECT_EQ(running(dead), 1u);
  const JobId good = start_one("http://good/x", 10'000);
  loop.advance(seconds(3));
  EXPECT_EQ(state_of(good), JobState::transferred);
  const auto probe = transport.open().front();
  probe->answer();  // it is back
  loop.run_until_idle();
  EXPECT_EQ(running(dead), 2u);
}

TEST_F(Turns, a_host_that_names_a_time_is_left_alone_by_all_and_does_not_get_them_all_at_once) {
  transport.next("http://busy/0", {.fail = busy(FailureKind::rate_limit, 429, seconds(600))});
  std::vector<JobId> jobs;
  for (int i = 0; i < 20; ++i) {
    transport.always("http://busy/" + std::to_string(i), {.by_hand = true});
    jobs.push_back(start_one("http://busy/" + std::to_string(i), 100'000, Priority::foreground));
  }
  EXPECT_EQ(transport.requests().size(), 1u);
  EXPECT_EQ(state_of(jobs[0]), JobState::transient_error);
  EXPECT_EQ(snapshot(jobs[0])->wait, WaitReason::retry_after);
  EXPECT_EQ(snapshot(jobs[7])->wait, WaitReason::retry_after);
  const JobId other = start_one("http://other/x", 10'000);
  loop.advance(seconds(599));
  EXPECT_EQ(state_of(other), JobState::transferred);
  EXPECT_EQ(transport.requests().size(), 2u);
  loop.advance(seconds(2));
  EXPECT_EQ(transport.requests().size(), 3u) << "one finds out how it is";
  EXPECT_EQ(snapshot(jobs[7])->wait, WaitReason::turn);
  transport.open().back()->answer();
  loop.run_until_idle();
  EXPECT_EQ(transport.requests().size(), 4u);
  for (const auto& fetch : transport.open()) fetch->answer();
  loop.run_until_idle();
  EXPECT_LE(transport.requests().size(), 7u);
  EXPECT_GT(transport.requests().size(), 4u);
}

TEST_F(Turns, whoever_asks_for_it_is_tried_at_once_whatever_the_host_wants) {
  transport.next("http://busy/0", {.fail = busy(FailureKind::overload, 503, seconds(600))});
  const JobId job = start_one("http://busy/0", 10'000);
  ASSERT_EQ(state_of(job), JobState::transient_error);
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(2));
  EXPECT_EQ(state_of(job), JobState::transferred);
}

TEST_F(Turns, what_one_users_jobs_bring_upon_a_host_holds_up_nobody_else) {
  transport.next("http://busy/0", {.fail = busy(FailureKind::rate_limit, 429, seconds(600))});
  (void)start_one("http://busy/0");
  user = {1001, false};
  const JobId others = start_one("http://busy/1", 10'000);
  loop.advance(seconds(3));
  EXPECT_EQ(state_of(others), JobState::transferred);
}

TEST_F(Turns, a_new_address_takes_a_job_away_from_a_closed_host) {
  transport.next("http://busy/0", {.fail = busy(FailureKind::rate_limit, 429, seconds(600))});
  (void)start_one("http://busy/0");
  const JobId job = start_one("http://busy/1", 10'000);
  EXPECT_EQ(state_of(job), JobState::queued);
  transport.serve("http://mirror/1", std::string(10'000, 'x'));
  FileChange elsewhere;
  elsewhere.remote_name = "http://mirror/1";
  ASSERT_TRUE(result_of<void>([&](auto reply) { engine->change_file(user, job, 0, elsewhere, reply); }).ok());
  loop.advance(seconds(3));
  EXPECT_EQ(state_of(job), JobState::transferred);
}

// Many jobs of all sizes to many hosts, some of which are dead, silent or busy at times: whatever the order, all of
// those that can be brought are, and nothing is asked for in a tight loop.
TEST_F(Turns, whatever_comes_everything_that_can_be_brought_is) {
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::minstd_rand chance(seed);
    std::vector<JobId> jobs;
    const std::size_t before = transport.requests().size();
    for (int i = 0; i < 60; ++i) {
      const std::string url =
          "http://s" + std::to_string(seed) + "h" + std::to_string(chance() % 6) + "/" + std::to_string(i);
      const int trouble = static_cast<int>(chance() % 6);
      if (trouble == 0) transport.next(url, {.fail = FakeTransport::refused()});
      if (trouble == 1) transport.next(url, {.fail = busy(FailureKind::overload, 503, seconds(chance() % 900))});
      if (trouble == 2) transport.next(url, {.cut_after = chance() % 30'000});
      const auto priority = static_cast<Priority>(chance() % 4);
      jobs.push_back(start_one(url, static_cast<int>(chance() % 3'000'000), priority));
      loop.advance(seconds(chance() % 60));
    }
    loop.advance(std::chrono::hours(8));
    for (const JobId& job : jobs) ASSERT_EQ(state_of(job), JobState::transferred) << name_of(snapshot(job)->wait);
    EXPECT_LT(transport.requests().size() - before, 1500u);
    for (const JobId& job : jobs) ASSERT_TRUE(cancel(job).ok());
  }
}

}  // namespace
}  // namespace dosvc
