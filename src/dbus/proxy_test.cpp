#include "dbus/proxy.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "core/blocking_call.h"
#include "fakes/plain_queue.h"
#include "fakes/served_on_socket.h"
#include "fakes/temp_folder.h"

// A program's side of the service: the real proxy and the real adaptor with a socket between them, and behind it a
// queue that does what the test says. The service "dies" and "comes back" as a process would.

namespace dosvc {
namespace {

using Views = std::vector<std::shared_ptr<JobView>>;

// Keeps what it was told, and its answers until the test gives them.
class Ear final : public JobListener {
 public:
  void notify(Notification notification, std::function<void(bool taken)> answer) override {
    const std::lock_guard lock(mutex_);
    told_.push_back({std::move(notification), std::move(answer)});
    ++count_;
    came_.notify_all();
  }
  struct Told {
    Notification notification;
    std::function<void(bool)> answer;
  };
  Told next() {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return !told_.empty(); });
    Told first = std::move(told_.front());
    told_.pop_front();
    return first;
  }
  int count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::deque<Told> told_;
  int count_ = 0;
};

// Notes "+name" for a job that changed, and "-" for one that is gone.
class Follower final : public QueueObserver {
 public:
  void changed(const std::shared_ptr<JobView>& job) override { note("+" + job->known()->job.display_name); }
  void gone(const JobId&) override { note("-"); }
  bool wait_for(const std::string& what) {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return std::find(all_.begin(), all_.end(), what) != all_.end(); });
    all_.erase(std::find(all_.begin(), all_.end(), what));
    return true;
  }
  std::vector<std::string> rest() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }

 private:
  void note(std::string what) {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(what));
    came_.notify_all();
  }
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::string> all_;
};

class ProxyTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = open();
    ASSERT_TRUE(opened) << opened.error().message;
    proxy = std::move(opened).take();
  }

  Result<std::unique_ptr<JobService>> open() {
    return open_bus_proxy([this]() -> Result<ServiceAddress> {
      const std::lock_guard wait_for_it(restarting);
      if (!there) return Error{DO_E_NO_SERVICE, {}, "looked for it, and it isn't there"};
      return ServiceAddress{served.address(), false};
    });
  }
  void die() {
    there = false;
    served.end();
  }
  void come_back() {
    served.begin();
    there = true;
  }
  // Who looks for it meanwhile waits, as for one that starts.
  void restart() {
    const std::lock_guard lock(restarting);
    served.end();
    served.begin();
  }

  Result<std::shared_ptr<JobView>> create(const std::string& name) {
    return wait_for<std::shared_ptr<JobView>>(
        [&](auto reply) { proxy->create_job(me, {.display_name = name}, std::move(reply)); });
  }
  Result<CommandOutcome> command(const JobId& id, JobCommand what) {
    return wait_for<CommandOutcome>([&](auto reply) { proxy->command(me, id, what, std::move(reply)); });
  }
  Result<void> rename(const JobId& id, const std::string& name) {
    return wait_for<void>(
        [&](auto reply) { proxy->change(me, id, JobChange{.display_name = name}, std::move(reply)); });
  }
  Result<void> listen(const JobId& id, std::shared_ptr<JobListener> listener) {
    return wait_for<void>([&](auto reply) { proxy->set_listener(me, id, std::move(listener), std::move(reply)); });
  }
  std::shared_ptr<JobView> find(const JobId& id) {
    auto found = proxy->find(me, id);
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : nullptr;
  }
  // The service tells the listener that the job has registered with it now, and waits for its answer.
  std::future<bool> tell(const std::shared_ptr<JobListener>& listener, const JobId& id, NotificationKind kind) {
    auto answer = std::make_shared<std::promise<bool>>();
    auto future = answer->get_future();
    listener->notify({kind, queue.held(id)->snapshot()}, [answer](bool taken) { answer->set_value(taken); });
    return future;
  }
  JobId failed_job(std::uint32_t errors) {
    Job job;
    job.error = JobError{{BG_E_HTTP_ERROR_404, ErrorContext::remote_file, "not there"}, 0u, 404};
    job.error_count = errors;
    return queue.add(JobState::error, std::move(job));
  }

  const Caller me = Caller::this_process();
  TempFolder folder;
  PlainQueue queue;
  std::atomic<bool> there = true;
  std::mutex restarting;
  ServedOnSocket served{queue, folder / "socket"};
  std::unique_ptr<JobService> proxy;
};

