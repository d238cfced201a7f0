#include "transport/curl_fetch.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/url.h"
#include "transport/curl_errors.h"
#include "transport/proxy.h"

namespace dosvc {
namespace {

constexpr long kMaxRedirects = 20;
// Few large reads cost less than many small ones; small files don't need the room.
constexpr long kLargeBuffer = 512 * 1024;
constexpr long kSmallBuffer = 64 * 1024;
// Of the bodies of redirects, which nobody wants.
constexpr curl_off_t kMaxUnwantedBody = 1024 * 1024;

bool is_https(std::string_view url) {
  constexpr std::string_view kScheme = "https:";
  return url.size() > kScheme.size() && std::equal(kScheme.begin(), kScheme.end(), url.begin(), [](char a, char b) {
           return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
         });
}

bool has_scheme(std::string_view location) {
  const auto colon = location.find(':');
  return colon != std::string_view::npos && colon < location.find_first_of("/?#");
}

// Sets options until one fails.
class Options {
 public:
  explicit Options(CURL* easy) : easy_(easy) {}
  template <class Value>
  void set(CURLoption option, Value value) {
    if (ok_) ok_ = curl_easy_setopt(easy_, option, value) == CURLE_OK;
  }
  bool ok() const { return ok_; }

 private:
  CURL* easy_;
  bool ok_ = true;
};

}  // namespace

CurlFetch::CurlFetch(std::uint64_t id, FetchRequest request, std::shared_ptr<FetchDelivery> delivery, EasyHandle easy)
    : id_(id), request_(std::move(request)), delivery_(std::move(delivery)), easy_(std::move(easy)) {}

bool CurlFetch::prepare(const TransportOptions& options) {
  const auto& asked = request_.asked;
  stall_timeout_ = options.stall_timeout;
  for (const auto& line : request_.http.headers) {
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return stop(Failure{Error{E_INVALIDARG, ErrorContext::transport,
                                "a request header of the job holds a line break or a zero byte: remove it"},
                          FailureClass::fatal,
                          0,
                          {}});
    }
    if (!add_header(line)) return stop(trouble(CURLE_OUT_OF_MEMORY));
  }
  if (const auto if_range = asked.validator.for_if_range(); asked.offset > 0 && !if_range.empty()) {
    if (!add_header("If-Range: " + std::string(if_range))) return stop(trouble(CURLE_OUT_OF_MEMORY));
  }
  return set_options(options) || stop(trouble(CURLE_OUT_OF_MEMORY));
}

bool CurlFetch::add_header(const std::string& line) {
  auto* longer = curl_slist_append(headers_.get(), line.c_str());
  if (!longer) return false;
  headers_.release();
  headers_.reset(longer);
  return true;
}

bool CurlFetch::set_options(const TransportOptions& options) {
  Options to(easy_.get());
  const auto& http = request_.http;
  const auto& asked = request_.asked;
  to.set(CURLOPT_URL, request_.url.c_str());
  to.set(CURLOPT_PROTOCOLS_STR, "http,https");
  to.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");  // see prepare_redirect()
  to.set(CURLOPT_FOLLOWLOCATION, 1L);
  to.set(CURLOPT_MAXREDIRS, kMaxRedirects);
  to.set(CURLOPT_USERAGENT, options.user_agent.c_str());
  to.set(CURLOPT_HTTPHEADER, headers_.get());
  for (const Credentials& each : http.credentials) {
    if (each.target != AuthTarget::server) continue;
    to.set(CURLOPT_USERNAME, each.user.c_str());
    to.set(CURLOPT_PASSWORD, each.password.c_str());
  }
  if (asked.offset > 0) to.set(CURLOPT_RANGE, (std::to_string(asked.offset) + "-").c_str());
  if (!http.ca_file.empty()) {
    to.set(CURLOPT_CAINFO, http.ca_file.c_str());
    to.set(CURLOPT_CAPATH, nullptr);  // in place of the system's, not beside them
  }

  // Always said: libcurl would ask the environment, which is that of this process and not that of the job's program.
  to.set(CURLOPT_PROXY, proxy_for(request_.url).c_str());
  to.set(CURLOPT_NOPROXY, http.no_proxy.c_str());
  to.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);

  to.set(CURLOPT_NOSIGNAL, 1L);
  to.set(CURLOPT_QUICK_EXIT, 1L);  // else giving up during a name look-up waits for its end
  to.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  const bool is_small = asked.size && *asked.size - std::min(*asked.size, asked.offset) <= kSmallBuffer;
  to.set(CURLOPT_BUFFERSIZE, is_small ? kSmallBuffer : kLargeBuffer);

  to.set(CURLOPT_ERRORBUFFER, detail_.data());
  to.set(CURLOPT_PRIVATE, this);
  to.set(CURLOPT_HEADERFUNCTION, &CurlFetch::header_came);
  to.set(CURLOPT_HEADERDATA, this);
  to.set(CURLOPT_WRITEFUNCTION, &CurlFetch::body_came);
  to.set(CURLOPT_WRITEDATA, this);
  to.set(CURLOPT_NOPROGRESS, 0L);
  to.set(CURLOPT_XFERINFOFUNCTION, &CurlFetch::bytes_came);
  to.set(CURLOPT_XFERINFODATA, this);
  return to.ok();
}

