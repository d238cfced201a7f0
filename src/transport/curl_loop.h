#pragma once

#include <curl/curl.h>

#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/loop.h"
#include "base/unique_fd.h"
#include "transport/curl_handles.h"
#include "transport/transport_options.h"

namespace dosvc {

// libcurl's multi interface on a Loop: libcurl says which sockets and when, the loop calls back. No thread and no
// polling of its own. Everything belongs to the loop's thread.
//
// `finished` is called outside of libcurl, when the handle is no longer the multi's. Handles that were added and have
// not finished must be removed before this goes.
class CurlLoop {
 public:
  using Finished = std::function<void(CURL*, CURLcode)>;

  CurlLoop(Loop& loop, const TransportOptions& options, Finished finished);
  ~CurlLoop();
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;

  bool works() const { return multi_ != nullptr; }
  // The transfer begins before this returns, and may finish in it.
  void add(CURL* easy);
  void remove(CURL* easy);

 private:
  // Watched by a number of our own: libcurl closes the socket of an unfinished connection before it says that it
  // needn't be watched any longer, when the number may already belong to another thread.
  struct Watched {
    UniqueFd fd;
    Interest wanted = Interest::none;   // by libcurl
    Interest watched = Interest::none;  // by `watch`
    Watch watch;                        // goes first
  };

  static int socket_wanted(CURL* easy, curl_socket_t socket, int what, void* self, void* socket_data) noexcept;
  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* address) noexcept;
  static int timer_wanted(CURLM* multi, long milliseconds, void* self) noexcept;
  void want(curl_socket_t socket, Interest interest);
  void watch_what_is_wanted();
  void arm(Clock::duration delay);
  void timer_fired();
  void act(curl_socket_t socket, int events);
  void settle();
  void hand_out_finished();

  Loop& loop_;
  Finished finished_;
  std::unordered_map<curl_socket_t, Watched> watched_;
  std::vector<curl_socket_t> changed_;          // what libcurl wants of these isn't watched yet
  std::optional<Clock::time_point> due_;        // when libcurl wants to be called
  std::optional<Clock::time_point> armed_for_;  // when timer_ fires; never later than due_
  Timer timer_;
  Timer again_;
  bool due_now_ = false;
  MultiHandle multi_;  // first to go: it calls socket_wanted while it closes its connections
};

}  // namespace dosvc
