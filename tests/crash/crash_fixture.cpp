#include "crash/crash_fixture.h"

#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <numeric>

#include "host/in_process_service.h"

namespace dosvc::crash {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

namespace {

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

}  // namespace

CrashTest::CrashTest() : seed_(number_from_environment("DOSVC_CRASH_SEED", 1)), random_(seed_) {
  fs::create_directory(folder_);
  std::cout << "DOSVC_CRASH_SEED=" << seed_ << " DOSVC_CRASH_KILLS=" << kills_wanted() << '\n';
}

int CrashTest::kills_wanted() {
  return static_cast<int>(number_from_environment("DOSVC_CRASH_KILLS", DOSVC_CRASH_DEFAULT_KILLS));
}

// ---- The work

void CrashTest::begin_plan() {
  ++plans_;
  plan_.clear();
  plan_file_ = home_ / ("plan-" + std::to_string(plans_));
  journal_file_ = home_ / ("journal-" + std::to_string(plans_));
}

void CrashTest::plan_job(ApiView view, Priority priority, End end, const std::vector<FileSpec>& files) {
  PlannedJob job{"p" + std::to_string(plans_) + "j" + std::to_string(plan_.size()), view, priority, end, {}};
  for (const FileSpec& spec : files) {
    const std::string name = job.name + "f" + std::to_string(job.files.size());
    origin_.serve("/" + name, {.size = spec.size, .seed = next_seed_, .rules = {origin::always({.rate = spec.rate})}});
    job.files.push_back({origin_.url("/" + name), folder_ + "/" + name});
    served_[folder_ + "/" + name] = {next_seed_++, spec, job.name};
  }
  plan_.push_back(std::move(job));
  write_plan(plan_file_, plan_);
}

void CrashTest::lift_rates() {
  for (const PlannedJob& job : plan_) {
    for (const PlannedFile& file : job.files) {
      origin_.serve(path_of(file), {.size = served(file).spec.size, .seed = served(file).seed});
    }
  }
}

// ---- The worker

std::unique_ptr<WorkerProcess> CrashTest::start_worker() {
  ++life_;
  return std::make_unique<WorkerProcess>(
      std::vector<std::string>{DOSVC_CRASH_WORKER, state_directory_, plan_file_, journal_file_, std::to_string(life_)});
}

bool CrashTest::kill_at_random(WorkerProcess& worker) {
  constexpr milliseconds kLong{1000};
  switch (random(0, 9)) {
    case 0:
    case 1:  // in its beginnings
      worker.wait_for_end(std::chrono::microseconds(random(0, 40'000)));
      break;
    case 2:
    case 3: {  // after so many more bytes of some file
      const PlannedFile& file = plan_[random(0, plan_.size() - 1)].files.front();
      const std::uint64_t more = random(0, 10 * kMiB);
      worker.wait_for_word("open", kLong);
      origin_.record().wait_for_bytes(path_of(file), origin_.bytes_sent(path_of(file)) + more, kLong / 4);
      break;
    }
    case 4:
    case 5:
      return kill_at_an_end(worker);
    case 6:  // long enough for checkpoints
      worker.wait_for_word("open", kLong);
      worker.wait_for_end(milliseconds(random(400, 900)));
      break;
    default:
      worker.wait_for_word("open", kLong);
      worker.wait_for_end(std::chrono::microseconds(random(0, 300'000)));
      break;
  }
  return kill_or_reap(worker);
}

bool CrashTest::kill_at_an_end(WorkerProcess& worker) {
  worker.wait_for_word("ending", milliseconds(300));
  worker.wait_for_end(std::chrono::microseconds(random(0, 4'000)));
  return kill_or_reap(worker);
}

bool CrashTest::kill_or_reap(WorkerProcess& worker) {
  const int status = worker.kill();
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
    ++kills_;
    return false;
  }
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the worker ended with wait status " << status;
  return true;
}

void CrashTest::run_to_the_end() {
  constexpr std::chrono::seconds kPatience{120};
  auto worker = start_worker();
  ASSERT_TRUE(worker->wait_for_end(kPatience)) << "the worker doesn't come to an end";
  const int status = worker->reap();
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the worker ended with wait status " << status;
}

// ---- What is left

std::map<std::string, CrashTest::Left> CrashTest::read_queue() {
  InProcessOptions options;
  options.state_directory = state_directory_;
  options.transfers = false;
  std::map<std::string, Left> queue;
  const auto service = open_in_process(options);
  if (!service) {
    ADD_FAILURE() << service.error().message;
    return queue;
  }
  const auto listed = (*service)->list(Caller::this_process(), false);
  for (const auto& view : *listed) {
    const auto shot = view->snapshot();
    EXPECT_FALSE(queue.contains(shot->job.display_name)) << shot->job.display_name << " is there twice";
    Left& left = queue[shot->job.display_name];
    left.state = shot->job.state();
    for (const auto& file : view->files()) left.files.push_back(file->snapshot());
  }
  return queue;
}

void CrashTest::look_at_what_is_left() {
  const auto queue = read_queue();
  const auto steps = Journal(journal_file_).read();
  look_at_folder(queue);
  for (const PlannedJob& job : plan_) {
    const auto step = steps.find(job.name);
    const auto left = queue.find(job.name);
    look_at_job(job, step == steps.end() ? Step::unknown : step->second, left == queue.end() ? nullptr : &left->second);
  }
  count_bytes_fetched_twice();
  for (const auto& [name, left] : queue) note_written_bytes(left);
}

void CrashTest::look_at_job(const PlannedJob& job, Step step, const Left* left) {
  SCOPED_TRACE("job " + job.name + " after kill " + std::to_string(kills_));
  const auto there = std::count_if(job.files.begin(), job.files.end(),
                                   [](const PlannedFile& file) { return fs::exists(file.local_name); });
  switch (step) {
    case Step::unknown:
    case Step::queued:
      EXPECT_TRUE(left || step == Step::unknown) << "is lost";
      EXPECT_EQ(there, 0) << "a file has its name before Complete";
      break;
    case Step::ended:
      EXPECT_FALSE(left) << "is there again";
      [[fallthrough]];
    case Step::ending:
      if (left) break;
      EXPECT_TRUE(keeps_files(job.end) || there == 0) << "a cancelled job's file is there";
      EXPECT_TRUE(job.end != End::complete || there == std::ssize(job.files)) << "files are gone";
      break;
  }
  for (const PlannedFile& file : job.files) {
    EXPECT_TRUE(!fs::exists(file.local_name) || whole(file)) << file.local_name;
  }
}

bool CrashTest::whole(const PlannedFile& file) {
  if (seen_whole_.contains(file.local_name)) return true;
  if (origin::first_difference(file.local_name, served(file).seed, served(file).spec.size)) return false;
  seen_whole_.insert(file.local_name);
  return true;
}

void CrashTest::look_at_folder(const std::map<std::string, Left>& queue) {
  std::set<std::string> known;
  for (const auto& [name, left] : queue) {
    for (const auto& file : left.files) known.insert(file->file.temp_name);
  }
  for (const std::string& name : names_in(folder_)) {
    const std::string path = folder_ + "/" + name;
    if (is_temporary(name)) {
      EXPECT_TRUE(known.contains(path)) << path << " is without a job after kill " << kills_;
    } else {
      EXPECT_TRUE(served_.contains(path)) << path << " is nobody's";
    }
  }
}

void CrashTest::note_written_bytes(const Left& left) {
  for (const auto& file : left.files) {
    std::error_code missing;
    const auto written = fs::file_size(file->file.temp_name, missing);
    if (missing || file->file.stage != FileStage::waiting) continue;
    AtRisk& risk = at_risk_[file->file.local_name];
    if (written > risk.written) risk = {written, life_};
  }
}

// The first request for a file after a kill tells how much of it was lost.
void CrashTest::count_bytes_fetched_twice() {
  for (auto& [local_name, risk] : at_risk_) {
    if (risk.written == 0) continue;
    for (const origin::Request& request : origin_.requests_of(local_name.substr(folder_.size()))) {
      const std::string agent = request.header("User-Agent");
      if (std::stoi(agent.substr(agent.find('/') + 1)) <= risk.life) continue;
      const std::string range = request.range();
      const std::uint64_t from = range.empty() ? 0 : std::stoull(range.substr(range.find('=') + 1));
      if (from > 0) ++resumed_;
      if (from < risk.written) fetched_twice_[{served_[local_name].job, risk.life}] += risk.written - from;
      risk.written = 0;
      break;
    }
  }
  for (const auto& [which, bytes] : fetched_twice_) {
    const std::uint64_t allowed = std::max(8 * kMiB, one_second_of(which.first));
    EXPECT_LE(bytes, allowed) << "job " << which.first << " lost too much when life " << which.second << " ended";
    most_fetched_twice_ = std::max(most_fetched_twice_, bytes);
  }
  fetched_twice_.clear();
}

std::uint64_t CrashTest::one_second_of(const std::string& name) const {
  const auto job = std::find_if(plan_.begin(), plan_.end(), [&](const PlannedJob& j) { return j.name == name; });
  std::vector<std::uint64_t> rates;
  for (const PlannedFile& file : job->files) rates.push_back(served(file).spec.rate);
  std::sort(rates.rbegin(), rates.rend());
  const std::size_t at_once = job->view == ApiView::bits ? 1 : 8;
  rates.resize(std::min(rates.size(), at_once));
  return std::accumulate(rates.begin(), rates.end(), std::uint64_t{0});
}

void CrashTest::expect_all_ended() {
  look_at_what_is_left();
  EXPECT_TRUE(read_queue().empty());
  const auto steps = Journal(journal_file_).read();
  for (const PlannedJob& job : plan_) {
    EXPECT_TRUE(steps.contains(job.name) && steps.at(job.name) == Step::ended) << job.name;
  }
  for (const std::string& name : names_in(folder_)) EXPECT_FALSE(is_temporary(name)) << name;
}

void CrashTest::print_figures() const {
  std::uint64_t bytes = 0;
  std::uint64_t sent = 0;
  for (const auto& [name, file] : served_) {
    bytes += file.spec.size;
    sent += origin_.bytes_sent(name.substr(folder_.size()));
  }
  std::cout << kills_ << " kills, " << life_ << " lives, " << plans_ << " plans, " << bytes / kMiB << " MiB of files, "
            << sent / kMiB << " MiB sent; at most " << most_fetched_twice_ / 1024 << " KiB of a job fetched twice, "
            << resumed_ << " files resumed\n";
}

}  // namespace dosvc::crash
