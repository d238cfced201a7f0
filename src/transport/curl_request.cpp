#include "transport/curl_request.h"

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "base/url.h"
#include "core/names.h"
#include "transport/curl_errors.h"
#include "transport/login.h"
#include "transport/proxy.h"
#include "transport/proxy_list.h"
#include "transport/request_headers.h"
#include "transport/tls_rules.h"

namespace dosvc {
namespace {

constexpr long kMaxRedirects = 20;
// Few large reads cost less than many small ones; small files don't need the room.
constexpr long kLargeBuffer = 512 * 1024;
constexpr long kSmallBuffer = 64 * 1024;

std::optional<Failure> check_lines(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    if (auto good = check_header(line); !good) {
      return Failure{
          Error{good.error().code, ErrorContext::transport, good.error().message}, FailureClass::fatal, 0, {}};
    }
  }
  return {};
}

Failure failed_to_set_up(CURLcode code, const std::string& url) {
  if (code != CURLE_OUT_OF_MEMORY) return not_possible_here(url);
  return failure_of(CurlTrouble{.code = code, .url = url});
}

// What it became with the redirect, as in browsers: RFC 9110, section 15.4.
std::string method_after(int status, const std::string& method) {
  const bool becomes_get = status == 303 ? method != "HEAD" : (status == 301 || status == 302) && method == "POST";
  return becomes_get ? std::string() : method;
}

}  // namespace

CurlRequest::CurlRequest(FetchRequest request)
    : request_([&] {
        note_wishes(request.asked, request.http);
        return std::move(request);
      }()) {}

bool is_https(std::string_view url) { return same_but_for_case(url.substr(0, 6), "https:"); }

std::optional<std::string> resolved(const std::string& base, const std::string& location) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> url(curl_url(), &curl_url_cleanup);
  if (!url || curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK) return {};
  if (curl_url_set(url.get(), CURLUPART_URL, location.c_str(), CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE) !=
      CURLUE_OK) {
    return {};
  }
  char* text = nullptr;
  if (curl_url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, void (*)(void*)> owned(text, &curl_free);
  return std::string(text);
}

std::optional<Failure> CurlRequest::set_up(CURL* easy, const TransportOptions& options) {
  method_ = request_.http.method;
  if (auto bad = check_lines(request_.http.headers)) return bad;
  if (auto bad = check_lines(request_.http.auth_headers)) return bad;
  if (auto unusable = find_proxy(request_.url)) return unusable;
  CurlOptions to(easy);
  set_question(to);
  set_logins(to);
  set_tls(to, request_.http, request_.trusted.get());
  set_forgiveness(to, request_.http, proxy_option_);
  // Always said: libcurl would ask the environment, which is that of this process and not that of the job's program.
  to.set(CURLOPT_PROXY, proxy_option_.c_str());
  const bool from_environment = request_.http.proxy.usage != ProxyUsage::listed;
  to.set(CURLOPT_NOPROXY, from_environment ? request_.http.no_proxy.c_str() : "");
  to.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set_limits(to, options);
  to.set(CURLOPT_USERAGENT, options.user_agent.c_str());
  if (!set_headers(easy)) to.fail(CURLE_OUT_OF_MEMORY);
  if (to.code() != CURLE_OK) return failed_to_set_up(to.code(), request_.url);
  return {};
}

void CurlRequest::set_question(CurlOptions& to) {
  const auto& asked = request_.asked;
  to.set(CURLOPT_URL, request_.url.c_str());
  to.set(CURLOPT_PROTOCOLS_STR, "http,https");
  to.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");  // see follow()
  to.set(CURLOPT_FOLLOWLOCATION, refuses_redirects() ? 0L : 1L);
  to.set(CURLOPT_MAXREDIRS, kMaxRedirects);
  // Streams of one connection of HTTP/2 would share what one connection gets of the line.
  if (request_.beside) to.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  if (method_ == "HEAD") to.set(CURLOPT_NOBODY, 1L);
  if (!method_.empty()) to.set(CURLOPT_CUSTOMREQUEST, method_.c_str());
  if (!asked.part && asked.offset == 0) return;
  std::string range = std::to_string(asked.offset) + "-";
  if (asked.end) range += std::to_string(*asked.end - 1);
  to.set(CURLOPT_RANGE, range.c_str());
}

void CurlRequest::set_logins(CurlOptions& to) {
  if (const auto login = login_for(AuthTarget::server, request_.http.credentials)) {
    to.set(CURLOPT_USERNAME, login->user.c_str());
    to.set(CURLOPT_PASSWORD, login->password.c_str());
    to.set(CURLOPT_HTTPAUTH, static_cast<long>(login->schemes));
  }
  if (const auto login = login_for(AuthTarget::proxy, request_.http.credentials)) {
    to.set(CURLOPT_PROXYUSERNAME, login->user.c_str());
    to.set(CURLOPT_PROXYPASSWORD, login->password.c_str());
    to.set(CURLOPT_PROXYAUTH, static_cast<long>(login->schemes));
  }
}

