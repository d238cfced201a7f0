#include "api/header_text.h"

#include <algorithm>

namespace dosvc {

std::vector<std::string> split_headers(std::string_view text) {
  std::vector<std::string> headers;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) headers.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return headers;
}

std::string joined_headers(const std::vector<std::string>& headers) {
  std::string text;
  for (const std::string& header : headers) text += header + "\r\n";
  return text;
}

}  // namespace dosvc
