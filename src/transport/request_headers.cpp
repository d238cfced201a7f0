#include "transport/request_headers.h"

#include <algorithm>

#include "base/text.h"
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

// The value of a header of the program's own; nothing when it has none of that name.
std::optional<std::string> value_of(const HttpOptions& http, std::string_view name) {
  for (const auto* lines : {&http.headers, &http.auth_headers}) {
    for (const std::string& line : *lines) {
      const auto colon = line.find(':');
      if (colon != std::string::npos && same_but_for_case(line.substr(0, colon), name)) return line.substr(colon + 1);
    }
  }
  return {};
}

}  // namespace

void note_wishes(Asked& asked, const HttpOptions& http) {
  constexpr std::string_view kBlank = " \t";
  std::string codings = value_of(http, "Accept-Encoding").value_or("");
  codings.erase(
      std::remove_if(codings.begin(), codings.end(), [&](char c) { return kBlank.find(c) != std::string_view::npos; }),
      codings.end());
  asked.any_coding = !codings.empty() && !same_but_for_case(codings, "identity");
  asked.any_page = lower_case(value_of(http, "Accept").value_or("")).find("text/html") != std::string::npos;
}

std::vector<std::string> request_headers(const HttpOptions& http, const Asked& asked, std::string_view method,
                                         bool with_auth_headers) {
  std::vector<std::string> lines;
  add(lines, http.headers);
  if (with_auth_headers) add(lines, http.auth_headers);
  // What a server compresses on the way is another content, with other bytes at each offset.
  if (!value_of(http, "Accept-Encoding")) lines.emplace_back("Accept-Encoding: identity");
  if (const auto version = if_range_of(asked); !version.empty()) {
    lines.push_back("If-Range: " + std::string(version));
  }
  // RFC 9110, section 8.6: a method that may have content says when there is none. Some servers insist.
  if (method == "POST" || method == "PUT" || method == "PATCH") lines.emplace_back("Content-Length: 0");
  return lines;
}

}  // namespace dosvc
