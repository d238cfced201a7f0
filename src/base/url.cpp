#include "base/url.h"

#include "base/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace dosvc {
namespace {

// Our own classes: those of <cctype> change with the locale.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
constexpr bool is_printable(char c) { return c > ' ' && c < '\x7f'; }

Error invalid(std::string why) {
  return Error{E_INVALIDARG, ErrorContext::none, "the URL isn't valid: " + std::move(why)};
}

bool is_ipv4_address(std::string_view text) {
  unsigned char bytes[4];
  return ::inet_pton(AF_INET, std::string(text).c_str(), bytes) == 1;
}

// In one of its many forms, always the same, so that texts can be compared.
Result<std::string> ipv6_address(std::string_view text) {
  unsigned char bytes[16];
  char plain[INET6_ADDRSTRLEN];
  if (::inet_pton(AF_INET6, std::string(text).c_str(), bytes) != 1) {
    return invalid("what stands in brackets isn't an IPv6 address");
  }
  return std::string(::inet_ntop(AF_INET6, bytes, plain, sizeof plain));
}

// Whether some reader would take this last part of a name for a number, and so the whole for an IPv4 address.
bool is_number(std::string_view label) {
  if (label.starts_with("0x")) return true;
  return std::all_of(label.begin(), label.end(), is_digit);
}

Result<void> check_host_name(std::string_view host) {
  constexpr std::size_t kMaxHostLength = 253;  // of a name in DNS
  constexpr std::size_t kMaxLabelLength = 63;
  if (host.ends_with('.')) host.remove_suffix(1);  // the root, which may be written
  if (host.empty()) return invalid("it names no host");
  if (host.size() > kMaxHostLength) return invalid("the host name is too long");
  const std::string_view whole = host;
  std::string_view label;
  while (true) {
    label = host.substr(0, host.find('.'));
    if (label.empty() || label.size() > kMaxLabelLength) {
      return invalid("a part of the host name is empty or too long");
    }
    for (char c : label) {
      if (!is_letter(c) && !is_digit(c) && c != '-' && c != '_') {
        return invalid("the host name holds a character that host names can't have");
      }
    }
    if (label.size() == host.size()) break;
    host.remove_prefix(label.size() + 1);
  }
  if (is_number(label) && !is_ipv4_address(whole)) {
    return invalid("the host looks like an IPv4 address, but isn't one of four numbers from 0 to 255");
  }
  return {};
}

Result<void> check_user_info(std::string_view user_info) {
  for (char c : user_info) {
    if (!is_letter(c) && !is_digit(c) && !is_one_of(c, "-._~!$&'()*+,;=:%")) {
      return invalid("the part before '@' holds a character that must be percent-encoded there");
    }
  }
  return {};
}

Result<std::uint16_t> parse_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  constexpr std::size_t kMaxDigits = 5;
  if (text.size() > kMaxDigits || error != std::errc() || end != text.data() + text.size() || port < 1 ||
      port > 65535) {
    return invalid("the port isn't a number from 1 to 65535");
  }
  return static_cast<std::uint16_t>(port);
}

// [user-info@]host[:port]
Result<void> parse_authority(std::string_view text, Url& url) {
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    DO_TRY(check_user_info(text.substr(0, at)));
    url.user_info = text.substr(0, at);
    text.remove_prefix(at + 1);
  }
  std::string_view after_host;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return invalid("the bracket of an IPv6 address isn't closed");
    url.host = DO_TRY(ipv6_address(text.substr(1, close - 1)));
    after_host = text.substr(close + 1);
  } else {
    const auto host = text.substr(0, text.find(':'));
    url.host = lower_case(host);
    DO_TRY(check_host_name(url.host));
    after_host = text.substr(host.size());
  }
  if (after_host.empty()) return {};
  if (!after_host.starts_with(':')) return invalid("something other than a port follows the host");
  url.port = DO_TRY(parse_port(after_host.substr(1)));
  return {};
}

Result<std::string> parse_scheme(std::string_view text) {
  constexpr std::size_t kMaxShown = 32;
  const auto scheme = text.substr(0, text.find(':'));
  const auto in_scheme = [](char c) { return is_letter(c) || is_digit(c) || is_one_of(c, "+-."); };
  if (scheme.size() == text.size() || scheme.empty() || scheme.size() > kMaxShown || !is_letter(scheme.front()) ||
      !std::all_of(scheme.begin(), scheme.end(), in_scheme)) {
    return invalid("it doesn't begin with http:// or https://");
  }
  std::string name = lower_case(scheme);
  if (name != "http" && name != "https") {
    return invalid("the scheme \"" + name + "\" isn't supported, only http and https are");
  }
  return name;
}

// "name=value&token" becomes "name=***&***". An item that is all name is as likely to be a secret as a value is, a
// trailing '=' being the padding of base64.
std::string without_values(std::string_view query) {
  std::string out;
  while (true) {
    const auto item = query.substr(0, query.find_first_of("&;"));
    const auto name = item.substr(0, item.find('='));
    if (item.find_first_not_of('=', name.size()) != std::string_view::npos) out.append(name).append("=");
    if (!item.empty()) out += "***";
    if (item.size() == query.size()) return out;
    out += query[item.size()];
    query.remove_prefix(item.size() + 1);
  }
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kMaxUrlLength) {
    return invalid("it is longer than " + std::to_string(kMaxUrlLength) + " characters");
  }
  if (!std::all_of(text.begin(), text.end(), is_printable)) {
    return invalid("it holds a space, a control character or a character outside ASCII, which must be percent-encoded");
  }
  Url url;
  url.scheme = DO_TRY(parse_scheme(text));
  text.remove_prefix(url.scheme.size() + 1);
  if (!text.starts_with("//")) return invalid("it doesn't begin with http:// or https://");
  text.remove_prefix(2);

  const auto authority = text.substr(0, text.find_first_of("/?#"));
  DO_TRY(parse_authority(authority, url));
  text.remove_prefix(authority.size());
  text = text.substr(0, text.find('#'));

  const auto path = text.substr(0, text.find('?'));
  if (is_one_of('\\', path)) return invalid("its path holds a backslash");
  url.path = path.empty() ? "/" : path;
  if (path.size() < text.size()) url.query = text.substr(path.size() + 1);
  return url;
}

std::string Url::text() const {
  std::string out = scheme + "://";
  if (!user_info.empty()) out += user_info + '@';
  out += host.find(':') == std::string::npos ? host : '[' + host + ']';
  if (port) out += ':' + std::to_string(*port);
  out += path;
  if (!query.empty()) out += '?' + query;
  return out;
}

bool same_server(std::string_view a, std::string_view b) {
  const auto port_of = [](const Url& url) { return url.port.value_or(url.scheme == "https" ? 443 : 80); };
  const auto one = parse_url(a);
  const auto other = parse_url(b);
  return one && other && one->scheme == other->scheme && one->host == other->host && port_of(*one) == port_of(*other);
}

std::string redacted(const Url& url) {
  Url shown = url;
  if (!shown.user_info.empty()) {
    const auto colon = shown.user_info.find(':');
    shown.user_info = colon == std::string::npos ? "***" : shown.user_info.substr(0, colon) + ":***";
  }
  if (!shown.query.empty()) shown.query = without_values(shown.query);
  return shown.text();
}

std::string redacted(std::string_view text) {
  const auto url = parse_url(text);
  return url ? redacted(*url) : "(not a valid URL)";
}

}  // namespace dosvc
