#include "transport/answer_head.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace dosvc {
namespace {

constexpr std::size_t kMaxHeaderBytes = 256 * 1024;  // libcurl itself gives up at 300 KiB, with less to say
constexpr std::size_t kMaxValue = 8 * 1024;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool is_clean(std::string_view value) {
  return value.size() <= kMaxValue && std::none_of(value.begin(), value.end(), [](char c) {
           return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
         });
}

// Without its end. What looks like another end within it would be one to a reader of the whole head: RFC 9110, section
// 5.5, makes blanks of them.
std::string one_line(std::string_view line) {
  while (line.ends_with('\r') || line.ends_with('\n')) line.remove_suffix(1);
  std::string out(line);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return out;
}

// "HTTP/1.1 200 OK": 200, or 0 where that isn't what it is.
int status_of(std::string_view line) {
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return 0;
  const auto digits = line.substr(space + 1, 3);
  int status = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), status);
  return error == std::errc() && end == digits.data() + 3 && status >= 100 ? status : 0;
}

}  // namespace

AnswerHead::After AnswerHead::add(std::string_view line) {
  bytes_ += line.size();
  if (bytes_ > kMaxHeaderBytes) return After::too_large;
  if (line.starts_with("HTTP/")) {
    start(line);
  } else if (const auto text = trimmed(line); text.empty()) {
    return head_.status >= 200 ? After::complete : After::interim;
  }
  head_.lines.append(one_line(line)).append("\r\n");
  if (const auto colon = line.find(':'); colon != std::string_view::npos && line.front() != ' ') {
    take(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
  return After::more;
}

void AnswerHead::start(std::string_view status_line) {
  head_ = {};
  head_.status = status_of(status_line);
  location_.clear();
  chunked_ = false;
  length_is_unclear_ = false;
  has_transfer_coding_ = false;
}

void AnswerHead::take(std::string_view name, std::string_view value) {
  if (same_but_for_case(name, "content-length")) return take_length(value);
  if (same_but_for_case(name, "transfer-encoding")) return take_transfer_codings(value);
  if (same_but_for_case(name, "content-encoding")) {
    if (!head_.content_encoding.empty()) head_.content_encoding += ", ";
    head_.content_encoding += is_clean(value) ? value : "unreadable";
    return;
  }
  struct Kept {
    std::string_view name;
    std::string& value;
  };
  for (const Kept& kept : {Kept{"etag", head_.etag}, Kept{"last-modified", head_.last_modified},
                           Kept{"date", head_.date}, Kept{"content-type", head_.content_type},
                           Kept{"content-range", head_.content_range}, Kept{"retry-after", head_.retry_after},
                           Kept{"content-disposition", head_.content_disposition}, Kept{"location", location_}}) {
    if (same_but_for_case(name, kept.name)) kept.value = is_clean(value) ? value : std::string_view();
  }
}

void AnswerHead::take_transfer_codings(std::string_view value) {
  while (!value.empty()) {
    const auto comma = value.find(',');
    const std::string_view coding = trimmed(value.substr(0, comma));
    value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
    if (coding.empty() || same_but_for_case(coding, "identity")) continue;
    if (chunked_ || !same_but_for_case(coding, "chunked")) has_transfer_coding_ = true;
    chunked_ = true;
    head_.content_length.reset();
  }
}

void AnswerHead::take_length(std::string_view value) {
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  const bool is_number = error == std::errc() && end == value.data() + value.size() && !value.empty();
  if (!is_number || (head_.content_length && *head_.content_length != length)) length_is_unclear_ = true;
  if (!chunked_ && is_number) head_.content_length = length;
}

}  // namespace dosvc
