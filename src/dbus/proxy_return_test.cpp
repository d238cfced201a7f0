#include "fakes/proxy_fixture.h"

// A service that goes and comes back.

namespace dosvc {
namespace {

class ProxyReturn : public ProxyTest {};

TEST_F(ProxyReturn, the_next_call_finds_it_again) {
  const auto job = *create("before");
  restart();
  EXPECT_TRUE(rename(job->id(), "after"));
  EXPECT_EQ(job->snapshot()->job.display_name, "after");
}

TEST_F(ProxyReturn, while_it_is_away_calls_say_so_and_getters_keep_their_word) {
  const auto job = *create("x");
  die();
  EXPECT_EQ(job->snapshot()->job.display_name, "x");
  const auto list = proxy->list(me, false);
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().code, DO_E_NO_SERVICE);
  EXPECT_EQ(list.error().message, "looked for it, and it isn't there");
  EXPECT_EQ(command(job->id(), JobCommand::cancel).error().code, DO_E_NO_SERVICE);
  come_back();
  EXPECT_TRUE(command(job->id(), JobCommand::cancel));
}

TEST_F(ProxyReturn, without_any_it_isnt_opened) {
  die();
  const auto none = open();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, DO_E_NO_SERVICE);
}

TEST_F(ProxyReturn, what_may_be_done_twice_is_asked_again) {
  const JobId id = queue.add();
  queue.hold();
  auto renamed = std::async(std::launch::async, [&] { return rename(id, "new").ok(); });
  queue.wait_for_call();
  queue.let_go();
  restart();
  EXPECT_TRUE(renamed.get());
  EXPECT_EQ(queue.changes(), 2);
}

TEST_F(ProxyReturn, what_may_not_be_done_twice_is_answered_with_doubt) {
  queue.hold();
  auto created = std::async(std::launch::async, [&] { return create("x"); });
  queue.wait_for_call();
  queue.let_go();
  restart();
  const auto answer = created.get();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, HRESULT_FROM_WIN32(RPC_S_CALL_FAILED));
  EXPECT_TRUE(queue.list(me, false)->empty());
}

TEST_F(ProxyReturn, listeners_are_registered_again_and_hear_nothing_twice) {
  const JobId id = failed_job(1);
  const auto ear = std::make_shared<Ear>();
  ASSERT_TRUE(listen(id, ear));
  auto first = tell(queue.wait_for_registration(1), id, NotificationKind::error);
  ear->next().answer(true);
  ASSERT_TRUE(first.get());

  restart();  // nobody calls: who listens is there again by itself
  const auto again = queue.wait_for_registration(2);
  EXPECT_TRUE(tell(again, id, NotificationKind::error).get());
  EXPECT_EQ(ear->count(), 1);

  queue.edit(id, {}, [](Job& job) { ++job.error_count; });
  auto second = tell(again, id, NotificationKind::error);
  ear->next().answer(true);
  EXPECT_TRUE(second.get());
}

// A service, or a bus, takes so many calls of a program at a time and refuses the others.
TEST_F(ProxyReturn, however_many_listeners_there_are_all_are_registered_again) {
  constexpr int kMany = 600;
  const auto ear = std::make_shared<Ear>();
  for (int n = 0; n < kMany; ++n) ASSERT_TRUE(listen(queue.add(), ear));
  queue.hold();
  restart();
  queue.wait_for_registration(kMany + 64);
  queue.let_go();
  queue.wait_for_registration(2 * kMany);
}

TEST_F(ProxyReturn, a_transfer_that_ended_twice_is_told_twice) {
  Job job;
  job.transfer_completed = WallTime(std::chrono::seconds(5));
  const JobId id = queue.add(JobState::transferred, std::move(job));
  const auto ear = std::make_shared<Ear>();
  ASSERT_TRUE(listen(id, ear));
  auto first = tell(queue.wait_for_registration(1), id, NotificationKind::transferred);
  ear->next().answer(true);
  ASSERT_TRUE(first.get());
  restart();
  const auto again = queue.wait_for_registration(2);
  EXPECT_TRUE(tell(again, id, NotificationKind::transferred).get());
  EXPECT_EQ(ear->count(), 1);
  queue.edit(id, {}, [](Job& each) { each.transfer_completed = WallTime(std::chrono::seconds(6)); });
  (void)tell(again, id, NotificationKind::transferred);
  ear->next().answer(true);
}

TEST_F(ProxyReturn, what_wasnt_taken_is_told_again) {
  const JobId id = failed_job(1);
  const auto ear = std::make_shared<Ear>();
  ASSERT_TRUE(listen(id, ear));
  auto first = tell(queue.wait_for_registration(1), id, NotificationKind::error);
  ear->next().answer(false);
  ASSERT_FALSE(first.get());
  restart();
  auto second = tell(queue.wait_for_registration(2), id, NotificationKind::error);
  ear->next().answer(true);
  EXPECT_TRUE(second.get());
}

