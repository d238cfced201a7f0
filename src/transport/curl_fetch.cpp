#include "transport/curl_fetch.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/url.h"
#include "transport/curl_errors.h"

namespace dosvc {
namespace {

// Of the bodies of redirects and refusals, which nobody wants.
constexpr curl_off_t kMaxUnwantedBody = 1024 * 1024;
constexpr std::uint64_t kUnreported = 16 * 1024 * 1024;
constexpr std::uint64_t kLargeBody = 1024 * 1024;

// No connection was made, and another proxy may make one.
bool is_unreachable(CURLcode code, bool connected) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
      return true;
    case CURLE_OPERATION_TIMEDOUT:
      return !connected;
    default:
      return false;
  }
}

// libcurl follows redirects by itself; with these it gave up doing so.
bool is_end_of_redirects(CURLcode code) {
  return code == CURLE_TOO_MANY_REDIRECTS || code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT;
}

}  // namespace

CurlFetch::CurlFetch(std::uint64_t id, FetchRequest request, std::shared_ptr<FetchDelivery> delivery, EasyHandle easy,
                     const TransportOptions& options)
    : id_(id),
      request_(std::move(request)),
      delivery_(std::move(delivery)),
      options_(options),
      easy_(std::move(easy)) {}

bool CurlFetch::prepare() {
  if (!easy_) return stop(failure_of({.code = CURLE_OUT_OF_MEMORY, .url = told().url}));
  if (auto failure = request_.set_up(easy_.get(), options_)) return stop(*std::move(failure));
  return listen() || stop(trouble(CURLE_OUT_OF_MEMORY));
}

bool CurlFetch::listen() {
  CurlOptions to(easy_.get());
  to.set(CURLOPT_ERRORBUFFER, detail_.data());
  to.set(CURLOPT_PRIVATE, this);
  to.set(CURLOPT_HEADERFUNCTION, &CurlFetch::header_came);
  to.set(CURLOPT_HEADERDATA, this);
  to.set(CURLOPT_WRITEFUNCTION, &CurlFetch::body_came);
  to.set(CURLOPT_WRITEDATA, this);
  to.set(CURLOPT_NOPROGRESS, 0L);
  to.set(CURLOPT_XFERINFOFUNCTION, &CurlFetch::bytes_came);
  to.set(CURLOPT_XFERINFODATA, this);
  return to.code() == CURLE_OK;
}

std::size_t CurlFetch::header_came(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  return static_cast<CurlFetch*>(self)->take_header({data, size * count}) ? size * count : 0;
}

std::size_t CurlFetch::body_came(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  const auto bytes = std::as_bytes(std::span<const char>(data, size * count));
  return static_cast<CurlFetch*>(self)->take_body(bytes) ? bytes.size() : CURL_WRITEFUNC_ERROR;
}

int CurlFetch::bytes_came(void* self_pointer, curl_off_t, curl_off_t now, curl_off_t, curl_off_t) noexcept {
  auto& self = *static_cast<CurlFetch*>(self_pointer);
  if (std::exchange(self.received_, now) != now) self.has_received_ = true;
  if (self.body_ || now <= kMaxUnwantedBody) return 0;
  if (!self.will_say_who_) self.stop(bad_answer(self.told().url, "a redirect or refusal that goes on and on"));
  return 1;
}

bool CurlFetch::take_header(std::string_view line) {
  has_received_ = true;
  if (stopped_) return false;
  switch (head_.add(line)) {
    case AnswerHead::After::too_large:
      return stop(bad_answer(told().url, "headers that are too large"));
    case AnswerHead::After::complete:
      return body_ || head_ended();  // else trailers
    default:
      return true;
  }
}

// What libcurl goes on from by itself is no answer yet. Where it doesn't, it is judged when its body comes or it ends.
bool CurlFetch::head_ended() {
  if (head_.is_redirect() && !request_.refuses_redirects()) {
    const auto from = reached();
    const std::string location(head_.location());
    request_.follow(easy_.get(), head_.head().status, from, resolved(from, location).value_or(location));
    return true;
  }
  return request_.may_log_in(head_.head().status) || decide();
}

