#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/job_service.h"
#include "fakes/temp_folder.h"
#include "host/in_process_service.h"
#include "origin/content.h"
#include "origin/origin.h"

namespace dosvc {

inline constexpr std::uint64_t kMiB = 1024 * 1024;
// No wait of these tests is longer; none comes near it unless something is wrong.
inline constexpr std::chrono::seconds kPatience{30};

// Takes everything it is told, and wakes whoever waits for a change. Thread-safe.
class Watcher final : public JobListener {
 public:
  void notify(Notification notification, std::function<void(bool taken)> answer) override;
  // False when it isn't so within kPatience. `so` is asked after every notification.
  bool wait_until(const std::function<bool()>& so);
  bool wait_for_an_error();  // JobError, that is
  int errors() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int errors_ = 0;
};

// The engine with all its real parts, in this process, on a queue and a download folder of the test's own; beside it
// the origin. Every call below waits for its answer.
class E2eTest : public testing::Test {
 protected:
  struct Download {
    std::shared_ptr<JobView> view;
    std::shared_ptr<Watcher> watcher;
    const JobId& id() const { return view->id(); }
    JobSnapshotPtr shot() const { return view->snapshot(); }
  };
  struct Wanted {
    std::string url;
    std::string name;  // in the download folder; with '/' in it, a path
    std::string sha256{};
  };

  // The queue opens by itself with the first call that needs it.
  void open_queue();
  void close_queue() { service_.reset(); }
  JobService& service();
  // What a restarted program would get.
  Download find_again(const JobId& id);

  Download create(NewJob spec);
  Result<void> add(const Download& download, const std::vector<Wanted>& files);
  Result<CommandOutcome> command(const Download& download, JobCommand what);
  void resume(const Download& download);
  Download start(NewJob spec, const std::vector<Wanted>& files);
  Download start(ApiView view, const std::string& path, const std::string& name = "a.bin");

  // Waits until the job is through, or stuck.
  JobSnapshotPtr settle(const Download& download);
  bool wait_for_bytes(const Download& download, std::uint64_t count);

  void expect_failure(const Download& download, JobState state, HRESULT code, ErrorContext context);
  // Nothing has got its name, and what is there under a temporary one is the beginning of version `seed`.
  void expect_nothing_wrong_on_disk(std::uint64_t seed = 1);
  // Settles, completes, and finds exactly this file in the folder.
  void expect_whole(const Download& download, std::uint64_t size, std::uint64_t seed = 1,
                    const std::string& name = "a.bin");
  void expect_cancelled_without_a_trace(const Download& download);

  const Caller me_ = Caller::this_process();
  TempFolder home_;
  const std::string state_directory_ = home_ / "state";
  const std::string folder_ = home_ / "downloads";
  TransportOptions transport_;
  origin::Origin origin_;

 private:
  std::unique_ptr<JobService> service_;

 public:
  E2eTest();
};

inline std::ostream& operator<<(std::ostream& out, JobState state) { return out << name_of(state); }
inline std::ostream& operator<<(std::ostream& out, ApiView view) {
  return out << (view == ApiView::bits ? "bits" : "delivery_optimization");
}

// For what must hold in both of the documented behaviours.
class BothViews : public E2eTest, public testing::WithParamInterface<ApiView> {};

inline std::string name_of_view(const testing::TestParamInfo<ApiView>& info) {
  return testing::PrintToString(info.param);
}
#define DOSVC_IN_BOTH_VIEWS(fixture) \
  INSTANTIATE_TEST_SUITE_P(, fixture, testing::Values(ApiView::bits, ApiView::delivery_optimization), name_of_view)

// What went wrong, for the message of an assertion.
inline std::string told(const JobSnapshotPtr& shot) {
  return shot->job.error ? shot->job.error->error.message : "no error";
}

}  // namespace dosvc
