#pragma once

#include <memory>

#include "base/loop_thread.h"
#include "engine/transport.h"
#include "transport/transport_options.h"

namespace dosvc {

class CurlFetches;

// The network, by libcurl, on a thread of its own: bodies go from its buffers into the files without crossing the
// engine's thread.
//
// Made, used and destroyed on the engine's thread, whose loop must outlive it; the Fetches may outlive it. Starts and
// cancellations are carried out in the order they were asked for. The destructor waits for the thread; no event is
// delivered after it. Limits beyond those of TransportOptions: http and https only, 20 redirects.
class CurlTransport final : public Transport {
 public:
  static Result<std::unique_ptr<CurlTransport>> create(Loop& engine_loop, TransportOptions options = {});
  ~CurlTransport() override;

  Fetch start(FetchRequest request, FetchEvents& events) override;
  void distrust_connections() override;

 private:
  CurlTransport(Loop& engine_loop, std::unique_ptr<LoopThread> thread);

  Loop& engine_loop_;
  const std::shared_ptr<bool> open_ = std::make_shared<bool>(true);  // read and written on the engine's thread
  std::unique_ptr<LoopThread> thread_;
  std::unique_ptr<CurlFetches> fetches_;  // made, used and destroyed on the transport's thread
  std::uint64_t last_id_ = 0;
};

}  // namespace dosvc
