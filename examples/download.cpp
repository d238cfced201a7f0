// download URL FILE: fetches a file as a background job, and waits for it.
//
// It shows a callback object that is told of progress and of the end, so that nothing here polls; a job that an earlier
// run left behind, which goes on where it stood (try Ctrl-C, and start it again); the sentence that says why a job
// failed; and Complete, which gives the file its name.
//
// Ends with 0 when FILE is there, with 1 when that failed, with 2 when it was called wrongly.
//
//   g++ -std=c++20 download.cpp -o download $(pkg-config --cflags --libs dosvc)

#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <optional>

#include "example.h"

using namespace example;

namespace {

// Its methods are called on threads of the library. No exception may leave them, hence noexcept.
class Listener final : public dosvc::Object<IBackgroundCopyCallback> {
 public:
  HRESULT JobTransferred(IBackgroundCopyJob*) noexcept override { return end(""); }

  // Never for what is tried again by itself, such as a server that can't be reached: see JobModification.
  HRESULT JobError(IBackgroundCopyJob*, IBackgroundCopyError* error) noexcept override {
    return end(sentence_of(*error));
  }

  HRESULT JobModification(IBackgroundCopyJob* job, DWORD) noexcept override {
    com_ptr<IBackgroundCopyError> error;
    BG_JOB_PROGRESS progress{};
    if (SUCCEEDED(job->GetError(error.put()))) {
      show("waits: " + sentence_of(*error));
    } else if (SUCCEEDED(job->GetProgress(&progress)) && progress.BytesTotal != BG_SIZE_UNKNOWN) {
      const auto percent = progress.BytesTotal ? 100 * progress.BytesTransferred / progress.BytesTotal : 100;
      show(std::to_string(progress.BytesTransferred) + " bytes, " + std::to_string(percent) + "%");
    }
    return S_OK;
  }

  // Why the job failed; empty: it did not.
  std::string wait() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return failure_.has_value(); });
    return *failure_;
  }

 private:
  HRESULT end(const std::string& failure) {
    const std::lock_guard lock(mutex_);
    if (shown_) std::fputs("\r\033[K", stderr);
    failure_ = failure;
    ended_.notify_all();
    return S_OK;  // anything else would mean: tell me again later
  }

  void show(const std::string& line) {
    const std::lock_guard lock(mutex_);
    if (failure_ || !isatty(STDERR_FILENO)) return;
    std::fprintf(stderr, "\r\033[K%s", line.c_str());
    shown_ = true;
  }

  std::mutex mutex_;  // calls may come on several threads at once
  std::condition_variable ended_;
  std::optional<std::string> failure_;
  bool shown_ = false;
};

constexpr wchar_t kName[] = L"example: download";  // by which this program knows its jobs

bool fetches(IBackgroundCopyJob& job, const std::wstring& url, const std::wstring& file) {
  com_ptr<IEnumBackgroundCopyFiles> files;
  com_ptr<IBackgroundCopyFile> first;
  Text name, remote, local;
  check(job.GetDisplayName(name.put()), "read a job's name");
  check(job.EnumFiles(files.put()), "list a job's files");
  if (name.get() != kName || files->Next(1, first.put(), nullptr) != S_OK) return false;
  check(first->GetRemoteName(remote.put()), "read a file's address");
  check(first->GetLocalName(local.put()), "read a file's name");
  return remote.get() == url && local.get() == file;
}

// What an earlier run that was stopped has left in the queue, or nothing.
com_ptr<IBackgroundCopyJob> find_job(IBackgroundCopyManager& queue, const std::wstring& url, const std::wstring& file) {
  com_ptr<IEnumBackgroundCopyJobs> jobs;
  check(queue.EnumJobs(0, jobs.put()), "list the jobs");
  com_ptr<IBackgroundCopyJob> job;
  while (jobs->Next(1, job.put(), nullptr) == S_OK) {
    if (fetches(*job, url, file)) return job;
  }
  return nullptr;
}

com_ptr<IBackgroundCopyJob> make_job(IBackgroundCopyManager& queue, const std::wstring& url, const std::wstring& file) {
  com_ptr<IBackgroundCopyJob> job;
  GUID id{};
  check(queue.CreateJob(kName, BG_JOB_TYPE_DOWNLOAD, &id, job.put()), "make a job");
  HRESULT result = job->SetPriority(BG_JOB_PRIORITY_FOREGROUND);  // somebody waits for it
  if (SUCCEEDED(result)) result = job->AddFile(url.c_str(), file.c_str());
  if (FAILED(result)) job->Cancel();  // or an empty job would stay in the queue
  check(result, "download " + narrow(url) + " to " + narrow(file));
  return job;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fputs("usage: download URL FILE\n", stderr);
    return 2;
  }
  const std::wstring url = wide(argv[1]);
  const std::wstring file = wide(std::filesystem::absolute(argv[2]).lexically_normal());

  const Apartment apartment;
  const auto queue = open_queue<IBackgroundCopyManager>(CLSID_BackgroundCopyManager);
  com_ptr<IBackgroundCopyJob> job = find_job(*queue, url, file);
  if (job) std::fputs("going on with the job of an earlier run\n", stderr);
  if (!job) job = make_job(*queue, url, file);

  // Resume comes first, so that a job that was left in error is tried again and not told of. Nothing is lost in
  // between: a new listener is told how things stand.
  const auto listener = dosvc::make_object<Listener>();
  check(job->Resume(), "start the job");
  check(job->SetNotifyFlags(BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR | BG_NOTIFY_JOB_MODIFICATION), "listen");
  check(job->SetNotifyInterface(listener.get()), "listen");

  if (const std::string failure = listener->wait(); !failure.empty()) {
    job->Cancel();
    throw std::runtime_error(failure);
  }
  check(job->Complete(), "give the file its name");  // if not, the job stays, and the next run completes it
  std::printf("saved %s\n", narrow(file).c_str());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "download: %s\n", error.what());
  return 1;
}
