#include "transport/curl_transport.h"

#include <curl/curl.h>

#include <utility>

#include "transport/curl_fetches.h"

namespace dosvc {
namespace {

Error no_curl() {
  return Error{E_OUTOFMEMORY, ErrorContext::transport, "the HTTP library can't be started: memory is short"};
}

}  // namespace

Result<std::unique_ptr<CurlTransport>> CurlTransport::create(Loop& engine_loop, TransportOptions options) {
  // Once per process and never undone: the program may be using libcurl as well.
  static const bool curl_works = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  if (!curl_works) return no_curl();
  if (options.user_agent.empty()) options.user_agent = "dosvc/" DOSVC_VERSION;

  auto thread = DO_TRY(LoopThread::create("dosvc-transport"));
  auto transport = std::unique_ptr<CurlTransport>(new CurlTransport(engine_loop, std::move(thread)));
  auto& self = *transport;
  const bool works = self.thread_->run_and_wait([&self, &options] {
    self.fetches_ = std::make_unique<CurlFetches>(self.thread_->loop(), options);
    return self.fetches_->works();
  });
  if (!works) return no_curl();
  return transport;
}

CurlTransport::CurlTransport(Loop& engine_loop, std::unique_ptr<LoopThread> thread)
    : engine_loop_(engine_loop), thread_(std::move(thread)) {}

CurlTransport::~CurlTransport() {
  *open_ = false;
  thread_->run_and_wait([this] { fetches_.reset(); });
}

Fetch CurlTransport::start(FetchRequest request, FetchEvents& events) {
  const auto id = ++last_id_;
  auto delivery = std::make_shared<FetchDelivery>(engine_loop_, open_, events);
  thread_->loop().post([this, id, delivery, request = std::move(request)]() mutable {
    fetches_->start(id, std::move(request), std::move(delivery));
  });
  return Fetch([this, open = open_, id, delivery] {
    if (delivery->closed() || !*open) return;  // over already
    delivery->close();
    thread_->loop().post([this, id] { fetches_->cancel(id); });
  });
}

void CurlTransport::distrust_connections() {
  thread_->loop().post([this] { fetches_->distrust_connections(); });
}

}  // namespace dosvc
