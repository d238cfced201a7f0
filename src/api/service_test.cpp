#include "api/service.h"

#include "api/classes.h"
#include "api/listener.h"
#include "base/loop_thread.h"

#include <deliveryoptimization.h>
#include <dosvc/apartment.h>
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <thread>

namespace dosvc {
namespace {

class StubJob final : public JobView {
 public:
  explicit StubJob(Job job) : snapshot_(std::make_shared<JobSnapshot>(JobSnapshot{std::move(job), {}, {}, {}})) {}
  const JobId& id() const override { return snapshot_->job.id; }
  JobSnapshotPtr snapshot() const override { return snapshot_; }
  std::vector<std::shared_ptr<FileView>> files() const override { return {}; }
  std::shared_ptr<FileView> file(std::uint32_t) const override { return {}; }
  std::shared_ptr<JobListener> listener() const override {
    const std::lock_guard lock(mutex_);
    return listener_;
  }
  void listen(std::shared_ptr<JobListener> listener) {
    const std::lock_guard lock(mutex_);
    listener_.swap(listener);
  }

 private:
  const JobSnapshotPtr snapshot_;
  mutable std::mutex mutex_;
  std::shared_ptr<JobListener> listener_;
};

// A service with a thread of its own and jobs that do nothing.
class StubService final : public JobService {
 public:
  void create_job(const Caller&, NewJob spec, Reply<std::shared_ptr<JobView>> reply) override {
    thread_->loop().post([this, spec, reply] {
      if (spec.display_name == "too long") return reply(Error{BG_E_STRING_TOO_LONG, {}, ""});
      Job job = Job::restored(JobState::error);
      job.id = Uuid::random();
      job.view = spec.view;
      job.error = JobError{{E_ACCESSDENIED, ErrorContext::local_file, ""}, std::nullopt, 0};
      const auto made = std::make_shared<StubJob>(std::move(job));
      {
        const std::lock_guard lock(mutex_);
        jobs_[made->id()] = made;
      }
      reply(std::shared_ptr<JobView>(made));
    });
  }
  void add_files(const Caller&, const JobId&, std::vector<NewFile>, Reply<std::uint32_t> reply) override {
    thread_->loop().post([reply] { reply(0); });
  }
  void command(const Caller&, const JobId&, JobCommand, Reply<CommandOutcome> reply) override {
    if (on_command) on_command();
    thread_->loop().post([reply] { reply(CommandOutcome{}); });
  }
  void change(const Caller&, const JobId&, JobChange, Reply<void> reply) override {
    thread_->loop().post([reply] { reply({}); });
  }
  void change_file(const Caller&, const JobId&, std::uint32_t, FileChange, Reply<void> reply) override {
    thread_->loop().post([reply] { reply({}); });
  }
  void replace_remote_prefix(const Caller&, const JobId&, std::string, std::string,
                             Reply<std::uint32_t> reply) override {
    thread_->loop().post([reply] { reply(0); });
  }
  void set_client_certificate(const Caller&, const JobId&, std::optional<CertificateChoice>,
                              Reply<void> reply) override {
    thread_->loop().post([reply] { reply({}); });
  }
  void start_download(const Caller&, const JobId&, std::optional<std::vector<FileRange>>, Reply<void> reply) override {
    thread_->loop().post([reply] { reply({}); });
  }
  void set_listener(const Caller&, const JobId& id, std::shared_ptr<JobListener> listener, Reply<void> reply) override {
    thread_->loop().post([this, id, listener, reply] {
      job(id)->listen(listener);
      reply({});
    });
  }
  Result<std::shared_ptr<JobView>> find(const Caller&, const JobId& id) const override {
    if (auto found = job(id)) return std::shared_ptr<JobView>(found);
    return Error{BG_E_NOT_FOUND, {}, ""};
  }
  void observe(const Caller&, bool, std::weak_ptr<QueueObserver>) override {}
  Result<std::vector<std::shared_ptr<JobView>>> list(const Caller&, bool) const override {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<JobView>> all;
    for (const auto& [id, job] : jobs_) all.push_back(job);
    return all;
  }