// Asks judge() about the answer; false ends the attempt.
bool CurlFetch::decide() {
  if (head_.length_is_unclear()) return stop(bad_answer(told().url, "lengths that contradict each other"));
  if (head_.has_transfer_coding()) return stop(bad_answer(told().url, "a transfer coding that nobody asked for"));
  auto answer = head();
  constexpr int kUnauthorized = 401;
  if (answer.status == kUnauthorized && request_.say_who(answer.effective_url)) return will_say_who_ = true;
  auto verdict = judgement(answer);
  if (auto* take = std::get_if<TakeBody>(&verdict)) {
    begin_body(std::move(*take), std::move(answer));
    return true;
  }
  delivery_->answer({}, std::move(answer));
  auto* failure = std::get_if<Failure>(&verdict);
  return failure ? stop(std::move(*failure)) : stop(std::get<StartAnew>(std::move(verdict)));
}

Judgement CurlFetch::judgement(const ResponseHead& head) const {
  if (request_.refuses_redirects() && is_redirect_status(head.status)) {
    return redirect_refused(head.status, told().url, head.location);
  }
  return judge(told().asked, head, std::chrono::time_point_cast<WallTime::duration>(WallTime::clock::now()));
}

ResponseHead CurlFetch::head() const {
  auto head = head_.head();
  head.asked_url = told().url;
  head.effective_url = reached();
  const char* address = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_PRIMARY_IP, &address);
  if (address) head.address = address;
  curl_off_t sent = 0;
  curl_off_t began = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_PRETRANSFER_TIME_T, &sent);
  curl_easy_getinfo(easy_.get(), CURLINFO_STARTTRANSFER_TIME_T, &began);
  head.waited = std::chrono::microseconds(std::max<curl_off_t>(0, began - sent));
  if (head_.is_redirect()) {
    auto location = resolved(head.effective_url, std::string(head_.location()));
    if (location && parse_url(*location)) head.location = *std::move(location);
  }
  // Whatever it says of the file's length, no byte of it follows.
  if (told().http.method == "HEAD") head.content_length = 0;
  return head;
}

void CurlFetch::begin_body(TakeBody take, ResponseHead head) {
  const auto& asked = told().asked;
  const auto place = [&](std::uint64_t offset) { return told().into_offset + (offset - asked.offset); };
  reported_ = place(take.offset);
  body_.emplace(told().into, reported_, take.end ? std::optional(place(*take.end)) : std::nullopt);
  // Small files cost the engine one message; of a large one it wants to know soon, so that more connections can begin.
  const bool is_large = !take.end || *take.end - take.offset > kLargeBody;
  delivery_->answer(std::move(take), std::move(head));
  if (is_large) delivery_->send();
}

bool CurlFetch::take_body(std::span<const std::byte> bytes) {
  if (stopped_ || (!body_ && !will_say_who_ && !decide())) return false;
  if (will_say_who_) return true;
  if (told().until) {
    const std::uint64_t until = told().until->load(std::memory_order_relaxed);
    const std::uint64_t wanted = until - std::min(until, body_->taken());
    if (bytes.size() >= wanted && until != ~std::uint64_t{0})
      return end_early(bytes.first(static_cast<std::size_t>(wanted)));
  }
  if (!body_->has_room(bytes.size())) return stop(bad_answer(told().url, "more than was asked for"));
  if (auto taken = body_->take(bytes); !taken) return stop(local_failure(taken.error()));
  // Of a fast one the engine hears sooner than when its turn comes: what reads behind it must not fall far behind.
  if (body_->end() - reported_ >= kUnreported) {
    delivery_->progress(reported_ = body_->end());
    delivery_->send();
  }
  return true;
}

// Nobody wants what comes behind these bytes.
bool CurlFetch::end_early(std::span<const std::byte> bytes) {
  if (!body_->has_room(bytes.size())) return stop(bad_answer(told().url, "more than was asked for"));
  if (auto taken = body_->take(bytes); !taken) return stop(local_failure(taken.error()));
  return flush() && stop(BodyTaken{body_->end()});
}