TEST_F(ProxyReturn, a_listener_that_is_busy_with_it_isnt_told_beside_and_answers_both) {
  const JobId id = failed_job(1);
  const auto ear = std::make_shared<Ear>();
  ASSERT_TRUE(listen(id, ear));
  (void)tell(queue.wait_for_registration(1), id, NotificationKind::error);
  const Ear::Told told = ear->next();
  restart();
  auto again = tell(queue.wait_for_registration(2), id, NotificationKind::error);
  // A call that goes after it on the same connection is answered: the proxy has looked at it by then.
  (void)find(id);
  told.answer(true);
  EXPECT_TRUE(again.get());
  EXPECT_EQ(ear->count(), 1);
}

TEST_F(ProxyReturn, a_new_listener_hears_what_the_one_before_took) {
  const JobId id = failed_job(1);
  const auto before = std::make_shared<Ear>();
  ASSERT_TRUE(listen(id, before));
  auto first = tell(queue.wait_for_registration(1), id, NotificationKind::error);
  before->next().answer(true);
  ASSERT_TRUE(first.get());
  const auto after = std::make_shared<Ear>();
  ASSERT_TRUE(listen(id, after));
  auto second = tell(queue.wait_for_registration(2), id, NotificationKind::error);
  after->next().answer(true);
  EXPECT_TRUE(second.get());
  EXPECT_EQ(before->count(), 1);
}

TEST_F(ProxyReturn, a_job_that_didnt_come_back_lets_its_listener_go) {
  const JobId id = failed_job(1);
  const auto job = find(id);
  auto ear = std::make_shared<Ear>();
  const std::weak_ptr<Ear> released = ear;
  ASSERT_TRUE(listen(id, ear));
  ear.reset();
  die();
  queue.remove(id);
  come_back();
  EXPECT_TRUE(proxy->list(me, false));
  while (job->listener() || !released.expired()) std::this_thread::yield();
}

TEST_F(ProxyReturn, who_follows_the_queue_hears_of_it) {
  const JobId old = (*create("old"))->id();
  const auto follower = std::make_shared<Follower>();
  proxy->observe(me, false, follower);
  const auto listed = proxy->list(me, false);  // whatever comes after this is told
  ASSERT_EQ(listed->size(), 1u);
  const auto made = *create("new");
  EXPECT_TRUE(follower->wait_for("+new"));
  ASSERT_TRUE(command(made->id(), JobCommand::cancel));
  EXPECT_TRUE(follower->wait_for("-"));
  ASSERT_TRUE(rename(old, "renamed"));
  EXPECT_TRUE(follower->wait_for("+renamed"));
}

TEST_F(ProxyReturn, who_follows_the_queue_hears_what_differs_when_it_came_back) {
  const JobId same = (*create("same"))->id();
  const JobId changed = (*create("changed"))->id();
  const JobId gone = (*create("gone"))->id();
  const auto follower = std::make_shared<Follower>();
  proxy->observe(me, false, follower);
  ASSERT_TRUE(proxy->list(me, false));
  die();
  queue.edit(changed, {}, [](Job& job) { job.display_name = "other"; });
  queue.remove(gone);
  Job job;
  job.display_name = "new";
  queue.add(JobState::suspended, std::move(job));
  come_back();
  EXPECT_TRUE(follower->wait_for("+new"));
  EXPECT_TRUE(follower->wait_for("+other"));
  EXPECT_TRUE(follower->wait_for("-"));
  ASSERT_TRUE(find(same));
  EXPECT_EQ(follower->rest(), std::vector<std::string>());
}

// The list comes in parts, and the queue goes on between them.
TEST_F(ProxyReturn, who_follows_the_queue_hears_what_happens_while_it_is_looked_at_anew) {
  std::vector<JobId> old;
  for (int n = 0; n < 450; ++n) old.push_back(queue.add());
  queue.after_each_list([this, old, first = std::make_shared<std::once_flag>()] {
    std::call_once(*first, [&] {
      for (int n = 0; n < 20; ++n) queue.add();
      for (int n = 0; n < 20; ++n) {
        queue.set_state(old[n], JobState::cancelled);
        queue.remove(old[n]);
      }
    });
  });
  const auto follower = std::make_shared<Follower>();
  proxy->observe(me, false, follower);
  ASSERT_TRUE(proxy->list(me, false));  // what was asked before has been answered by then
  // Each new job once; each old one with its last state and its end.
  const std::vector<std::string> all = follower->rest();
  EXPECT_EQ(std::count(all.begin(), all.end(), "+"), 40);
  EXPECT_EQ(std::count(all.begin(), all.end(), "-"), 20);
}

TEST_F(ProxyReturn, for_who_only_follows_the_queue_no_service_is_started) {
  const auto follower = std::make_shared<Follower>();
  proxy->observe(me, false, follower);
  ASSERT_TRUE(proxy->list(me, false));
  const int before = starts;
  die();
  Job job;
  job.display_name = "new";
  queue.add(JobState::suspended, std::move(job));
  come_back();
  EXPECT_TRUE(follower->wait_for("+new"));
  EXPECT_EQ(starts, before);
}

}  // namespace
}  // namespace dosvc
