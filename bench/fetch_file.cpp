// fetch_file URL FILE [CA_FILE]: dosvc's transport alone writes a file; no queue, no checkpoints, nothing synced. For
// measuring.

#include <unistd.h>

#include <fstream>
#include <future>
#include <iterator>

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

Result<std::shared_ptr<const std::string>> trusted(const char* ca_file) {
  if (!ca_file) return std::shared_ptr<const std::string>();
  std::ifstream file(ca_file);
  std::string pem(std::istreambuf_iterator<char>(file), {});
  if (pem.empty()) return failed(std::string(ca_file) + " can't be read");
  return std::make_shared<const std::string>(std::move(pem));
}

Result<void> fetch(const char* url, const char* path, const char* ca_file) {
  FetchRequest request;
  request.url = url;
  request.trusted = DO_TRY(trusted(ca_file));
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
  if (argc != 3 && argc != 4) return 2;
  return dosvc::bench::exit_code(dosvc::bench::fetch(argv[1], argv[2], argc == 4 ? argv[3] : nullptr));
}