TEST_F(ProxyTest, what_is_asked_is_done_and_seen) {
  const auto made = create("first");
  ASSERT_TRUE(made) << made.error().message;
  const JobId id = (*made)->id();
  EXPECT_EQ((*made)->known()->job.display_name, "first");
  ASSERT_TRUE(rename(id, "second"));
  EXPECT_EQ((*made)->known()->job.display_name, "first");
  EXPECT_EQ((*made)->snapshot()->job.display_name, "second");
  EXPECT_EQ((*made)->known()->job.display_name, "second");
  EXPECT_TRUE(command(id, JobCommand::resume));
  EXPECT_EQ(find(id)->snapshot()->job.state(), JobState::queued);
  EXPECT_EQ(find(id), *made) << "two objects of one job";
}

TEST_F(ProxyTest, answers_and_refusals_arrive_as_they_were_given) {
  const JobId id = queue.add();
  const auto replaced = wait_for<std::uint32_t>(
      [&](auto reply) { proxy->replace_remote_prefix(me, id, "http://a", "http://bcd", std::move(reply)); });
  EXPECT_EQ(*replaced, 18u);
  const auto certificate =
      wait_for<void>([&](auto reply) { proxy->set_client_certificate(me, id, std::nullopt, std::move(reply)); });
  EXPECT_EQ(certificate.error().code, E_NOT_SET);
  EXPECT_EQ(certificate.error().message, "there is no certificate");
  const auto started = wait_for<void>([&](auto reply) {
    proxy->start_download(me, id, std::vector<FileRange>{{0, 1}, {5}}, std::move(reply));
  });
  EXPECT_EQ(started.error().message, "2 ranges");
  EXPECT_TRUE(wait_for<void>([&](auto reply) { proxy->start_download(me, id, std::nullopt, std::move(reply)); }));
  const auto missing = proxy->find(me, Uuid::random());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, BG_E_NOT_FOUND);
  EXPECT_EQ(command(Uuid::random(), JobCommand::resume).error().code, BG_E_NOT_FOUND);
}

TEST_F(ProxyTest, lists_of_any_length_are_whole) {
  std::set<JobId> added;
  for (int i = 0; i < 450; ++i) added.insert(queue.add());
  const auto listed = proxy->list(me, false);
  ASSERT_TRUE(listed) << listed.error().message;
  std::set<JobId> found;
  for (const auto& view : *listed) found.insert(view->id());
  EXPECT_EQ(found, added);
  EXPECT_EQ(listed->size(), added.size());

  const JobId id = *added.begin();
  std::vector<NewFile> files(450);
  for (std::size_t i = 0; i < files.size(); ++i) files[i].remote_name = "http://h/" + std::to_string(i);
  const auto first =
      wait_for<std::uint32_t>([&](auto reply) { proxy->add_files(me, id, std::move(files), std::move(reply)); });
  EXPECT_EQ(*first, 0u);
  const auto job = find(id);
  EXPECT_EQ(job->file(449)->snapshot()->file.remote_name, "http://h/449");
  EXPECT_EQ(job->file(450), nullptr);
  const auto views = job->files();
  ASSERT_EQ(views.size(), 450u);
  EXPECT_EQ(views[200]->known()->file.remote_name, "http://h/200");
}

TEST_F(ProxyTest, what_is_gone_answers_with_its_last_word) {
  const auto job = *create("kept");
  queue.remove(job->id());
  EXPECT_EQ(job->snapshot()->job.display_name, "kept");
  EXPECT_EQ(proxy->find(me, job->id()).error().code, BG_E_NOT_FOUND);
}

