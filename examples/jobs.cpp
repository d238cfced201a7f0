// jobs COMMAND [ID]...: lists the jobs of the queue, and changes one.
//
// It shows how to walk over jobs and files, what can be read of them, and what can be changed in a job that another
// program has made: that needs no more than its id. Some successes have more to say than S_OK; this program says it.
//
// Ends with 0 when it is done, with 1 when that failed, with 2 when it was called wrongly.
//
//   g++ -std=c++20 jobs.cpp -o jobs $(pkg-config --cflags --libs dosvc)

#include <algorithm>
#include <iterator>
#include <vector>

#include "example.h"

using namespace example;

namespace {

constexpr char kUsage[] =
    "usage: jobs list\n"
    "       jobs suspend|resume|cancel|complete ID\n"
    "       jobs name ID NAME\n"
    "       jobs priority ID foreground|high|normal|low\n"
    "       jobs rename ID OLD-PREFIX NEW-PREFIX     (of the addresses of its files)\n"
    "The beginning of an id will do.\n";
constexpr std::size_t kShortestId = 4;

struct CalledWrongly {};

// In the order of BG_JOB_STATE and BG_JOB_PRIORITY.
constexpr const char* kStates[] = {"queued",          "connecting",  "transferring", "suspended", "error",
                                   "transient error", "transferred", "acknowledged", "cancelled"};
constexpr const char* kPriorities[] = {"foreground", "high", "normal", "low"};

std::string id_of(IBackgroundCopyJob& job) {
  GUID id{};
  check(job.GetId(&id), "read a job's id");
  char text[40];
  const BYTE* rest = id.Data4;
  std::snprintf(text, sizeof text, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", id.Data1, id.Data2, id.Data3,
                rest[0], rest[1], rest[2], rest[3], rest[4], rest[5], rest[6], rest[7]);
  return text;
}

std::vector<com_ptr<IBackgroundCopyJob>> all_jobs(IBackgroundCopyManager& queue) {
  com_ptr<IEnumBackgroundCopyJobs> jobs;
  check(queue.EnumJobs(0, jobs.put()), "list the jobs");  // 0: those of this user
  std::vector<com_ptr<IBackgroundCopyJob>> all;
  for (com_ptr<IBackgroundCopyJob> job; jobs->Next(1, job.put(), nullptr) == S_OK;) all.push_back(job);
  return all;
}

void print(IBackgroundCopyJob& job) {
  BG_JOB_STATE state{};
  BG_JOB_PRIORITY priority{};
  BG_JOB_PROGRESS progress{};
  Text name;
  check(job.GetState(&state), "read a job's state");
  check(job.GetPriority(&priority), "read a job's priority");
  check(job.GetProgress(&progress), "read a job's progress");
  check(job.GetDisplayName(name.put()), "read a job's name");
  const bool known = progress.BytesTotal != BG_SIZE_UNKNOWN;
  std::printf("%s  %s, %s, %llu of %s bytes: %s\n", id_of(job).c_str(), kStates[state], kPriorities[priority],
              static_cast<unsigned long long>(progress.BytesTransferred),
              known ? std::to_string(progress.BytesTotal).c_str() : "?", name.utf8().c_str());

  com_ptr<IEnumBackgroundCopyFiles> files;
  check(job.EnumFiles(files.put()), "list a job's files");
  for (com_ptr<IBackgroundCopyFile> file; files->Next(1, file.put(), nullptr) == S_OK;) {
    Text remote, local;
    check(file->GetRemoteName(remote.put()), "read a file's address");
    check(file->GetLocalName(local.put()), "read a file's name");
    std::printf("    %s -> %s\n", remote.utf8().c_str(), local.utf8().c_str());
  }
  com_ptr<IBackgroundCopyError> error;  // in error, or waiting to be tried again
  if (SUCCEEDED(job.GetError(error.put()))) std::printf("    %s\n", sentence_of(*error).c_str());
}

com_ptr<IBackgroundCopyJob> find_job(IBackgroundCopyManager& queue, const std::string& id) {
  auto jobs = all_jobs(queue);
  std::erase_if(jobs, [&](const auto& job) { return !id_of(*job).starts_with(id); });
  if (jobs.size() != 1)
    throw std::runtime_error((jobs.empty() ? "no job's id is " : "several jobs' ids begin with ") + id);
  return jobs.front();
}

BG_JOB_PRIORITY priority_of(const std::string& name) {
  const auto* const found = std::find(std::begin(kPriorities), std::end(kPriorities), name);
  if (found == std::end(kPriorities)) throw CalledWrongly();
  return static_cast<BG_JOB_PRIORITY>(found - std::begin(kPriorities));
}

HRESULT change(IBackgroundCopyJob& job, const std::vector<std::string>& words) {
  const std::string& command = words[0];
  if (words.size() == 2) {
    if (command == "suspend") return job.Suspend();
    if (command == "resume") return job.Resume();
    if (command == "cancel") return job.Cancel();
    if (command == "complete") return job.Complete();
  } else if (words.size() == 3) {
    if (command == "name") return job.SetDisplayName(wide(words[2]).c_str());
    if (command == "priority") return job.SetPriority(priority_of(words[2]));
  } else if (words.size() == 4 && command == "rename") {
    // What later versions added to a job stands in interfaces of its own.
    com_ptr<IBackgroundCopyJob3> job3;
    check(job.QueryInterface(IID_PPV_ARGS(job3.put())), "rename");
    return job3->ReplaceRemotePrefix(wide(words[2]).c_str(), wide(words[3]).c_str());
  }
  throw CalledWrongly();
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool list = words == std::vector<std::string>{"list"};
  if (!list && (words.size() < 2 || words[1].size() < kShortestId)) throw CalledWrongly();

  const Apartment apartment;
  const auto queue = open_queue<IBackgroundCopyManager>(CLSID_BackgroundCopyManager);
  if (list) {
    for (const auto& job : all_jobs(*queue)) print(*job);
    return 0;
  }
  const auto job = find_job(*queue, words[1]);
  const HRESULT result = change(*job, words);
  check(result, words[0] + " job " + words[1]);
  if (result != S_OK)
    std::printf("%s\n", sentence_of(result).c_str());  // files that were dropped, no name that begins so
  return 0;
} catch (const CalledWrongly&) {
  std::fputs(kUsage, stderr);
  return 2;
} catch (const std::exception& error) {
  std::fprintf(stderr, "jobs: %s\n", error.what());
  return 1;
}
