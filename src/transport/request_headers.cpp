#include "transport/request_headers.h"

#include "core/names.h"

namespace dosvc {
namespace {

void add(std::vector<std::string>& lines, const std::vector<std::string>& given) {
  for (const std::string& line : given) {
    const auto colon = line.find(':');
    const auto name = line.substr(0, colon);
    if (is_reserved_header(name)) continue;
    // libcurl takes "Name:" for a wish to leave out a header of its own.
    const bool empty = line.find_first_not_of(" \t", colon + 1) == std::string::npos;
    lines.push_back(empty ? name + ";" : line);
  }
}

}  // namespace

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
