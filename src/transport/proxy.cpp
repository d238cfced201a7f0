#include "transport/proxy.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include "base/text.h"

namespace dosvc {
namespace {

struct Address {
  std::array<unsigned char, 16> bytes{};
  unsigned bits = 0;
};

std::optional<Address> address_of(std::string_view text) {
  Address address;
  const std::string ended(text);
  if (::inet_pton(AF_INET, ended.c_str(), address.bytes.data()) == 1) {
    address.bits = 32;
  } else if (::inet_pton(AF_INET6, ended.c_str(), address.bytes.data()) == 1) {
    address.bits = 128;
  } else {
    return {};
  }
  return address;
}

// `range` is an address, or one with the number of bits that count behind a slash.
bool lies_in(const Address& address, std::string_view range) {
  const auto slash = range.find('/');
  const auto base = address_of(range.substr(0, slash));
  if (!base || base->bits != address.bits) return false;
  unsigned bits = address.bits;
  if (slash != std::string_view::npos) {
    const auto digits = range.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc() || end != digits.data() + digits.size() || bits > address.bits) return false;
  }
  const unsigned whole = bits / 8;
  if (!std::equal(base->bytes.begin(), base->bytes.begin() + whole, address.bytes.begin())) return false;
  return bits % 8 == 0 || (base->bytes[whole] ^ address.bytes[whole]) >> (8 - bits % 8) == 0;
}

// The domain itself, or a name within it.
bool is_of_domain(std::string_view host, std::string_view domain) {
  if (domain.starts_with('.')) domain.remove_prefix(1);
  if (domain.ends_with('.')) domain.remove_suffix(1);
  if (domain.empty() || host.size() < domain.size()) return false;
  const auto before = host.size() - domain.size();
  return same_but_for_case(host.substr(before), domain) && (before == 0 || host[before - 1] == '.');
}

}  // namespace

bool is_usable_proxy(const std::string& proxy) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> url(curl_url(), &curl_url_cleanup);
  if (!url) return true;  // libcurl will say that memory is short
  constexpr unsigned kAsLibcurl = CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME;
  if (curl_url_set(url.get(), CURLUPART_URL, proxy.c_str(), kAsLibcurl) != CURLUE_OK) return false;
  const auto end = proxy.find("://");
  if (end == std::string::npos) return true;  // http
  constexpr std::string_view kSpoken[] = {"http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h"};
  const std::string_view scheme(proxy.data(), end);
  return std::any_of(std::begin(kSpoken), std::end(kSpoken),
                     [&](auto spoken) { return same_but_for_case(scheme, spoken); });
}

bool is_proxy_exception(std::string_view host, std::string_view no_proxy) {
  if (no_proxy == "*") return true;
  if (host.ends_with('.')) host.remove_suffix(1);
  const auto address = address_of(host);
  constexpr std::string_view kBetween = " \t,";
  while (true) {
    const auto begin = no_proxy.find_first_not_of(kBetween);
    if (begin == std::string_view::npos) return false;
    no_proxy.remove_prefix(begin);
    const auto item = no_proxy.substr(0, no_proxy.find_first_of(kBetween));
    if (address ? lies_in(*address, item) : is_of_domain(host, item)) return true;
    no_proxy.remove_prefix(item.size());
  }
}

std::string without_user_info(std::string_view proxy) {
  const auto scheme_end = proxy.find("://");
  const auto begin = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  const auto at = proxy.rfind('@');
  if (at == std::string_view::npos || at < begin) return std::string(proxy);
  return std::string(proxy.substr(0, begin)).append(proxy.substr(at + 1));
}

std::string without_socket_path(const std::string& proxy) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> url(curl_url(), &curl_url_cleanup);
  const auto part = [&url](CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(url.get(), which, &text, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) return std::string();
    std::string copy = text;
    curl_free(text);
    return copy;
  };
  // Of what isn't an address, or one of HTTP, libcurl makes no socket.
  constexpr unsigned kAsLibcurl = CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME;
  if (!url || curl_url_set(url.get(), CURLUPART_URL, proxy.c_str(), kAsLibcurl) != CURLUE_OK) return proxy;
  if (!lower_case(part(CURLUPART_SCHEME)).starts_with("socks") || part(CURLUPART_PATH) == "/") return proxy;
  if (curl_url_set(url.get(), CURLUPART_PATH, "/", 0) != CURLUE_OK) return {};
  return part(CURLUPART_URL);
}

std::string redacted_proxy(std::string_view proxy) {
  std::string shown;
  if (const auto end = proxy.find("://"); end != std::string_view::npos) {
    shown = proxy.substr(0, end + 3);
    proxy.remove_prefix(end + 3);
  }
  const auto host = without_user_info(proxy);
  if (host.size() != proxy.size()) shown += "***@";
  return escaped(shown.append(host.substr(0, host.find_first_of("/?#"))));
}

}  // namespace dosvc
