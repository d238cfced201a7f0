// fetch_file URL FILE: dosvc's transport alone writes a file; no queue, no checkpoints, nothing synced. For measuring.

#include <unistd.h>

#include <future>

#include "base/loop_thread.h"
#include "files/posix_temp_file.h"
#include "process.h"
#include "transport/curl_transport.h"

namespace dosvc::bench {
namespace {

class Ending final : public FetchEvents {
 public:
  std::promise<FetchEnd> promise;

  void on_answer(const TakeBody*, const ResponseHead&) override {}
  void on_progress(std::uint64_t) override {}
  void on_done(FetchEnd end) override { promise.set_value(std::move(end)); }
};

Result<void> fetch(const char* url, const char* path) {
  FetchRequest request;
  request.url = url;
  request.into = DO_TRY(make_temp_file(::geteuid(), path));

  const auto thread = DO_TRY(LoopThread::create("engine"));
  std::unique_ptr<CurlTransport> transport =
      DO_TRY(thread->run_and_wait([&] { return CurlTransport::create(thread->loop()); }));
  Ending ending;
  Fetch fetch = thread->run_and_wait([&] { return transport->start(std::move(request), ending); });
  const FetchEnd end = ending.promise.get_future().get();
  thread->run_and_wait([&] {
    fetch = {};
    transport.reset();
  });
  if (const auto* failure = std::get_if<Failure>(&end)) return failure->error;
  if (std::holds_alternative<StartAnew>(end)) return failed("the server's file changed");
  return {};
}

}  // namespace
}  // namespace dosvc::bench

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  return dosvc::bench::exit_code(dosvc::bench::fetch(argv[1], argv[2]));
}
