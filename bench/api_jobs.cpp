// What a program's calls cost, measured beside what they can't cost less than: CreateJob, AddFile, Resume and Cancel
// beside commits of the store alone, and GetProgress beside an empty virtual call. All in this process.

#include <bits.h>
#include <fmt/core.h>

#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

#include "compare.h"
#include "silent_server.h"
#include "store/sqlite_store.h"
#include "workspace.h"

namespace dosvc::bench {
namespace {

constexpr int kRounds = 9;  // measured, after one that isn't
constexpr auto kFor = std::chrono::milliseconds(1500);
constexpr int kCallers = 8;
constexpr int kCommitsOfAJob = 4;  // each of the four calls is on disk when it returns
constexpr int kCalls = 1'000'000;
// One caller can't reach 1: each of its calls waits for a commit of its own. The commits of several are shared.
constexpr double kGoalOfOne = 0.25;
constexpr double kGoalOfEight = 1;
constexpr double kProgressGoal = 20;

using Time = std::chrono::steady_clock;

double seconds_since(Time::time_point begin) { return std::chrono::duration<double>(Time::now() - begin).count(); }

// How often a second `work` is done, one after the other.
template <class Work>
Result<double> rate_of(Work work) {
  const auto begin = Time::now();
  int done = 0;
  for (; Time::now() - begin < kFor; ++done) DO_TRY(work(done));
  return done / seconds_since(begin);
}

Result<void> succeeded(const char* call, HRESULT code) {
  if (code == S_OK) return {};
  return failed(fmt::format("{}: 0x{:08X}", call, static_cast<unsigned>(code)));
}

// ---- Jobs ----

Result<double> commits_per_second(SqliteStore& store) {
  Job job;
  job.id = Uuid::random();
  job.display_name = "a job";
  return rate_of([&](int done) -> Result<void> {
    job.error_count = static_cast<std::uint32_t>(done);
    store.save(job);
    return store.commit();
  });
}

Result<void> one_job(IBackgroundCopyManager& queue, const std::wstring& url, const std::wstring& local_name) {
  com_ptr<IBackgroundCopyJob> job;
  GUID id;
  DO_TRY(succeeded("CreateJob", queue.CreateJob(L"a job", BG_JOB_TYPE_DOWNLOAD, &id, job.put())));
  DO_TRY(succeeded("AddFile", job->AddFile(url.c_str(), local_name.c_str())));
  DO_TRY(succeeded("Resume", job->Resume()));
  return succeeded("Cancel", job->Cancel());
}

Result<com_ptr<IBackgroundCopyManager>> the_queue() {
  com_ptr<IBackgroundCopyManager> queue;
  DO_TRY(succeeded("CoCreateInstance", CoCreateInstance(CLSID_BackgroundCopyManager, nullptr, CLSCTX_LOCAL_SERVER,
                                                        IID_PPV_ARGS(queue.put()))));
  return queue;
}

Result<double> jobs_of_one_caller(const std::wstring& url, const std::wstring& folder, int caller) {
  CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  const auto rate = [&]() -> Result<double> {
    const auto queue = DO_TRY(the_queue());
    return rate_of([&](int done) {
      return one_job(*queue, url + L"/x", folder + L"/" + std::to_wstring(caller) + L"." + std::to_wstring(done));
    });
  }();
  CoUninitialize();
  return rate;
}

Result<double> jobs_per_second(const std::wstring& url, const std::wstring& folder, int callers) {
  std::vector<Result<double>> rates(static_cast<std::size_t>(callers), Result<double>(0));
  std::vector<std::thread> threads;
  for (int caller = 0; caller < callers; ++caller) {
    threads.emplace_back(
        [&, caller] { rates[static_cast<std::size_t>(caller)] = jobs_of_one_caller(url, folder, caller); });
  }
  for (std::thread& thread : threads) thread.join();
  double sum = 0;
  for (auto& rate : rates) sum += DO_TRY(std::move(rate));
  return sum;
}

// `shares`: commits of the calls that were answered in a second, in parts of those that the store makes alone.
void report_jobs(const std::string& name, const std::vector<double>& shares, const std::vector<double>& jobs,
                 const std::vector<double>& commits, double goal) {
  const double share = median(shares);
  fmt::print(
      "{:<20} {:.2f} of the store's rate | {:.0f} jobs/s, {} durable calls each | {:.0f} commits/s of the store alone "
      "| "
      "{} rounds; goal >= {:.2f} {}\n",
      name, share, median(jobs), kCommitsOfAJob, median(commits), shares.size(), goal,
      share >= goal ? "met" : "MISSED");
  std::fflush(stdout);
}

Result<void> measure_jobs(const Workspace& workspace) {
  const SilentServer server = DO_TRY(SilentServer::start());
  const std::wstring url = std::filesystem::path(server.url()).wstring();
  const std::wstring folder = std::filesystem::path(workspace / "got").wstring();
  DO_TRY(workspace.make_folder("got"));
  const auto store = DO_TRY(SqliteStore::open(workspace / "alone.db"));
  std::vector<double> commits, one, eight, one_share, eight_share;
  for (int round = 0; round <= kRounds; ++round) {
    const double before = DO_TRY(commits_per_second(*store));
    const double by_one = DO_TRY(jobs_per_second(url, folder, 1));
    const double by_eight = DO_TRY(jobs_per_second(url, folder, kCallers));
    const double after = DO_TRY(commits_per_second(*store));
    if (round == 0) continue;
    commits.push_back((before + after) / 2);
    one.push_back(by_one);
    eight.push_back(by_eight);
    one_share.push_back(by_one * kCommitsOfAJob / commits.back());
    eight_share.push_back(by_eight * kCommitsOfAJob / commits.back());
  }
  report_jobs("api_jobs 1 caller", one_share, one, commits, kGoalOfOne);
  report_jobs("api_jobs 8 callers", eight_share, eight, commits, kGoalOfEight);
  return {};
}

// ---- GetProgress ----

struct Nothing {
  virtual ~Nothing() = default;
  virtual HRESULT STDMETHODCALLTYPE Do(BG_JOB_PROGRESS* progress) = 0;
};
// Two, so that the compiler can't know which is called.
struct One final : Nothing {
  HRESULT STDMETHODCALLTYPE Do(BG_JOB_PROGRESS*) override { return S_OK; }
};
struct Other final : Nothing {
  HRESULT STDMETHODCALLTYPE Do(BG_JOB_PROGRESS*) override { return S_FALSE; }
};

// The compiler must not see which object it is.
template <class T>
T* hidden(T* object) {
  asm volatile("" : "+r"(object));
  return object;
}

template <class Call>
double nanoseconds_of(Call call) {
  const auto begin = Time::now();
  for (int i = 0; i < kCalls; ++i) call();
  return seconds_since(begin) * 1e9 / kCalls;
}

Result<void> measure_progress() {
  const auto queue = DO_TRY(the_queue());
  com_ptr<IBackgroundCopyJob> job;
  GUID id;
  DO_TRY(succeeded("CreateJob", queue->CreateJob(L"a job", BG_JOB_TYPE_DOWNLOAD, &id, job.put())));
  One one;
  Other other;
  Nothing* const object = id.Data1 == 0 ? static_cast<Nothing*>(&other) : &one;
  std::vector<double> ours, empty, ratios;
  for (int round = 0; round <= kRounds; ++round) {
    BG_JOB_PROGRESS progress{};
    const double by_us = nanoseconds_of([&] { hidden(job.get())->GetProgress(hidden(&progress)); });
    const double by_nobody = nanoseconds_of([&] { hidden(object)->Do(hidden(&progress)); });
    if (round == 0) continue;
    ours.push_back(by_us);
    empty.push_back(by_nobody);
    ratios.push_back(by_us / by_nobody);
  }
  DO_TRY(succeeded("Cancel", job->Cancel()));
  const double ratio = median(ratios);
  fmt::print("{:<20} {:.1f} empty virtual calls | {:.1f} ns | {:.1f} ns | {} rounds; goal <= {:.0f} {}\n",
             "GetProgress", ratio, median(ours), median(empty), ratios.size(), kProgressGoal,
             ratio <= kProgressGoal ? "met" : "MISSED");
  std::fflush(stdout);
  return {};
}

Result<void> run() {
  const Workspace workspace = DO_TRY(Workspace::create());
  CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  Result<void> measured = measure_progress();
  if (measured) measured = measure_jobs(workspace);
  CoUninitialize();
  return measured;
}

}  // namespace
}  // namespace dosvc::bench

int main() { return dosvc::bench::exit_code(dosvc::bench::run()); }