bool CurlFetch::flush() {
  auto flushed = body_->flush();
  return flushed || stop(local_failure(flushed.error()));
}

bool CurlFetch::look_after(Clock::time_point now) {
  if (stopped_) return true;  // libcurl is about to say so
  return is_alive(now) ? report() : stop(trouble(CURLE_OPERATION_TIMEDOUT));
}

// libcurl's own check takes the mean of some seconds, and moves a timer with every read.
bool CurlFetch::is_alive(Clock::time_point now) {
  curl_off_t connected_after = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_PRETRANSFER_TIME_T, &connected_after);
  // Until the request is sent it waits for its turn, or for the connection, which has a time-out of its own.
  if (std::exchange(has_received_, false) || connected_after == 0) last_received_ = now;
  return now - last_received_ < options_.stall_timeout;
}

bool CurlFetch::report() {
  if (!body_) return true;
  const bool written = flush();
  if (body_->end() > reported_) delivery_->progress(reported_ = body_->end());
  delivery_->send();
  return written;
}

bool CurlFetch::stop(FetchEnd end) {
  if (!stopped_) stopped_ = std::move(end);
  return false;
}

bool CurlFetch::try_again(CURLcode code) {
  if (stopped_ || body_) return false;
  curl_off_t connected_after = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_PRETRANSFER_TIME_T, &connected_after);
  if (code == CURLE_OK && !will_say_who_) decide();  // an answer without a body
  const bool again = will_say_who_ || (is_unreachable(code, connected_after > 0) && request_.give_up_proxy());
  if (stopped_ || !again) return false;
  will_say_who_ = false;
  head_ = {};
  received_ = 0;
  has_received_ = true;
  detail_.fill('\0');
  easy_ = EasyHandle(curl_easy_init());  // libcurl 7.88 takes no new options for a handle that failed
  return prepare();
}

void CurlFetch::finish(CURLcode code) {
  auto end = end_of(code);
  if (body_ && body_->end() > reported_) delivery_->progress(reported_ = body_->end());
  delivery_->done(std::move(end));
}

FetchEnd CurlFetch::end_of(CURLcode code) {
  // Somebody asks for the login again and again, and never says that it was wrong.
  if (!body_ && code == CURLE_TOO_MANY_REDIRECTS && request_.may_log_in(head_.head().status)) decide();
  if (!stopped_ && body_) flush();
  if (stopped_) return *std::move(stopped_);
  if (!body_) {
    if (head_.is_redirect() && is_end_of_redirects(code)) delivery_->answer({}, head());
    return trouble(code);
  }
  const auto limit = body_->limit();
  if (limit && body_->end() == *limit) return BodyTaken{*limit};  // whatever happened behind the last byte
  if (code != CURLE_OK) return trouble(code);
  if (limit) return cut_short(told().url);
  return BodyTaken{body_->end()};
}

Failure CurlFetch::trouble(CURLcode code) const {
  long os_error = 0;
  long proxy_status = 0;
  curl_off_t connected_after = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &os_error);
  curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  curl_easy_getinfo(easy_.get(), CURLINFO_PRETRANSFER_TIME_T, &connected_after);
  return failure_of(CurlTrouble{.code = code,
                                .url = told().url,
                                .reached = reached(),
                                .proxy = request_.proxy(),
                                .ca_file = told().http.ca_file,
                                .detail = detail_.data(),
                                .os_error = static_cast<int>(os_error),
                                .proxy_status = static_cast<int>(proxy_status),
                                .redirect_status = head_.is_redirect() ? head_.head().status : 0,
                                .connected = connected_after > 0,
                                .answering = head_.started(),
                                .has_certificate = told().http.client_certificate.has_value()});
}

std::string CurlFetch::reached() const {
  const char* url = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_EFFECTIVE_URL, &url);
  return url ? url : told().url;
}

}  // namespace dosvc
