#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "core/blocking_call.h"
#include "dbus/proxy.h"
#include "fakes/plain_queue.h"
#include "fakes/served_on_socket.h"
#include "fakes/temp_folder.h"

namespace dosvc {

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

// A program's side of the service: the real proxy and the real adaptor with a socket between them, and behind it a
// queue that does what the test says. The service "dies" and "comes back" as a process would.
class ProxyTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = open();
    ASSERT_TRUE(opened) << opened.error().message;
    proxy = std::move(opened).take();
  }

  Result<std::unique_ptr<JobService>> open() {
    return open_bus_proxy([this](bool start) -> Result<ServiceAddress> {
      const std::lock_guard wait_for_it(restarting);
      if (start) ++starts;
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
  std::atomic<int> starts = 0;  // how often one was to be started where none is
  ServedOnSocket served{queue, folder / "socket"};
  std::unique_ptr<JobService> proxy;
};

}  // namespace dosvc
