// Who follows the queue hears of what is on disk, and of nothing that isn't his.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::milliseconds;

class Follower final : public QueueObserver {
 public:
  void changed(const std::shared_ptr<JobView>& job) override {
    if (look) look(job);
    states[job->id()].push_back(job->snapshot()->job.state());
    progress[job->id()] = job->progress().bytes_transferred;
  }
  void gone(const JobId& id) override { went.push_back(id); }

  std::function<void(const std::shared_ptr<JobView>&)> look;
  std::map<JobId, std::vector<JobState>> states;
  std::map<JobId, std::uint64_t> progress;
  std::vector<JobId> went;
};

class Observer : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    transport.serve("http://origin/a.bin", std::string(1 << 20, 'a'));
  }
  std::shared_ptr<Follower> follow(const Caller& caller, bool all_users) {
    auto follower = std::make_shared<Follower>();
    engine->observe(caller, all_users, follower);
    return follower;
  }
  const Caller other_{1001, false};
  const Caller root_{0, true};
};

TEST_F(Observer, a_job_is_followed_from_its_making_to_its_end) {
  const auto follower = follow(user, false);
  const JobId job = start_job("http://origin/a.bin");
  loop.run_until_idle();
  ASSERT_EQ(follower->states.size(), 1u);
  EXPECT_EQ(follower->states[job].front(), JobState::suspended);
  EXPECT_EQ(follower->states[job].back(), JobState::transferred);
  EXPECT_EQ(follower->progress[job], 1u << 20);
  EXPECT_TRUE(follower->went.empty());
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(follower->states[job].back(), JobState::acknowledged);
  EXPECT_EQ(follower->went, std::vector<JobId>{job});
}

TEST_F(Observer, it_is_told_of_progress_without_a_change_of_state) {
  transport.set_chunk(64 << 10);
  transport.set_pace(milliseconds(100));
  const auto follower = follow(user, false);
  const JobId job = start_job("http://origin/a.bin");
  loop.advance(milliseconds(500));
  EXPECT_EQ(state_of(job), JobState::transferring);
  EXPECT_GT(follower->progress[job], 0u);
  EXPECT_LT(follower->progress[job], 1u << 20);
}

TEST_F(Observer, what_is_told_can_be_found_and_is_on_disk) {
  const auto follower = follow(user, false);
  bool asked = false;
  follower->look = [&](const std::shared_ptr<JobView>& job) {
    asked = true;
    EXPECT_TRUE(engine->find(user, job->id()).ok());
    EXPECT_TRUE(store.committed(job->id()).has_value());
  };
  create_job();
  EXPECT_TRUE(asked);
}

TEST_F(Observer, what_could_not_be_saved_is_not_told) {
  const auto follower = follow(user, false);
  store.fail_next_commit({HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::none, "full"});
  const auto created = result_of<std::shared_ptr<JobView>>([&](auto reply) { engine->create_job(user, {}, reply); });
  EXPECT_FALSE(created.ok());
  EXPECT_TRUE(follower->states.empty());
  EXPECT_TRUE(follower->went.empty());
}

TEST_F(Observer, others_jobs_are_heard_of_by_administrators_alone_and_only_when_they_ask) {
  const auto owner = follow(user, true);
  const auto stranger = follow(other_, true);
  const auto root = follow(root_, true);
  const auto root_for_itself = follow(root_, false);
  const JobId job = create_job();
  ASSERT_TRUE(cancel(job).ok());
  EXPECT_EQ(owner->states.count(job), 1u);
  EXPECT_EQ(owner->went.size(), 1u);
  EXPECT_EQ(root->states.count(job), 1u);
  EXPECT_EQ(root->went.size(), 1u);
  for (const auto& deaf : {stranger, root_for_itself}) {
    EXPECT_TRUE(deaf->states.empty());
    EXPECT_TRUE(deaf->went.empty());
  }
}

TEST_F(Observer, a_job_that_is_taken_over_is_gone_for_its_old_owner) {
  const JobId job = create_job();
  const auto owner = follow(user, false);
  const auto taker = follow(root_, false);
  const auto taken =
      result_of<CommandOutcome>([&](auto reply) { engine->command(root_, job, JobCommand::take_ownership, reply); });
  ASSERT_TRUE(taken.ok());
  EXPECT_TRUE(owner->states.empty());
  EXPECT_EQ(owner->went, std::vector<JobId>{job});
  EXPECT_EQ(taker->states.count(job), 1u);
}

TEST_F(Observer, a_job_whose_take_over_could_not_be_saved_stays_its_owners) {
  const JobId job = create_job();
  store.fail_next_commit({HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::none, "full"});
  const auto taken =
      result_of<CommandOutcome>([&](auto reply) { engine->command(root_, job, JobCommand::take_ownership, reply); });
  EXPECT_FALSE(taken.ok());
  EXPECT_TRUE(engine->find(user, job).ok());
  EXPECT_EQ(engine->list(root_, false)->size(), 0u);
}

TEST_F(Observer, one_that_is_gone_is_not_told_and_not_kept) {
  auto follower = follow(user, false);
  const std::weak_ptr<Follower> left = follower;
  follower.reset();
  EXPECT_TRUE(left.expired());
  create_job();
}

}  // namespace
}  // namespace dosvc
