#include "core/remote_host.h"

#include "base/url.h"

#include <algorithm>
#include <utility>

namespace dosvc {
namespace {

// "http://[::1]:3128" and "127.0.0.1:3128" as well as lists of such: good enough to tell whether the network may be
// asked for in vain, for a job that is started without one only fails and waits.
bool names_this_machine(std::string_view proxies) {
  constexpr std::string_view kBetween = " ;,/@=";
  while (!proxies.empty()) {
    const std::size_t end = std::min(proxies.find_first_of(kBetween), proxies.size());
    std::string_view word = proxies.substr(0, end);
    if (word.starts_with('[')) {
      word = word.substr(1, word.find(']') - 1);
    } else {
      word = word.substr(0, word.find(':'));
    }
    if (is_loopback(word)) return true;
    proxies.remove_prefix(std::min(end + 1, proxies.size()));
  }
  return false;
}

std::uint16_t port_of(const Url& url) {
  if (url.port) return *url.port;
  return url.scheme == "https" ? 443 : 80;
}

}  // namespace

bool is_loopback(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host == "localhost" || host.ends_with(".localhost") || host == "::1") return true;
  if (host.starts_with("::ffff:")) host.remove_prefix(7);
  // A name can begin so, too; only digits and dots make an address.
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

RemoteHost remote_host(uid_t owner, const HttpOptions& http, const DefaultProxy& default_proxy, std::string_view url) {
  const auto parsed = parse_url(url);
  if (!parsed) return {};
  RemoteHost host;
  host.key =
      std::to_string(owner) + " " + parsed->scheme + "://" + parsed->host + ":" + std::to_string(port_of(*parsed));
  std::string proxies;
  if (http.proxy.usage == ProxyUsage::listed) {
    proxies = http.proxy.proxies;
  } else if (http.proxy.usage != ProxyUsage::none) {
    const bool own = !http.http_proxy.empty() || !http.https_proxy.empty() || !http.no_proxy.empty();
    if (parsed->scheme == "https") {
      proxies = own ? http.https_proxy : default_proxy.https;
    } else {
      proxies = own ? http.http_proxy : default_proxy.http;
    }
  }
  host.on_this_machine = is_loopback(parsed->host) || names_this_machine(proxies);
  if (!proxies.empty()) host.key += " by " + proxies;
  return host;
}

}  // namespace dosvc
