#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/url.h"
#include "engine/transport.h"
#include "transport/curl_handles.h"
#include "transport/curl_options.h"
#include "transport/transport_options.h"

namespace dosvc {

// What a fetch asks, in libcurl's words: sets a handle's options for an attempt, and changes them when libcurl is about
// to follow a redirect. An attempt may be followed by another, through the next proxy or with the headers for a server
// that asked for a login. Must outlive the handles that it set up.
class CurlRequest {
 public:
  explicit CurlRequest(FetchRequest request);

  const FetchRequest& told() const { return request_; }

  // Makes a fresh handle ready; the reason when it can't be asked like that.
  std::optional<Failure> set_up(CURL* easy, const TransportOptions& options);
  // An answer of this status leads from one address to another.
  void follow(CURL* easy, int status, const std::string& from, const std::string& to);

  // The proxy, secrets and all, on the way to where was asked last; empty: none.
  const std::string& proxy() const { return proxy_; }
  // Nobody could be reached there: whether the next attempt goes another way.
  bool give_up_proxy();
  // This address answered 401: whether the next attempt says who asks.
  bool say_who(const std::string& address);

  bool refuses_redirects() const;
  // Whether libcurl has a name and password to try after this status, so that the answer may not be the last.
  bool may_log_in(int status) const;

 private:
  void set_question(CurlOptions& to);
  void set_logins(CurlOptions& to);
  void set_limits(CurlOptions& to, const TransportOptions& options);
  bool set_headers(CURL* easy);
  std::optional<Failure> find_proxy(const std::string& address);
  std::optional<Failure> find_listed_proxy(const Url& url);
  std::vector<std::string>::const_iterator living_choice() const;

  const FetchRequest request_;
  std::string method_;                // of the next request; empty: GET
  bool says_who_ = false;             // with the headers for a server that asked
  HeaderList headers_;                // libcurl reads them whenever it makes a request
  std::string proxy_;                 // for proxy()
  std::string proxy_option_;          // for libcurl, which looks for the exceptions itself
  std::vector<std::string> choices_;  // of the list, for this address
  std::vector<std::string> dead_proxies_;
};

// Where `location` leads as seen from `base`: the full address, or nothing when it is none.
std::optional<std::string> resolved(const std::string& base, const std::string& location);
bool is_https(std::string_view url);

}  // namespace dosvc
