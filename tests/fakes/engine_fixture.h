#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/job_service.h"
#include "engine/engine.h"
#include "fakes/fake_files.h"
#include "fakes/fake_host.h"
#include "fakes/fake_loop.h"
#include "fakes/fake_programs.h"
#include "fakes/fake_store.h"
#include "fakes/fake_transport.h"

namespace dosvc {

// Bytes of which no two stretches are alike, and the same ones each time.
inline std::string patterned(std::size_t size) {
  std::minstd_rand bytes;
  std::string content(size, '\0');
  for (char& c : content) c = static_cast<char>(bytes() >> 8);
  return content;
}

// Keeps what it was told, and answers as scripted: first `script`, then `otherwise`. Answers come in the loop's next
// turn.
class RecordingListener final : public JobListener {
 public:
  enum class Answer : std::uint8_t { taken, refused, never };

  explicit RecordingListener(Loop& loop) : loop_(loop) {}

  void notify(Notification notification, std::function<void(bool taken)> answer) override {
    if (notification.kind == NotificationKind::modification) {
      ++modifications;
      loop_.post([answer] { answer(true); });
      return;
    }
    heard.push_back(std::move(notification));
    Answer how = otherwise;
    if (!script.empty()) {
      how = script.front();
      script.pop_front();
    }
    if (how != Answer::never) loop_.post([answer, how] { answer(how == Answer::taken); });
  }

  std::size_t count(NotificationKind kind) const {
    std::size_t n = 0;
    for (const Notification& each : heard) n += each.kind == kind ? 1U : 0U;
    return n;
  }

  std::vector<Notification> heard;  // all but modifications
  std::size_t modifications = 0;
  std::deque<Answer> script;
  Answer otherwise = Answer::taken;

 private:
  Loop& loop_;
};

// An answer that may not be here yet.
template <class T>
using Pending = std::shared_ptr<std::optional<Result<T>>>;

// A whole engine on fakes: the test owns time, network, disk and store. The calls below run the loop until it is idle,
// without moving time. The disk has the folder "/dl".
class EngineFixture : public ::testing::Test {
 protected:
  ~EngineFixture() override { engine.reset(); }

  // --- the engine's life
  void start() {
    auto started = start_engine({loop, store, transport, files, host, programs}, options);
    ASSERT_TRUE(started.ok()) << started.error().message;
    engine = std::move(started).take();
    loop.run_until_idle();
  }
  void stop() {
    engine.reset();
    views_.clear();
    loop.run_until_idle();
  }
  // An orderly end, and a new start on what it left.
  void restart() {
    stop();
    start();
  }
  // An end without a goodbye: what the old engine would do while it goes down doesn't count.
  void crash_and_restart(FakeFiles::Crash crash = FakeFiles::Crash::process) {
    FakeStore survivor = store.after_crash();
    FakeFiles::Disk disk = files.disk_after(crash);
    engine.reset();
    views_.clear();
    store = std::move(survivor);
    files.start_on(std::move(disk));
    loop.run_until_idle();
    start();
  }

  // --- calls
  // ask<CommandOutcome>([&](auto reply) { engine->command(user, id, JobCommand::resume, reply); }) starts a call;
  // result_of<…>(…) runs the loop too and wants the answer to be there.
  template <class T, class Call>
  Pending<T> ask(Call&& call) {
    auto answer = std::make_shared<std::optional<Result<T>>>();
    std::forward<Call>(call)(Reply<T>([answer](Result<T> result) {
      EXPECT_FALSE(answer->has_value()) << "a call was answered twice";
      answer->emplace(std::move(result));
    }));
    return answer;
  }
  template <class T, class Call>
  Result<T> result_of(Call&& call) {
    const Pending<T> answer = ask<T>(std::forward<Call>(call));
    loop.run_until_idle();
    if (!answer->has_value()) return Error{E_PENDING, ErrorContext::none, "the call was not answered"};
    return std::move(**answer);
  }