TEST_F(ProxyTest, the_last_state_is_known_when_the_answer_comes) {
  const auto job = *create("x");
  const auto outcome = command(job->id(), JobCommand::complete);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->code, BG_S_PARTIAL_COMPLETE);
  die();
  EXPECT_EQ(job->snapshot()->job.state(), JobState::acknowledged);
}

TEST_F(ProxyTest, listeners_hear_and_their_answers_go_back) {
  const JobId id = failed_job(1);
  const auto job = find(id);
  const auto ear = std::make_shared<Ear>();
  ASSERT_TRUE(listen(id, ear));
  EXPECT_EQ(job->listener(), ear);
  const auto service_side = queue.wait_for_registration(1);

  auto refused = tell(service_side, id, NotificationKind::error);
  Ear::Told told = ear->next();
  EXPECT_EQ(told.notification.kind, NotificationKind::error);
  EXPECT_EQ(told.notification.job->job.error->error.message, "not there");
  told.answer(false);
  EXPECT_FALSE(refused.get());

  auto taken = tell(service_side, id, NotificationKind::error);
  std::thread([&] { ear->next().answer(true); }).join();
  EXPECT_TRUE(taken.get());

  ASSERT_TRUE(listen(id, nullptr));
  EXPECT_EQ(job->listener(), nullptr);
}

TEST_F(ProxyTest, of_files_and_ranges_it_is_told_which) {
  const JobId id = queue.add(JobState::transferring);
  const auto ear = std::make_shared<Ear>();
  ASSERT_TRUE(listen(id, ear));
  auto answer = std::make_shared<std::promise<bool>>();
  queue.wait_for_registration(1)->notify(
      {NotificationKind::ranges_transferred, queue.held(id)->snapshot(), 7, {{3, 4}, {10}}},
      [answer](bool taken) { answer->set_value(taken); });
  const Ear::Told told = ear->next();
  EXPECT_EQ(told.notification.kind, NotificationKind::ranges_transferred);
  EXPECT_EQ(told.notification.file, 7u);
  EXPECT_EQ(told.notification.ranges, (std::vector<FileRange>{{3, 4}, {10}}));
  told.answer(true);
  EXPECT_TRUE(answer->get_future().get());
}

TEST_F(ProxyTest, who_listens_to_a_download_knows_its_file) {
  Job job;
  job.download = DownloadSettings{};
  const JobId id = queue.add(JobState::transferring, std::move(job));
  NewFile file;
  file.remote_name = "http://h/x";
  queue.add_files(me, id, {file}, [](const auto&) {});
  const auto view = find(id);
  // What it sees on the thread on which it is told.
  class Looker final : public JobListener {
   public:
    explicit Looker(std::weak_ptr<JobView> view) : view_(std::move(view)) {}
    void notify(Notification, std::function<void(bool)> answer) override {
      const auto file = view_.lock()->file(0);
      seen.set_value(file ? file->snapshot()->file.remote_name : "");
      answer(true);
    }
    std::promise<std::string> seen;

   private:
    std::weak_ptr<JobView> view_;
  };
  const auto looker = std::make_shared<Looker>(view);
  ASSERT_TRUE(listen(id, looker));
  tell(queue.wait_for_registration(1), id, NotificationKind::modification);
  EXPECT_EQ(looker->seen.get_future().get(), "http://h/x");
}

TEST_F(ProxyTest, a_job_that_is_over_has_no_listener_and_a_download_says_so) {
  Job download;
  download.download = DownloadSettings{};
  const JobId id = queue.add(JobState::transferring, std::move(download));
  const auto job = find(id);
  auto ear = std::make_shared<Ear>();
  const std::weak_ptr<Ear> released = ear;
  ASSERT_TRUE(listen(id, ear));
  ASSERT_TRUE(command(id, JobCommand::cancel));
  EXPECT_EQ(ear->next().notification.job->job.state(), JobState::cancelled);
  EXPECT_EQ(job->listener(), nullptr);
  ear.reset();
  while (!released.expired()) std::this_thread::yield();
}

// ---- A service that goes and comes back