  std::shared_ptr<StubJob> job(const JobId& id) const {
    const std::lock_guard lock(mutex_);
    const auto at = jobs_.find(id);
    return at == jobs_.end() ? nullptr : at->second;
  }
  std::shared_ptr<StubJob> only_job() const {
    const std::lock_guard lock(mutex_);
    return jobs_.begin()->second;
  }
  LoopThread& thread() { return *thread_; }
  std::function<void()> on_command;  // on the caller's thread

 private:
  mutable std::mutex mutex_;
  std::map<JobId, std::shared_ptr<StubJob>> jobs_;
  std::unique_ptr<LoopThread> thread_ = LoopThread::create("stub").take();
};

class Ear final : public Object<IBackgroundCopyCallback> {
 public:
  std::function<void()> on_error, on_end;

  HRESULT STDMETHODCALLTYPE JobTransferred(IBackgroundCopyJob*) override { return S_OK; }
  HRESULT STDMETHODCALLTYPE JobError(IBackgroundCopyJob*, IBackgroundCopyError*) override {
    if (on_error) on_error();
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE JobModification(IBackgroundCopyJob*, DWORD) override { return S_OK; }

 private:
  ~Ear() override {
    if (on_end) on_end();
  }
};

class SessionTest : public testing::Test {
 protected:
  void SetUp() override {
    register_classes();
    Session::connect_with([this]() -> Result<std::shared_ptr<JobService>> {
      ++connections;
      if (refuse) return Error{E_ACCESSDENIED, ErrorContext::queue, "another process holds the queue"};
      const auto fresh = std::make_shared<StubService>();
      service = fresh;
      return std::shared_ptr<JobService>(fresh);
    });
    CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  }
  void TearDown() override { CoUninitialize(); }

  com_ptr<IBackgroundCopyManager> manager() {
    com_ptr<IBackgroundCopyManager> made;
    last_result = CoCreateInstance(CLSID_BackgroundCopyManager, nullptr, CLSCTX_LOCAL_SERVER, IID_PPV_ARGS(made.put()));
    return made;
  }
  com_ptr<IBackgroundCopyJob> job_of(IBackgroundCopyManager& of) {
    com_ptr<IBackgroundCopyJob> job;
    GUID id{};
    EXPECT_EQ(of.CreateJob(L"x", BG_JOB_TYPE_DOWNLOAD, &id, job.put()), S_OK);
    return job;
  }
  // What the service's thread hears as the answer to telling the only job's listener of its error.
  bool tell(const std::shared_ptr<JobListener>& listener) {
    const auto answer = std::make_shared<std::promise<bool>>();
    const auto held = service.lock();
    const Notification error{NotificationKind::error, held->only_job()->snapshot()};
    held->thread().loop().post([=] { listener->notify(error, [answer](bool taken) { answer->set_value(taken); }); });
    return answer->get_future().get();
  }

