#include "transport/request_headers.h"

#include <strings.h>

#include <algorithm>

namespace dosvc {
namespace {

bool same_letters(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

void add(std::vector<std::string>& lines, const std::vector<std::string>& given) {
  for (const std::string& line : given) {
    const auto colon = line.find(':');
    const auto name = line.substr(0, colon);
    if (is_transports_own(name)) continue;
    // libcurl takes "Name:" for a wish to leave out a header of its own.
    const bool empty = line.find_first_not_of(" \t", colon + 1) == std::string::npos;
    lines.push_back(empty ? name + ";" : line);
  }
}

}  // namespace

bool is_transports_own(std::string_view header_name) {
  constexpr std::string_view kOwn[] = {
      "connection",       "content-length", "expect", "http2-settings", "if-range",          "keep-alive",
      "proxy-connection", "range",          "te",     "trailer",        "transfer-encoding", "upgrade"};
  return std::any_of(std::begin(kOwn), std::end(kOwn), [&](auto own) { return same_letters(own, header_name); });
}

std::vector<std::string> request_headers(const HttpOptions& http, const Asked& asked, std::string_view method,
                                         bool with_auth_headers) {
  std::vector<std::string> lines;
  add(lines, http.headers);
  if (with_auth_headers) add(lines, http.auth_headers);
  const bool continues = asked.part ? asked.holds_bytes : asked.offset > 0;
  if (const auto version = asked.validator.for_if_range(); continues && !version.empty()) {
    lines.push_back("If-Range: " + std::string(version));
  }
  // RFC 9110, section 8.6: a method that may have content says when there is none. Some servers insist.
  if (method == "POST" || method == "PUT" || method == "PATCH") lines.emplace_back("Content-Length: 0");
  return lines;
}

}  // namespace dosvc