  JobId create_job(NewJob spec = {}) {
    auto view = result_of<std::shared_ptr<JobView>>([&](auto reply) { engine->create_job(user, spec, reply); });
    if (!view) {
      ADD_FAILURE() << "create_job: " << view.error().message;
      return {};
    }
    views_[(*view)->id()] = *view;
    return (*view)->id();
  }
  JobId create_job(ApiView view, Priority priority = Priority::normal) {
    NewJob spec;
    spec.view = view;
    spec.priority = priority;
    return create_job(spec);
  }
  Result<void> add_files(const JobId& id, std::vector<NewFile> list) {
    DO_TRY(result_of<std::uint32_t>([&](auto reply) { engine->add_files(user, id, std::move(list), reply); }));
    return {};
  }
  Result<void> add_file(const JobId& id, const std::string& url, const std::string& local_name,
                        const std::string& sha256 = {}) {
    return add_files(id, {NewFile{url, local_name, sha256, std::nullopt}});
  }
  Result<CommandOutcome> command(const JobId& id, JobCommand what) {
    return result_of<CommandOutcome>([&](auto reply) { engine->command(user, id, what, reply); });
  }
  Result<CommandOutcome> resume(const JobId& id) { return command(id, JobCommand::resume); }
  Result<CommandOutcome> suspend(const JobId& id) { return command(id, JobCommand::suspend); }
  Result<CommandOutcome> cancel(const JobId& id) { return command(id, JobCommand::cancel); }
  Result<CommandOutcome> complete(const JobId& id) { return command(id, JobCommand::complete); }
  Result<void> change(const JobId& id, JobChange what) {
    return result_of<void>([&](auto reply) { engine->change(user, id, std::move(what), reply); });
  }
  Result<void> set_listener(const JobId& id, std::shared_ptr<JobListener> listener) {
    return result_of<void>([&](auto reply) { engine->set_listener(user, id, std::move(listener), reply); });
  }

  // --- looks: also at jobs that are gone from the queue, as long as this engine knew them
  std::shared_ptr<JobView> view_of(const JobId& id) {
    if (auto found = engine->find(user, id)) views_[id] = *found;
    return views_[id];
  }
  JobSnapshotPtr snapshot(const JobId& id) {
    const auto view = view_of(id);
    return view ? view->snapshot() : nullptr;
  }
  std::optional<JobState> state_of(const JobId& id) {
    const auto now = snapshot(id);
    return now ? std::optional(now->job.state()) : std::nullopt;
  }
  FileSnapshotPtr file_snapshot(const JobId& id, std::uint32_t index = 0) {
    const auto view = view_of(id);
    const auto file = view ? view->file(index) : nullptr;
    return file ? file->snapshot() : nullptr;
  }
  bool in_queue(const JobId& id) { return engine->find(user, id).ok(); }

  // One job with one file in "/dl" named as the URL ends, and Resume called. Runs nothing but the calls' own turns.
  JobId start_job(const std::string& url, ApiView view = ApiView::bits, const std::string& sha256 = {}) {
    const JobId id = create_job(view);
    const Result<void> added = add_file(id, url, "/dl/" + url.substr(url.rfind('/') + 1), sha256);
    EXPECT_TRUE(added.ok()) << (added ? "" : added.error().message);
    const auto resumed = resume(id);
    EXPECT_TRUE(resumed.ok()) << (resumed ? "" : resumed.error().message);
    return id;
  }

  FakeLoop loop;
  FakeHost host{loop};
  FakePrograms programs{loop};
  FakeStore store;
  FakeFiles files{loop};
  FakeTransport transport{loop};
  EngineOptions options;
  Caller user{1000, false};
  std::unique_ptr<RunningEngine> engine;

 private:
  std::map<JobId, std::shared_ptr<JobView>> views_;
};

inline std::ostream& operator<<(std::ostream& out, JobState state) { return out << name_of(state); }

}  // namespace dosvc
