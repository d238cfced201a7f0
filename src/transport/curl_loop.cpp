#include "transport/curl_loop.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <utility>

namespace dosvc {
namespace {

Interest interest_of(int what) {
  switch (what) {
    case CURL_POLL_IN:
      return Interest::readable;
    case CURL_POLL_OUT:
      return Interest::writable;
    case CURL_POLL_INOUT:
      return Interest::both;
    default:
      return Interest::none;
  }
}

int events_of(Interest ready) {
  int events = 0;
  if (ready == Interest::readable || ready == Interest::both) events |= CURL_CSELECT_IN;
  if (ready == Interest::writable || ready == Interest::both) events |= CURL_CSELECT_OUT;
  return events;
}

}  // namespace

CurlLoop::CurlLoop(Loop& loop, const TransportOptions& options, Finished finished)
    : loop_(loop), finished_(std::move(finished)), multi_(curl_multi_init()) {
  if (!multi_) return;
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &CurlLoop::socket_wanted);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, &CurlLoop::timer_wanted);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, options.connections_per_host);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, options.connections);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, options.connections);
}

CurlLoop::~CurlLoop() = default;

void CurlLoop::add(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &CurlLoop::open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  if (const auto result = curl_multi_add_handle(multi_.get(), easy); result != CURLM_OK) {
    finished_(easy, result == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_FAILED_INIT);
    return;
  }
  settle();
}

void CurlLoop::remove(CURL* easy) {
  curl_multi_remove_handle(multi_.get(), easy);
  settle();  // another transfer may have waited for this connection
}

int CurlLoop::socket_wanted(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept {
  static_cast<CurlLoop*>(self)->want(socket, interest_of(what));
  return 0;
}

// libcurl's own sockets are inherited by the programs that this process starts.
curl_socket_t CurlLoop::open_socket(void* self, curlsocktype, curl_sockaddr* address) noexcept {
  const curl_socket_t socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  // What had this number is closed by now, and libcurl may not have said so in time.
  if (socket >= 0) static_cast<CurlLoop*>(self)->watched_.erase(socket);
  return socket;
}

// Carried out at the end of the turn: a connection that goes from one transfer to the next is let go of and wanted
// again at once, and for a small file the kernel's part in that would be a good part of the cost.
void CurlLoop::want(curl_socket_t socket, Interest interest) {
  const auto found = watched_.find(socket);
  if (found == watched_.end() && interest == Interest::none) return;
  auto& [fd, wanted, watched, watch] = found == watched_.end() ? watched_[socket] : found->second;
  if (!fd) fd = UniqueFd(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
  wanted = interest;
  changed_.push_back(socket);
}

void CurlLoop::watch_what_is_wanted() {
  for (const curl_socket_t socket : std::exchange(changed_, {})) {
    const auto found = watched_.find(socket);
    if (found == watched_.end()) continue;
    auto& [fd, wanted, watched, watch] = found->second;
    if (wanted == Interest::none) {
      watched_.erase(found);
      continue;
    }
    if (wanted == watched) continue;
    watched = wanted;
    watch.reset();  // before the new one: a descriptor watched twice costs another duplicate
    watch = loop_.watch(fd.get(), wanted, [this, socket](Interest ready) { act(socket, events_of(ready)); });
  }
}

int CurlLoop::timer_wanted(CURLM*, long milliseconds, void* self_pointer) noexcept {
  auto& self = *static_cast<CurlLoop*>(self_pointer);
  self.due_now_ = milliseconds == 0;  // settle() sees to it: libcurl must not be called from here
  self.due_.reset();
  if (milliseconds > 0) {
    self.due_ = self.loop_.now() + std::chrono::milliseconds(milliseconds);
    // libcurl moves its time-out often: a timer that fires too early is cheaper than a new one.
    if (!self.armed_for_ || *self.armed_for_ > *self.due_) self.arm(std::chrono::milliseconds(milliseconds));
  }
  return 0;
}

void CurlLoop::arm(Clock::duration delay) {
  armed_for_ = due_;
  timer_ = loop_.after(delay, [this] { timer_fired(); });
}

void CurlLoop::timer_fired() {
  armed_for_.reset();
  if (!due_) return;
  const auto now = loop_.now();
  if (now < *due_) {
    arm(*due_ - now);
  } else {
    due_.reset();
    act(CURL_SOCKET_TIMEOUT, 0);
  }
}

void CurlLoop::act(curl_socket_t socket, int events) {
  int running = 0;
  curl_multi_socket_action(multi_.get(), socket, events, &running);
  settle();
}

void CurlLoop::settle() {
  if (std::exchange(due_now_, false)) {
    int running = 0;
    curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &running);
  }
  hand_out_finished();
  watch_what_is_wanted();
  // Once per call and no more, so that the other sockets have their turn.
  if (due_now_) {
    again_ = loop_.after(Clock::duration::zero(), [this] { settle(); });
  }
}

void CurlLoop::hand_out_finished() {
  std::vector<std::pair<CURL*, CURLcode>> finished;
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg == CURLMSG_DONE) finished.emplace_back(message->easy_handle, message->data.result);
  }
  for (const auto& [easy, code] : finished) curl_multi_remove_handle(multi_.get(), easy);
  for (const auto& [easy, code] : finished) finished_(easy, code);
}

}  // namespace dosvc