void CurlRequest::set_limits(CurlOptions& to, const TransportOptions& options) {
  const auto& asked = request_.asked;
  to.set(CURLOPT_NOSIGNAL, 1L);
  // Many files of one server share a connection where the server speaks HTTP/2: who comes while the first connection is
  // being made waits to see. In the clear that is known beforehand: HTTP/1.1, and a connection each.
  if (is_https(request_.url)) to.set(CURLOPT_PIPEWAIT, 1L);
  to.set(CURLOPT_QUICK_EXIT, 1L);  // else giving up during a name look-up waits for its end
  to.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  const auto end = asked.end ? asked.end : asked.size;
  const bool is_small = end && *end - std::min(*end, asked.offset) <= kSmallBuffer;
  to.set(CURLOPT_BUFFERSIZE, is_small ? kSmallBuffer : kLargeBuffer);
}

bool CurlRequest::set_headers(CURL* easy) {
  HeaderList list;
  for (const auto& line : request_headers(request_.http, request_.asked, method_, says_who_)) {
    auto* longer = curl_slist_append(list.get(), line.c_str());
    if (!longer) return false;
    list.release();
    list.reset(longer);
  }
  if (curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list.get()) != CURLE_OK) return false;
  headers_ = std::move(list);
  return true;
}

// What the next request may do follows from where this answer came from and points to.
void CurlRequest::follow(CURL* easy, int status, const std::string& from, const std::string& to) {
  const bool may_fall_back = request_.http.security_flags & security::kRedirectToHttp;
  if (is_https(from) && !may_fall_back) curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
  if (!find_proxy(to)) {
    CurlOptions way(easy);
    way.set(CURLOPT_PROXY, proxy_option_.c_str());
    set_forgiveness(way, request_.http, proxy_option_);
  }

  const auto method = method_after(status, method_);
  const bool says_who = says_who_ && same_server(request_.url, to);
  if (method == method_ && says_who == says_who_) return;
  method_ = method;
  says_who_ = says_who;
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method_.empty() ? nullptr : method_.c_str());
  // Rather none than those of the server before.
  if (!set_headers(easy)) curl_easy_setopt(easy, CURLOPT_HTTPHEADER, nullptr);
}

std::optional<Failure> CurlRequest::find_proxy(const std::string& address) {
  const auto& http = request_.http;
  proxy_.clear();
  proxy_option_.clear();
  choices_.clear();
  if (http.proxy.usage == ProxyUsage::none) return {};
  // libcurl is laxer in what it takes for an address; of such a one the scheme is known.
  auto parsed = parse_url(address);
  const Url url = parsed ? parsed.take() : Url{.scheme = is_https(address) ? "https" : "http"};
  if (http.proxy.usage == ProxyUsage::listed) return find_listed_proxy(url);
  proxy_option_ = without_socket_path(url.scheme == "https" ? http.https_proxy : http.http_proxy);
  // libcurl would take those in the proxy's address in place of the job's.
  if (login_for(AuthTarget::proxy, http.credentials)) proxy_option_ = without_user_info(proxy_option_);
  if (!is_proxy_exception(url.host, http.no_proxy)) proxy_ = proxy_option_;
  return {};
}

std::optional<Failure> CurlRequest::find_listed_proxy(const Url& url) {
  auto found = listed_proxies(request_.http.proxy.proxies, url);
  if (!found) return Failure{found.error(), FailureClass::fatal, 0, {}};
  if (is_bypassed(request_.http.proxy.bypass, url)) return {};
  choices_ = found.take();
  if (choices_.empty()) return {};
  const auto alive = living_choice();
  proxy_ = proxy_option_ = alive == choices_.end() ? choices_.front() : *alive;
  return {};
}

std::vector<std::string>::const_iterator CurlRequest::living_choice() const {
  return std::find_if(choices_.begin(), choices_.end(), [&](const std::string& proxy) {
    return std::find(dead_proxies_.begin(), dead_proxies_.end(), proxy) == dead_proxies_.end();
  });
}

bool CurlRequest::give_up_proxy() {
  if (choices_.empty()) return false;
  dead_proxies_.push_back(proxy_);
  return living_choice() != choices_.end();
}

bool CurlRequest::say_who(const std::string& address) {
  if (says_who_ || request_.http.auth_headers.empty()) return false;
  says_who_ = is_https(request_.url) && same_server(request_.url, address);
  return says_who_;
}

bool CurlRequest::refuses_redirects() const {
  return (request_.http.security_flags & security::kRedirectPolicy) == security::kRedirectRefused;
}

bool CurlRequest::may_log_in(int status) const {
  constexpr int kUnauthorized = 401;
  constexpr int kProxyAuthenticationRequired = 407;
  if (status != kUnauthorized && status != kProxyAuthenticationRequired) return false;
  const auto target = status == kUnauthorized ? AuthTarget::server : AuthTarget::proxy;
  return login_for(target, request_.http.credentials).has_value();
}

}  // namespace dosvc
