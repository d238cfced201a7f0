#include "core/body_kind.h"

#include "base/text.h"
#include "base/url.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace dosvc {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

const std::string& asked_url(const ResponseHead& head) {
  return head.asked_url.empty() ? head.effective_url : head.asked_url;
}

// "gz" of "https://host/a.tar.GZ?x": letters and digits behind the last point of the path's last name, a letter among
// them; else empty.
std::string extension_of(const std::string& address) {
  constexpr std::size_t kLongest = 10;
  const Result<Url> url = parse_url(address);
  if (!url) return {};
  std::string_view name = url->path;
  name.remove_prefix(name.rfind('/') + 1);
  const auto point = name.rfind('.');
  if (point == std::string_view::npos) return {};
  const std::string extension = lower_case(name.substr(point + 1));
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  const bool good = extension.size() <= kLongest && std::all_of(extension.begin(), extension.end(), fits) &&
                    std::any_of(extension.begin(), extension.end(), is_letter);
  return good ? extension : std::string();
}

bool is_name_of_page(const std::string& address) {
  constexpr std::string_view kPages[] = {"htm",    "html", "xhtml", "xht",  "shtml", "shtm", "mhtml", "php", "php3",
                                         "php5",   "asp",  "aspx",  "ashx", "axd",   "jsp",  "jspx",  "jsf", "do",
                                         "action", "cgi",  "fcgi",  "pl",   "py",    "rb",   "cfm",   "dll"};
  const std::string extension = extension_of(address);
  return extension.empty() || std::find(std::begin(kPages), std::end(kPages), extension) != std::end(kPages);
}

bool is_html(const ResponseHead& head) {
  const std::string type = media_type(head);
  return type == "text/html" || type == "application/xhtml+xml";
}

bool is_on_another_host(const ResponseHead& head) {
  const Result<Url> asked = parse_url(asked_url(head));
  const Result<Url> reached = parse_url(head.effective_url);
  return asked && reached && asked->host != reached->host;
}

// Whether files of this name are such as the coding makes.
bool is_made_by(std::string_view coding, std::string_view extension) {
  struct Made {
    std::string_view coding;
    std::string_view extension;
  };
  constexpr Made kMade[] = {
      {"gzip", "gz"},      {"gzip", "tgz"},  {"gzip", "taz"},  {"gzip", "svgz"},  {"compress", "z"},
      {"compress", "taz"}, {"bzip2", "bz2"}, {"bzip2", "tbz"}, {"bzip2", "tbz2"}, {"xz", "xz"},
      {"xz", "txz"},       {"lzma", "lzma"}, {"zstd", "zst"},  {"zstd", "tzst"},  {"br", "br"},
  };
  if (coding.starts_with("x-")) coding.remove_prefix(2);
  return std::any_of(std::begin(kMade), std::end(kMade),
                     [&](const Made& made) { return made.coding == coding && made.extension == extension; });
}

}  // namespace

std::string media_type(const ResponseHead& head) {
  const std::string_view type = head.content_type;
  return lower_case(trimmed(type.substr(0, type.find(';'))));
}

bool is_login_page(const Asked& asked, const ResponseHead& head) {
  constexpr std::uint64_t kLongestPage = 1024 * 1024;
  if (!is_html(head) || asked.any_page || lower_case(head.content_disposition).starts_with("attachment")) return false;
  if (head.content_length && (*head.content_length > kLongestPage || head.content_length == asked.size)) return false;
  const bool holds_version = asked.holds_bytes || asked.offset > 0 || !asked.validator.empty();
  const bool has_size = asked.size && head.content_length;  // another one
  const bool is_page = is_name_of_page(asked_url(head));
  if (is_on_another_host(head) && !is_page && (holds_version || has_size)) return true;
  if (!head.etag.empty() || !head.last_modified.empty()) return false;
  const bool plain = lower_case(asked_url(head)).starts_with("http:");
  return holds_version || (!is_page && (has_size || plain));
}

std::string foreign_coding(const ResponseHead& head) {
  std::string_view rest = head.content_encoding;
  std::string codings;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    const std::string coding = lower_case(trimmed(rest.substr(0, comma)));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    if (coding.empty() || coding == "identity") continue;
    codings += (codings.empty() ? "" : ", ") + coding;
  }
  const bool describes_file =
      is_made_by(codings, extension_of(asked_url(head))) || is_made_by(codings, extension_of(head.effective_url));
  return describes_file ? std::string() : codings;
}

}  // namespace dosvc
