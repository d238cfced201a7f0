#include "transport/proxy_list.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace dosvc {
namespace {

// Takes the next entry off the front of the list; empty when there is none.
std::string_view take_entry(std::string_view& list) {
  constexpr std::string_view kBetween = " \t\r\n;";
  list.remove_prefix(std::min(list.find_first_not_of(kBetween), list.size()));
  const auto entry = list.substr(0, list.find_first_of(kBetween));
  list.remove_prefix(entry.size());
  return entry;
}

// Takes what stands before `mark` off the front, the mark too; nothing when there is no mark.
std::optional<std::string> take_before(std::string_view& text, std::string_view mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return {};
  const auto taken = lower_case(text.substr(0, at));
  text.remove_prefix(at + mark.size());
  return taken;
}

std::optional<std::uint16_t> port_of(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0) return {};
  return port;
}

struct Place {
  std::string_view host;  // an IPv6 address in its brackets
  std::optional<std::string_view> port;
};

// A colon within an IPv6 address isn't that of a port.
Place place_of(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return {text, {}};
  const bool in_address = text.starts_with('[') ? text[colon - 1] != ']' : text.find(':') != colon;
  if (in_address) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

// The one reader of all forms of a host; nothing it leaves out may be left over.
bool is_host(std::string_view host) {
  const auto url = parse_url("http://" + std::string(host) + "/");
  const bool is_ipv6 = host.starts_with('[') && host.find(']') == host.size() - 1;
  return url && (is_ipv6 || url->host == lower_case(host));
}

// As Url has a host: without brackets, an IPv6 address in one form.
std::string pattern_of(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto ipv6 = parse_url("http://[" + std::string(host) + "]/");
  return ipv6 ? ipv6->host : lower_case(host);
}

std::optional<std::uint16_t> usual_port(std::string_view scheme) {
  if (scheme == "http") return 80;
  return scheme == "https" ? 443 : 1080;
}

struct Entry {
  std::string for_scheme;  // empty: for any
  std::string proxy;
};

std::optional<Entry> entry_of(std::string_view text) {
  Entry entry;
  if (auto key = take_before(text, "=")) {
    if (*key != "http" && *key != "https" && *key != "socks" && *key != "ftp") return {};
    entry.for_scheme = *std::move(key);
  }
  const std::string usual = entry.for_scheme == "socks" ? "socks4" : "http";
  const std::string scheme = take_before(text, "://").value_or(usual);
  constexpr std::string_view kSpoken[] = {"http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h"};
  if (std::find(std::begin(kSpoken), std::end(kSpoken), scheme) == std::end(kSpoken)) return {};

  if (text.ends_with('/')) text.remove_suffix(1);
  const Place place = place_of(text);
  const auto port = place.port ? port_of(*place.port) : usual_port(scheme);
  if (!port || !is_host(place.host)) return {};
  entry.proxy = scheme + "://" + lower_case(place.host) + ":" + std::to_string(*port);
  return entry;
}

Error unusable(std::string_view why) {
  return Error{BG_E_INVALID_PROXY_INFO, ErrorContext::transport,
               "the job's list of proxies can't be used: " + std::string(why)};
}

// What is wrong may be a password that doesn't belong here.
Error unusable_entry(std::string_view entry) {
  if (entry.find('@') != std::string_view::npos) {
    return unusable("give name and password of a proxy as credentials, not in the list");
  }
  constexpr std::size_t kShown = 64;
  return unusable("\"" + escaped(entry.substr(0, kShown)) + "\" isn't of the form host:port or http=host:port");
}

// '*' stands for any characters, none too.
bool fits(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, after_star = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after_star = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++after_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool names(std::string_view entry, const Url& address) {
  const auto& host = address.host;
  if (lower_case(entry) == "<local>") return !host.empty() && host.find_first_of(".:") == std::string::npos;
  if (const auto scheme = take_before(entry, "://"); scheme && *scheme != address.scheme) return false;
  const Place place = place_of(entry);
  if (place.port) {
    const auto port = address.port ? address.port : usual_port(address.scheme);
    if (port_of(*place.port) != port) return false;
  }
  return fits(pattern_of(place.host), host);
}

}  // namespace

Result<std::vector<std::string>> listed_proxies(std::string_view list, const Url& address) {
  std::vector<std::string> own, any, socks;
  bool empty = true;
  for (auto text = take_entry(list); !text.empty(); text = take_entry(list)) {
    const auto entry = entry_of(text);
    if (!entry) return unusable_entry(text);
    empty = false;
    if (entry->for_scheme == address.scheme) own.push_back(entry->proxy);
    if (entry->for_scheme == "socks") socks.push_back(entry->proxy);
    if (entry->for_scheme.empty()) any.push_back(entry->proxy);
  }
  if (empty) return unusable("it is empty");
  if (!own.empty()) return own;
  return any.empty() ? socks : any;
}

bool is_bypassed(std::string_view list, const Url& address) {
  for (auto entry = take_entry(list); !entry.empty(); entry = take_entry(list)) {
    if (names(entry, address)) return true;
  }
  return false;
}

}  // namespace dosvc