const std::string& CurlFetch::proxy_for(std::string_view url) const {
  return is_https(url) ? request_.http.https_proxy : request_.http.http_proxy;
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
  self.stop(bad_answer(self.request_.url, "a redirect that goes on and on"));
  return 1;
}

bool CurlFetch::take_header(std::string_view line) {
  has_received_ = true;
  if (stopped_) return false;
  switch (head_.add(line)) {
    case AnswerHead::After::too_large:
      return stop(bad_answer(request_.url, "headers that are too large"));
    case AnswerHead::After::complete:
      if (body_) return true;  // trailers
      // libcurl follows these; one that it doesn't is judged when its body comes or it ends.
      if (head_.is_redirect()) {
        prepare_redirect();
        return true;
      }
      return decide();
    default:
      return true;
  }
}

// What the next request of this fetch may do follows from where this answer came from and points to.
void CurlFetch::prepare_redirect() {
  const auto from = reached();
  if (is_https(from)) curl_easy_setopt(easy_.get(), CURLOPT_REDIR_PROTOCOLS_STR, "https");
  const auto to = head_.location();
  curl_easy_setopt(easy_.get(), CURLOPT_PROXY, proxy_for(has_scheme(to) ? to : std::string_view(from)).c_str());
}

// Asks judge() about the answer; false ends the fetch.
bool CurlFetch::decide() {
  if (head_.length_is_unclear()) return stop(bad_answer(request_.url, "lengths that contradict each other"));
  auto head = head_.head();
  head.effective_url = reached();
  const auto now = std::chrono::time_point_cast<WallTime::duration>(WallTime::clock::now());
  auto judgement = judge(request_.asked, head, now);
  if (auto* failure = std::get_if<Failure>(&judgement)) return stop(std::move(*failure));
  if (auto* anew = std::get_if<StartAnew>(&judgement)) return stop(std::move(*anew));
  auto& take = std::get<TakeBody>(judgement);
  body_.emplace(request_.into, take.offset, take.size);
  reported_ = take.offset;
  delivery_->answer(std::move(take), std::move(head));
  return true;
}

bool CurlFetch::take_body(std::span<const std::byte> bytes) {
  if (stopped_ || (!body_ && !decide())) return false;
  if (!body_->has_room(bytes.size())) return stop(bad_answer(request_.url, "more than the file's size"));
  if (auto taken = body_->take(bytes); !taken) return stop(failed_to_write(taken.error()));
  return true;
}

bool CurlFetch::flush() {
  auto flushed = body_->flush();
  return flushed || stop(failed_to_write(flushed.error()));
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
  return now - last_received_ < stall_timeout_;
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

void CurlFetch::finish(CURLcode code) {
  auto end = end_of(code);
  if (body_ && body_->end() > reported_) delivery_->progress(reported_ = body_->end());
  delivery_->done(std::move(end));
}

FetchEnd CurlFetch::end_of(CURLcode code) {
  if (!stopped_ && !body_ && code == CURLE_OK) decide();  // an answer without a body
  if (!stopped_ && body_) flush();
  if (stopped_) return *std::move(stopped_);
  if (!body_) return trouble(code);
  const auto size = body_->size();
  if (size && body_->end() == *size) return BodyTaken{*size};  // whatever happened behind the last byte
  if (code != CURLE_OK) return trouble(code);
  if (size) return cut_short(request_.url);
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
                                .url = request_.url,
                                .reached = reached(),
                                .proxy = proxy_on_the_way(),
                                .ca_file = request_.http.ca_file,
                                .detail = detail_.data(),
                                .os_error = static_cast<int>(os_error),
                                .proxy_status = static_cast<int>(proxy_status),
                                .redirect_status = head_.is_redirect() ? head_.head().status : 0,
                                .connected = connected_after > 0,
                                .answering = head_.started()});
}

// Empty when the last request was to go to its server directly.
std::string CurlFetch::proxy_on_the_way() const {
  const auto url = reached();
  const auto parts = parse_url(url);
  return parts && is_proxy_exception(parts->host, request_.http.no_proxy) ? std::string() : proxy_for(url);
}

std::string CurlFetch::reached() const {
  const char* url = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_EFFECTIVE_URL, &url);
  return url ? url : request_.url;
}

}  // namespace dosvc