  std::weak_ptr<StubService> service;
  int connections = 0;
  bool refuse = false;
  HRESULT last_result = S_OK;
};

TEST_F(SessionTest, all_objects_share_one_until_the_last_apartment_closes) {
  const auto one = manager(), two = manager();
  EXPECT_EQ(connections, 1);
  EXPECT_FALSE(service.expired());
  CoUninitialize();
  EXPECT_TRUE(service.expired());
  com_ptr<IBackgroundCopyJob> job;
  EXPECT_EQ(one->GetJob(GUID_NULL, job.put()), RPC_E_DISCONNECTED);
  CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  EXPECT_TRUE(manager());
  EXPECT_EQ(connections, 2);
  EXPECT_EQ(one->GetJob(GUID_NULL, job.put()), RPC_E_DISCONNECTED) << "an old object never works on a new queue";
}

TEST_F(SessionTest, a_failed_connection_is_tried_again_by_the_next_object) {
  refuse = true;
  EXPECT_FALSE(manager());
  EXPECT_EQ(last_result, E_ACCESSDENIED);
  refuse = false;
  EXPECT_TRUE(manager());
}

TEST_F(SessionTest, a_long_name_is_a_bad_argument_of_create_job_alone) {
  GUID id{};
  com_ptr<IBackgroundCopyJob> job;
  EXPECT_EQ(manager()->CreateJob(L"too long", BG_JOB_TYPE_DOWNLOAD, &id, job.put()), E_INVALIDARG);
  EXPECT_FALSE(job);
}

TEST_F(SessionTest, an_error_without_a_file_says_so) {
  const auto job = job_of(*manager());
  com_ptr<IBackgroundCopyError> error;
  ASSERT_EQ(job->GetError(error.put()), S_OK);
  auto* file = reinterpret_cast<IBackgroundCopyFile*>(this);
  EXPECT_EQ(error->GetFile(&file), BG_E_FILE_NOT_AVAILABLE);
  EXPECT_EQ(file, nullptr);
  auto* protocol = reinterpret_cast<LPWSTR>(this);
  EXPECT_EQ(error->GetProtocol(&protocol), BG_E_PROTOCOL_NOT_AVAILABLE);
  EXPECT_EQ(protocol, nullptr);
  LPWSTR text = nullptr;
  EXPECT_EQ(error->GetErrorDescription(0x0409, &text), S_OK) << "there is a text even where the engine gave none";
  EXPECT_NE(std::wstring(text), L"");
  CoTaskMemFree(text);
}

TEST_F(SessionTest, the_programs_object_is_never_called_nor_released_on_the_services_thread) {
  const auto job = job_of(*manager());
  const auto held = service.lock();
  auto ear = make_object<Ear>();
  bool called_there = true;
  std::promise<bool> ended_there;
  ear->on_error = [&] { called_there = held->thread().loop().on_loop_thread(); };
  ear->on_end = [&] { ended_there.set_value(held->thread().loop().on_loop_thread()); };
  ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
  ear = nullptr;
  EXPECT_TRUE(tell(held->only_job()->listener()));
  EXPECT_FALSE(called_there);
  held->thread().run_and_wait([&] { held->only_job()->listen(nullptr); });
  EXPECT_FALSE(ended_there.get_future().get());
}

// A single-threaded apartment with a message loop. The process's other apartment is closed meanwhile.
class ApartmentTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    CoUninitialize();
    DosvcCallApartments([] {});
    ASSERT_EQ(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED), S_OK);
  }
  void TearDown() override {
    CoUninitialize();
    DosvcCallApartments(nullptr);
    CoInitializeEx(nullptr, COINIT_MULTITHREADED);
    SessionTest::TearDown();
  }

  // The error of the only job, told on the service's thread; `taken` gets the answer.
  void begin_to_tell(std::promise<bool>& taken) {
    const auto held = service.lock();
    const Notification error{NotificationKind::error, held->only_job()->snapshot()};
    held->thread().run_and_wait(
        [&] { held->only_job()->listener()->notify(error, [&taken](bool yes) { taken.set_value(yes); }); });
  }
};

TEST_F(ApartmentTest, calls_the_programs_object_on_its_own_thread_when_it_dispatches) {
  const auto job = job_of(*manager());
  const auto ear = make_object<Ear>();
  std::thread::id called_on;
  ear->on_error = [&] { called_on = std::this_thread::get_id(); };
  ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
  std::promise<bool> taken;
  begin_to_tell(taken);
  EXPECT_EQ(called_on, std::thread::id());
  EXPECT_TRUE(DosvcRunApartmentCall());
  EXPECT_EQ(called_on, std::this_thread::get_id());
  EXPECT_TRUE(taken.get_future().get());
}

