#include "transport/curl_fetches.h"

#include <algorithm>
#include <utility>

namespace dosvc {
namespace {

constexpr std::chrono::milliseconds kLookEvery{250};
constexpr std::size_t kSpareHandles = 64;
// libcurl uses no connection that was idle for longer, and can't be told to close them earlier.
constexpr std::chrono::seconds kIdleConnectionsAreKept{118};

CurlFetch& fetch_of(CURL* easy) {
  void* fetch = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &fetch);
  return *static_cast<CurlFetch*>(fetch);
}

// libcurl 7.88 leaves its buffer in a handle after a failure, and after HTTP/2 when others use the connection still.
// Such a handle takes no other buffer size.
bool is_clean(CURL* easy, CURLcode code) {
  long version = CURL_HTTP_VERSION_NONE;
  curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
  return code == CURLE_OK && version <= CURL_HTTP_VERSION_1_1;
}

}  // namespace

CurlFetches::CurlFetches(Loop& loop, TransportOptions options)
    : loop_(loop),
      options_(std::move(options)),
      curl_(loop, options_, [this](CURL* easy, CURLcode code) { finish(fetch_of(easy), code); }) {}

CurlFetches::~CurlFetches() {
  while (!fetches_.empty()) cancel(fetches_.begin()->first);
}

void CurlFetches::start(std::uint64_t id, FetchRequest request, std::shared_ptr<FetchDelivery> delivery) {
  auto easy = take_handle();
  // libcurl takes the tickets of the process, whatever name it is given.
  if (!options_.own_tickets) {
    std::erase_if(request.http.credentials, [](const Credentials& c) { return c.scheme == AuthScheme::negotiate; });
  }
  auto made = std::make_unique<CurlFetch>(id, std::move(request), std::move(delivery), std::move(easy), options_);
  auto& fetch = *made;
  fetches_.emplace(id, std::move(made));
  if (!fetch.prepare()) return finish(fetch, CURLE_FAILED_INIT);
  look_again_later();
  add(fetch);
}

void CurlFetches::distrust_connections() { new_connections_until_ = loop_.now() + kIdleConnectionsAreKept; }

void CurlFetches::add(CurlFetch& fetch) {
  if (new_connections_until_ && loop_.now() > *new_connections_until_) new_connections_until_.reset();
  if (new_connections_until_) curl_easy_setopt(fetch.easy(), CURLOPT_FRESH_CONNECT, 1L);
  curl_.add(fetch.easy());
}

void CurlFetches::cancel(std::uint64_t id) {
  const auto found = fetches_.find(id);
  if (found == fetches_.end()) return;
  // Out of the table first: taking a connection away may let other fetches go on, and end.
  const auto fetch = std::move(found->second);
  fetches_.erase(found);
  curl_.remove(fetch->easy());
}

// The handle is no longer, or never was, with libcurl's multi.
void CurlFetches::finish(CurlFetch& ended, CURLcode code) {
  if (ended.try_again(code)) return add(ended);
  const auto found = fetches_.find(ended.id());
  const auto fetch = std::move(found->second);
  fetches_.erase(found);
  fetch->finish(code);
  if (fetch->easy() && is_clean(fetch->easy(), code)) keep_handle(fetch->release());
}

EasyHandle CurlFetches::take_handle() {
  if (spare_.empty()) return EasyHandle(curl_easy_init());
  auto easy = std::move(spare_.back());
  spare_.pop_back();
  return easy;
}

void CurlFetches::keep_handle(EasyHandle easy) {
  if (spare_.size() >= kSpareHandles) return;
  curl_easy_reset(easy.get());
  spare_.push_back(std::move(easy));
}

void CurlFetches::look_again_later() {
  if (std::exchange(look_pending_, true)) return;
  look_timer_ = loop_.after(kLookEvery, [this] { look_after_all(); });
}

void CurlFetches::look_after_all() {
  look_pending_ = false;
  const auto now = loop_.now();
  std::vector<std::uint64_t> failed;
  for (const auto& [id, fetch] : fetches_) {
    if (!fetch->look_after(now)) failed.push_back(id);
  }
  for (const auto id : failed) {
    const auto found = fetches_.find(id);
    if (found == fetches_.end()) continue;
    auto& fetch = *found->second;
    curl_.remove(fetch.easy());
    finish(fetch, CURLE_WRITE_ERROR);
  }
  if (!fetches_.empty()) look_again_later();
}

}  // namespace dosvc
