#include "e2e/e2e_fixture.h"

#include <filesystem>

#include "core/blocking_call.h"

namespace dosvc {

namespace fs = std::filesystem;

void Watcher::notify(Notification notification, std::function<void(bool taken)> answer) {
  {
    std::lock_guard lock(mutex_);
    if (notification.kind == NotificationKind::error) ++errors_;
  }
  changed_.notify_all();
  answer(true);
}

bool Watcher::wait_until(const std::function<bool()>& so) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, so);
}

bool Watcher::wait_for_an_error() {
  return wait_until([this] { return errors_ > 0; });
}

int Watcher::errors() const {
  std::lock_guard lock(mutex_);
  return errors_;
}

E2eTest::E2eTest() { fs::create_directory(folder_); }

void E2eTest::open_queue() {
  InProcessOptions options;
  options.state_directory = state_directory_;
  options.transport = transport_;
  auto opened = open_in_process(options);
  ASSERT_TRUE(opened) << opened.error().message;
  service_ = std::move(opened).take();
}

JobService& E2eTest::service() {
  if (!service_) open_queue();
  return *service_;
}

E2eTest::Download E2eTest::find_again(const JobId& id) {
  auto found = service().find(me_, id);
  EXPECT_TRUE(found) << found.error().message;
  Download download{*found, std::make_shared<Watcher>()};
  const auto listens = wait_for<void>([&](auto reply) { service().set_listener(me_, id, download.watcher, reply); });
  EXPECT_TRUE(listens) << listens.error().message;
  return download;
}

E2eTest::Download E2eTest::create(NewJob spec) {
  auto made = wait_for<std::shared_ptr<JobView>>([&](auto reply) { service().create_job(me_, spec, reply); });
  EXPECT_TRUE(made) << made.error().message;
  JobChange change;
  change.notify_flags = kNotifyTransferred | kNotifyError | kNotifyModification;
  const JobId id = (*made)->id();
  const auto changed = wait_for<void>([&](auto reply) { service().change(me_, id, change, reply); });
  EXPECT_TRUE(changed) << changed.error().message;
  return find_again(id);
}

Result<void> E2eTest::add(const Download& download, const std::vector<Wanted>& files) {
  std::vector<NewFile> list;
  for (const Wanted& file : files) {
    const bool is_path = file.name.find('/') != std::string::npos;
    list.push_back({file.url, is_path ? file.name : folder_ + "/" + file.name, file.sha256, std::nullopt});
  }
  DO_TRY(wait_for<std::uint32_t>([&](auto reply) { service().add_files(me_, download.id(), list, reply); }));
  return {};
}

Result<CommandOutcome> E2eTest::command(const Download& download, JobCommand what) {
  return wait_for<CommandOutcome>([&](auto reply) { service().command(me_, download.id(), what, reply); });
}

void E2eTest::resume(const Download& download) {
  const auto resumed = command(download, JobCommand::resume);
  EXPECT_TRUE(resumed) << resumed.error().message;
}

E2eTest::Download E2eTest::start(NewJob spec, const std::vector<Wanted>& files) {
  Download download = create(std::move(spec));
  const auto added = add(download, files);
  EXPECT_TRUE(added) << added.error().message;
  resume(download);
  return download;
}

E2eTest::Download E2eTest::start(ApiView view, const std::string& path, const std::string& name) {
  NewJob spec;
  spec.view = view;
  return start(spec, {{origin_.url(path), name}});
}

JobSnapshotPtr E2eTest::settle(const Download& download) {
  const auto settled = [&] {
    const JobState state = download.shot()->job.state();
    return state == JobState::transferred || state == JobState::error || state == JobState::transient_error;
  };
  EXPECT_TRUE(download.watcher->wait_until(settled)) << "the job is " << download.shot()->job.state();
  return download.shot();
}

bool E2eTest::wait_for_bytes(const Download& download, std::uint64_t count) {
  return download.watcher->wait_until([&] { return download.shot()->progress.bytes_transferred >= count; });
}

void E2eTest::expect_failure(const Download& download, JobState state, HRESULT code, ErrorContext context) {
  const auto shot = settle(download);
  ASSERT_EQ(shot->job.state(), state) << told(shot);
  ASSERT_TRUE(shot->job.error);
  EXPECT_EQ(static_cast<std::uint32_t>(shot->job.error->error.code), static_cast<std::uint32_t>(code)) << told(shot);
  EXPECT_EQ(shot->job.error->error.context, context) << told(shot);
  EXPECT_EQ(shot->job.error->file, 0u);
  EXPECT_FALSE(shot->job.error->error.message.empty());
  if (state == JobState::transient_error) {
    EXPECT_TRUE(shot->next_attempt);
    EXPECT_EQ(download.watcher->errors(), 0);
  } else {
    EXPECT_TRUE(download.watcher->wait_for_an_error());
  }
}

void E2eTest::expect_nothing_wrong_on_disk(std::uint64_t seed) {
  for (const std::string& name : names_in(folder_)) {
    EXPECT_TRUE(is_temporary(name)) << name;
    const std::string path = folder_ + "/" + name;
    EXPECT_EQ(origin::first_difference(path, seed, fs::file_size(path)), std::nullopt) << name;
  }
}

void E2eTest::expect_whole(const Download& download, std::uint64_t size, std::uint64_t seed, const std::string& name) {
  const auto shot = settle(download);
  ASSERT_EQ(shot->job.state(), JobState::transferred) << told(shot);
  EXPECT_EQ(shot->progress.bytes_transferred, size);
  EXPECT_EQ(shot->progress.bytes_total, size);
  expect_nothing_wrong_on_disk(seed);
  const auto completed = command(download, JobCommand::complete);
  ASSERT_TRUE(completed) << completed.error().message;
  EXPECT_EQ(completed->code, S_OK);
  EXPECT_EQ(names_in(folder_), std::vector<std::string>{name});
  EXPECT_EQ(origin::first_difference(folder_ + "/" + name, seed, size), std::nullopt);
  EXPECT_FALSE(service().find(me_, download.id()));
}

void E2eTest::expect_cancelled_without_a_trace(const Download& download) {
  const auto cancelled = command(download, JobCommand::cancel);
  ASSERT_TRUE(cancelled) << cancelled.error().message;
  EXPECT_EQ(cancelled->code, S_OK);
  EXPECT_EQ(names_in(folder_), std::vector<std::string>{});
  EXPECT_FALSE(service().find(me_, download.id()));
}

}  // namespace dosvc