TEST_F(ProxyTest, the_next_call_finds_it_again) {
  const auto job = *create("before");
  restart();
  EXPECT_TRUE(rename(job->id(), "after"));
  EXPECT_EQ(job->snapshot()->job.display_name, "after");
}

TEST_F(ProxyTest, while_it_is_away_calls_say_so_and_getters_keep_their_word) {
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

TEST_F(ProxyTest, without_any_it_isnt_opened) {
  die();
  const auto none = open();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, DO_E_NO_SERVICE);
}

TEST_F(ProxyTest, what_may_be_done_twice_is_asked_again) {
  const JobId id = queue.add();
  queue.hold();
  auto renamed = std::async(std::launch::async, [&] { return rename(id, "new").ok(); });
  queue.wait_for_call();
  queue.let_go();
  restart();
  EXPECT_TRUE(renamed.get());
  EXPECT_EQ(queue.changes(), 2);
}

TEST_F(ProxyTest, what_may_not_be_done_twice_is_answered_with_doubt) {
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

TEST_F(ProxyTest, listeners_are_registered_again_and_hear_nothing_twice) {
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

TEST_F(ProxyTest, a_transfer_that_ended_twice_is_told_twice) {
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

TEST_F(ProxyTest, what_wasnt_taken_is_told_again) {
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

TEST_F(ProxyTest, a_listener_that_is_busy_with_it_isnt_told_beside_and_answers_both) {
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

TEST_F(ProxyTest, a_new_listener_hears_what_the_one_before_took) {
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

TEST_F(ProxyTest, a_job_that_didnt_come_back_lets_its_listener_go) {
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

TEST_F(ProxyTest, who_follows_the_queue_hears_of_it) {
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

TEST_F(ProxyTest, who_follows_the_queue_hears_what_differs_when_it_came_back) {
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

// ---- Threads and processes

TEST_F(ProxyTest, its_own_thread_gets_what_was_last_told) {
  const auto job = *create("x");
  std::promise<std::string> seen;
  proxy->change(me, job->id(), JobChange{.display_name = "y"}, [&](const Result<void>&) {
    const auto found = proxy->find(me, job->id());
    seen.set_value(job->snapshot()->job.display_name + (found ? " found" : "") +
                   (proxy->list(me, false)->empty() ? "" : " listed"));
  });
  EXPECT_EQ(seen.get_future().get(), "x found listed");
}

TEST_F(ProxyTest, it_may_end_on_its_own_thread) {
  const auto job = *create("x");
  std::promise<void> done;
  proxy->change(me, job->id(), JobChange{.display_name = "y"}, [&](const Result<void>&) {
    proxy.reset();
    done.set_value();
  });
  done.get_future().get();
  EXPECT_TRUE(job->snapshot());  // whether it has quite ended or not
}

TEST_F(ProxyTest, views_outlive_it) {
  const auto job = *create("x");
  const auto ear = std::make_shared<Ear>();
  ASSERT_TRUE(listen(job->id(), ear));
  proxy.reset();
  EXPECT_EQ(job->snapshot()->job.display_name, "x");
  EXPECT_TRUE(job->files().empty());
}

TEST_F(ProxyTest, a_forked_child_leaves_the_parents_connection_alone) {
  const auto job = *create("x");
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const bool refused = !rename(job->id(), "by the child");
    const bool known = job->snapshot()->job.display_name == "x";
    proxy.reset();
    ::_exit(refused && known ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(job->snapshot()->job.display_name, "x");
}

TEST_F(ProxyTest, any_thread_may_call_while_it_goes_and_comes) {
  std::atomic<bool> over = false;
  const JobId id = queue.add();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      const auto ear = std::make_shared<Ear>();
      while (!over) {
        const auto found = proxy->find(me, id);
        if (found) (void)(*found)->snapshot();
        (void)rename(id, std::to_string(i));
        (void)listen(id, i % 2 ? ear : nullptr);
        (void)proxy->list(me, false);
      }
    });
  }
  for (int i = 0; i < 10; ++i) restart();
  over = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(rename(id, "last"));
  EXPECT_EQ(find(id)->snapshot()->job.display_name, "last");
}

}  // namespace
}  // namespace dosvc
