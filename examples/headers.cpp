// headers URL FILE ["NAME: VALUE"]...: fetches a file with headers of one's own, and prints those of the answer.
//
// It shows how a job is asked for its newer interfaces (IBackgroundCopyJobHttpOptions for what is sent,
// IBackgroundCopyJob5 for properties of the job, IBackgroundCopyFile5 for what came back), a callback that hears of
// each file (IBackgroundCopyCallback2), and a job that is cancelled whenever its program fails.
//
// Ends with 0 when FILE is there, with 1 when that failed, with 2 when it was called wrongly.
//
//   g++ -std=c++20 headers.cpp -o headers $(pkg-config --cflags --libs dosvc)

#include <future>

#include "example.h"

using namespace example;

namespace {

// The headers of the last answer, whether it brought the file or not; nothing when there was none.
void print_headers(IBackgroundCopyFile& file) {
  com_ptr<IBackgroundCopyFile5> file5;
  BITS_FILE_PROPERTY_VALUE value{};
  if (FAILED(file.QueryInterface(IID_PPV_ARGS(file5.put())))) return;
  if (FAILED(file5->GetProperty(BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, &value))) return;
  std::printf("%s\n", Text(value.String).utf8().c_str());  // what the union holds is the caller's now
}

// Its methods are called on threads of the library. No exception may leave them, hence noexcept.
class Listener final : public dosvc::Object<IBackgroundCopyCallback2> {
 public:
  HRESULT FileTransferred(IBackgroundCopyJob*, IBackgroundCopyFile* file) noexcept override {
    print_headers(*file);
    return S_OK;  // anything else, here and below, would mean: tell me again later
  }

  // After all calls of FileTransferred.
  HRESULT JobTransferred(IBackgroundCopyJob*) noexcept override {
    failure_.set_value("");
    return S_OK;
  }

  HRESULT JobError(IBackgroundCopyJob*, IBackgroundCopyError* error) noexcept override {
    com_ptr<IBackgroundCopyFile> file;
    if (SUCCEEDED(error->GetFile(file.put()))) print_headers(*file);
    failure_.set_value(sentence_of(*error));
    return S_OK;
  }

  HRESULT JobModification(IBackgroundCopyJob*, DWORD) noexcept override { return S_OK; }

  // Why the job failed; empty: it did not. Once.
  std::string wait() { return failure_.get_future().get(); }

 private:
  std::promise<std::string> failure_;
};

// Cancels a job, unless it is completed by then: Cancel leaves such a job alone.
class Job {
 public:
  Job(IBackgroundCopyManager& queue, LPCWSTR name) {
    GUID id{};
    check(queue.CreateJob(name, BG_JOB_TYPE_DOWNLOAD, &id, job_.put()), "make a job");
  }
  ~Job() { job_->Cancel(); }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  IBackgroundCopyJob* operator->() const { return job_.get(); }

  // Another interface of the same object.
  template <class Interface>
  com_ptr<Interface> as() const {
    com_ptr<Interface> other;
    check(job_.as(other), "set up the job");
    return other;
  }

 private:
  com_ptr<IBackgroundCopyJob> job_;
};

void set_up(const Job& job, const std::wstring& headers) {
  // An answer to headers may be made for them: it is never put together from the answers to two requests. Such
  // properties are set before the first file is added.
  BITS_JOB_PROPERTY_VALUE on{};
  on.Enable = TRUE;
  check(job.as<IBackgroundCopyJob5>()->SetProperty(BITS_JOB_PROPERTY_DYNAMIC_CONTENT, on), "make the content dynamic");

  if (headers.empty()) return;
  const auto options = job.as<IBackgroundCopyJobHttpOptions3>();
  check(options->SetCustomHeaders(headers.c_str()), "send these headers");
  check(options->MakeCustomHeadersWriteOnly(), "keep the headers secret");  // there may be a password in them
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3) {
    std::fputs("usage: headers URL FILE [\"NAME: VALUE\"]...\n", stderr);
    return 2;
  }
  std::wstring headers;
  for (int i = 3; i < argc; ++i) headers += wide(argv[i]) + L"\r\n";

  const Apartment apartment;
  const auto queue = open_queue<IBackgroundCopyManager>(CLSID_BackgroundCopyManager);
  const Job job(*queue, L"example: headers");
  set_up(job, headers);
  const std::wstring file = wide(std::filesystem::absolute(argv[2]));
  check(job->AddFile(wide(argv[1]).c_str(), file.c_str()), std::string("download ") + argv[1]);

  const auto listener = dosvc::make_object<Listener>();
  check(job->SetNotifyFlags(BG_NOTIFY_FILE_TRANSFERRED | BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR), "listen");
  check(job->SetNotifyInterface(listener.get()), "listen");
  check(job->Resume(), "start the job");
  if (const std::string failure = listener->wait(); !failure.empty()) throw std::runtime_error(failure);
  check(job->Complete(), "give the file its name");
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "headers: %s\n", error.what());
  return 1;
}
