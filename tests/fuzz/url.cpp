// Addresses: the first line is one, the second what a server says in Location.

#include <arpa/inet.h>
#include <curl/curl.h>

#include <memory>
#include <string>

#include "base/text.h"
#include "base/url.h"
#include "core/names.h"
#include "fuzz/input.h"
#include "transport/curl_request.h"

using namespace dosvc;

namespace {

// One part of an address as libcurl reads it; empty when there is none.
std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, void (*)(void*)> owned(text, &curl_free);
  return text;
}

// "a" and "a:b" as they are; libcurl doesn't tell "a:" from "a".
std::string user_info_of(CURLU* url) {
  const auto user = part_of(url, CURLUPART_USER), password = part_of(url, CURLUPART_PASSWORD);
  return password.empty() ? user : user + ':' + password;
}

std::string told_user_info(const std::string& user_info) {
  const bool no_password = !user_info.empty() && user_info.find(':') == user_info.size() - 1;
  return no_password ? user_info.substr(0, user_info.size() - 1) : user_info;
}

// As Url has it, however libcurl writes an IPv6 address.
std::string plain_host(std::string host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  unsigned char bytes[16];
  char text[INET6_ADDRSTRLEN];
  if (::inet_pton(AF_INET6, host.c_str(), bytes) != 1) return lower_case(host);
  return ::inet_ntop(AF_INET6, bytes, text, sizeof text);
}

// libcurl, which asks the server in the end, must not see another one in it than we do.
void must_be_read_alike(std::string_view text, const Url& url) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> other(curl_url(), &curl_url_cleanup);
  if (curl_url_set(other.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_PATH_AS_IS) != CURLUE_OK) return;
  must(plain_host(part_of(other.get(), CURLUPART_HOST)) == url.host, "libcurl sees the same host");
  must(part_of(other.get(), CURLUPART_SCHEME) == url.scheme, "libcurl sees the same scheme");
  must(part_of(other.get(), CURLUPART_PORT) == (url.port ? std::to_string(*url.port) : ""), "and the same port");
  must(user_info_of(other.get()) == told_user_info(url.user_info), "and the same user and password");
  must(part_of(other.get(), CURLUPART_PATH) == url.path, "and the same path");
  must(part_of(other.get(), CURLUPART_QUERY) == url.query, "and the same query");
}

// The same address with other secrets in it.
std::string with_other_values(std::string_view query) {
  std::string out;
  while (true) {
    const auto item = query.substr(0, query.find_first_of("&;"));
    const auto equals = item.find('=');
    const bool has_value = equals != item.npos && item.find_first_not_of('=', equals) != item.npos;
    if (has_value) out.append(item.substr(0, equals + 1));
    if (!item.empty()) out += "another";
    if (item.size() == query.size()) return out;
    out += query[item.size()];
    query.remove_prefix(item.size() + 1);
  }
}

Url with_other_secrets(Url url) {
  if (!url.user_info.empty()) {
    const auto colon = url.user_info.find(':');
    url.user_info.replace(colon == url.user_info.npos ? 0 : colon + 1, url.user_info.npos, "another");
  }
  url.query = with_other_values(url.query);
  return url;
}

void must_lead_somewhere(const std::string& base, const std::string& location) {
  const auto leads_to = resolved(base, location);
  if (!leads_to) return;
  must(!same_server(*leads_to, base) || same_server(base, *leads_to), "servers are the same in either order");
  must(redacted(*leads_to).find('\n') == std::string::npos, "what is shown of it is one line");
  const bool is_path = location.starts_with('/') && location.find_first_of("/\\", 1) != 1;
  if (is_path && parse_url(*leads_to)) must(same_server(base, *leads_to), "a path leads nowhere else");
  if (parse_url(location)) must(same_server(location, *leads_to), "an address leads to where it says");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const std::string text(input.line()), location(input.line());
  const auto url = parse_url(text);
  must(check_remote_name(text).ok() == url.ok(), "a remote name is a URL");
  if (!url) {
    constexpr std::size_t kLongest = 160;
    must(url.error().code == E_INVALIDARG && url.error().message.size() < kLongest, "a refusal shows little of it");
    must(redacted(text) == "(not a valid URL)", "nothing is shown of what is no URL");
    return 0;
  }
  const bool is_ipv6 = url->host.find(':') != url->host.npos;
  must(is_ipv6 || url->text().size() <= text.size() + 1, "it doesn't grow, but for the path that was left out");
  const auto again = parse_url(url->text());
  must(!again || *again == *url, "written anew it is the same");
  must(again || url->text().size() > kMaxUrlLength, "written anew it is one");
  must(same_server(text, text), "a server is the same as itself");
  must_be_read_alike(text, *url);
  must(redacted(*url) == redacted(with_other_secrets(*url)), "no secret is seen in what is shown");
  must(redacted(text) == redacted(*url), "and none in the text");
  must_lead_somewhere(text, location);
  return 0;
}