TEST_F(ApartmentTest, that_closes_answers_no_to_what_waits) {
  const auto job = job_of(*manager());
  const auto ear = make_object<Ear>();
  int calls = 0;
  ear->on_error = [&] { ++calls; };
  ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
  std::promise<bool> taken;
  begin_to_tell(taken);
  CoUninitialize();  // the last: waits for no call that nobody will make
  EXPECT_FALSE(taken.get_future().get());
  EXPECT_EQ(calls, 0);
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED), S_OK);
}

TEST_F(ApartmentTest, may_close_within_calls_that_lie_within_each_other) {
  const auto job = job_of(*manager());
  const auto ear = make_object<Ear>();
  int depth = 0;
  ear->on_error = [&] {
    if (++depth == 1) {
      EXPECT_TRUE(DosvcRunApartmentCall());
    } else {
      CoUninitialize();
    }
  };
  ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
  std::promise<bool> outer, inner;
  begin_to_tell(outer);
  begin_to_tell(inner);
  EXPECT_TRUE(DosvcRunApartmentCall());
  EXPECT_EQ(depth, 2);
  EXPECT_TRUE(service.expired());
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED), S_OK);
}

TEST_F(ApartmentTest, releases_the_programs_object_on_its_thread) {
  const auto job = job_of(*manager());
  auto ear = make_object<Ear>();
  std::thread::id ended_on;
  ear->on_end = [&] { ended_on = std::this_thread::get_id(); };
  ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
  ear = nullptr;
  const auto held = service.lock();
  held->thread().run_and_wait([&] { held->only_job()->listen(nullptr); });
  EXPECT_EQ(ended_on, std::thread::id());
  EXPECT_TRUE(DosvcRunApartmentCall());
  EXPECT_EQ(ended_on, std::this_thread::get_id());
}

TEST_F(ApartmentTest, that_has_closed_leaves_the_release_to_the_notifier) {
  ASSERT_EQ(CoInitialize(nullptr), S_FALSE);
  const auto job = job_of(*manager());
  auto ear = make_object<Ear>();
  std::promise<void> ended;
  ear->on_end = [&] { ended.set_value(); };
  std::thread([&] {
    ASSERT_EQ(CoInitialize(nullptr), S_OK);
    ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
    CoUninitialize();
  }).join();
  ear = nullptr;
  const auto held = service.lock();
  held->thread().run_and_wait([&] { held->only_job()->listen(nullptr); });
  ended.get_future().wait();
  CoUninitialize();
}

TEST_F(SessionTest, a_listener_that_was_removed_takes_nothing) {
  const auto job = job_of(*manager());
  const auto ear = make_object<Ear>();
  int calls = 0;
  ear->on_error = [&] { ++calls; };
  ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
  const auto listener = service.lock()->only_job()->listener();
  ASSERT_EQ(job->SetNotifyInterface(nullptr), S_OK);
  EXPECT_FALSE(tell(listener));
  EXPECT_EQ(calls, 0);
}

TEST_F(SessionTest, a_call_that_another_thread_is_in_is_still_answered) {
  const auto job = job_of(*manager());
  std::promise<void> began, hold;
  auto held = service.lock();
  held->on_command = [&] { began.set_value(); };
  held->thread().loop().post([wait = hold.get_future().share()] { wait.wait(); });
  held = nullptr;
  std::thread caller([&] { EXPECT_EQ(job->Suspend(), S_OK); });
  began.get_future().wait();
  CoUninitialize();  // asks the service for nothing: no listener is set
  hold.set_value();
  caller.join();
  EXPECT_TRUE(service.expired());
  EXPECT_EQ(job->Suspend(), RPC_E_DISCONNECTED);
  CoInitializeEx(nullptr, COINIT_MULTITHREADED);
}

}  // namespace
}  // namespace dosvc
