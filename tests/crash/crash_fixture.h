#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "crash/plan.h"
#include "crash/worker_process.h"
#include "fakes/temp_folder.h"
#include "origin/content.h"
#include "origin/origin.h"

namespace dosvc::crash {

inline constexpr std::uint64_t kMiB = 1024 * 1024;

// Lives of a worker on one queue, each ended by SIGKILL, and after each a look at all that is left: the queue, the
// folder, the journal. The same seed gives the same plans and the same moments, as far as the machine's own timing
// allows.
class CrashTest : public testing::Test {
 protected:
  CrashTest();

  // --- the work
  // Adds a job to the next plan and serves its files. A rate of 0 is as fast as it goes.
  struct FileSpec {
    std::uint64_t size = 0;
    std::uint64_t rate = 0;
  };
  void plan_job(ApiView view, Priority priority, End end, const std::vector<FileSpec>& files);
  void begin_plan();  // forgets the one before
  // From now on every file comes as fast as it goes.
  void lift_rates();

  // --- the worker
  std::unique_ptr<WorkerProcess> start_worker();
  // Waits for a moment chosen at random and kills; true when the worker had ended its work before.
  bool kill_at_random(WorkerProcess& worker);
  bool kill_at_an_end(WorkerProcess& worker);
  // Kills, unless it has ended by itself: then true. Anything but success is a failure of the test.
  bool kill_or_reap(WorkerProcess& worker);
  void run_to_the_end();

  // --- what is left
  // After a kill. Fails the test when anything was lost, is wrong, or is without a job.
  void look_at_what_is_left();
  // After the end of all work.
  void expect_all_ended();
  void print_figures() const;

  std::uint64_t random(std::uint64_t first, std::uint64_t last) {
    return std::uniform_int_distribution<std::uint64_t>(first, last)(random_);
  }
  static int kills_wanted();

  const std::uint64_t seed_;
  int kills_ = 0;
  int resumed_ = 0;  // files that went on after a kill where they were, and not from their beginning
  origin::Origin origin_;

 private:
  struct Served {
    std::uint64_t seed = 0;
    FileSpec spec;
    std::string job;
  };
  // Bytes that a killed worker had written, and that the next ones must not ask for again.
  struct AtRisk {
    std::uint64_t written = 0;
    int life = 0;  // the last one that wrote them
  };
  struct Left {
    JobState state = JobState::suspended;
    std::vector<FileSnapshotPtr> files;
  };

  std::map<std::string, Left> read_queue();
  void look_at_job(const PlannedJob& job, Step step, const Left* left);
  void look_at_folder(const std::map<std::string, Left>& queue);
  void note_written_bytes(const Left& left);
  void count_bytes_fetched_twice();
  bool whole(const PlannedFile& file);
  const Served& served(const PlannedFile& file) const { return served_.at(file.local_name); }
  std::uint64_t one_second_of(const std::string& job) const;
  std::string path_of(const PlannedFile& file) const { return file.url.substr(file.url.find('/', 7)); }

  std::mt19937_64 random_;
  TempFolder home_;
  const std::string state_directory_ = home_ / "state";
  const std::string folder_ = home_ / "downloads";
  Plan plan_;
  std::string plan_file_;
  std::string journal_file_;
  int plans_ = 0;
  int life_ = 0;
  std::uint64_t next_seed_ = 1;
  std::map<std::string, Served> served_;                                // by local name
  std::map<std::string, AtRisk> at_risk_;                               // by local name
  std::map<std::pair<std::string, int>, std::uint64_t> fetched_twice_;  // by job and the life that was killed
  std::set<std::string> seen_whole_;
  std::uint64_t most_fetched_twice_ = 0;
};

}  // namespace dosvc::crash
