#include "fakes/proxy_fixture.h"

#include <sys/wait.h>

#include <set>

namespace dosvc {
namespace {

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
