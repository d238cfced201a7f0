#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "transport/curl_fetch.h"
#include "transport/curl_loop.h"

namespace dosvc {

// All fetches under way; lives and dies on the transport's thread. While there are any it looks after each of them four
// times a second, with one timer for all.
class CurlFetches {
 public:
  CurlFetches(Loop& loop, TransportOptions options);
  ~CurlFetches();
  CurlFetches(const CurlFetches&) = delete;
  CurlFetches& operator=(const CurlFetches&) = delete;

  bool works() const { return curl_.works(); }
  void start(std::uint64_t id, FetchRequest request, std::shared_ptr<FetchDelivery> delivery);
  void distrust_connections();
  void cancel(std::uint64_t id);  // one that is over already is none

 private:
  EasyHandle take_handle();
  void keep_handle(EasyHandle easy);
  void finish(CurlFetch& fetch, CURLcode code);
  void add(CurlFetch& fetch);
  void look_again_later();
  void look_after_all();

  Loop& loop_;
  const TransportOptions options_;
  std::vector<EasyHandle> spare_;
  std::unordered_map<std::uint64_t, std::unique_ptr<CurlFetch>> fetches_;
  Timer look_timer_;
  bool look_pending_ = false;
  std::optional<Clock::time_point> new_connections_until_;
  CurlLoop curl_;
};

}  // namespace dosvc
