#include "origin/request.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace dosvc::origin {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// Takes what stands before `mark` off the front of `text`, the mark with it; everything when there is no mark.
std::string_view take_until(std::string_view& text, std::string_view mark) {
  const auto at = text.find(mark);
  const auto taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + mark.size());
  return taken;
}

}  // namespace

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_ignoring_case(key, name)) return value;
  }
  return {};
}

bool Request::wants_close() const { return http_1_0 || same_ignoring_case(header("Connection"), "close"); }

std::optional<Request> parse_request(std::string_view head) {
  std::string_view line = trimmed(take_until(head, "\n"));
  Request request;
  request.method = take_until(line, " ");
  request.target = take_until(line, " ");
  if (request.method.empty() || request.target.empty() || !line.starts_with("HTTP/1.")) return std::nullopt;
  request.http_1_0 = line == "HTTP/1.0";
  // A proxy is asked with the whole URL; what counts here is the path in it.
  if (!request.target.starts_with("/")) {
    const auto scheme = request.target.find("://");
    const auto slash = scheme == std::string::npos ? scheme : request.target.find('/', scheme + 3);
    request.path = slash == std::string::npos ? "/" : request.target.substr(slash);
  } else {
    request.path = request.target;
  }
  if (const auto mark = request.path.find('?'); mark != std::string::npos) {
    request.query = request.path.substr(mark + 1);
    request.path.resize(mark);
  }
  while (!head.empty()) {
    std::string_view field = take_until(head, "\n");
    if (field.find(':') == std::string_view::npos) return std::nullopt;
    const auto name = take_until(field, ":");
    request.headers.emplace_back(name, trimmed(field));
  }
  return request;
}

AskedRange read_range(std::string_view header, std::uint64_t size) {
  std::string_view text = header;
  if (!same_ignoring_case(take_until(text, "="), "bytes")) return {};
  text = trimmed(text);
  if (text.find(',') != std::string_view::npos || text.find('-') == std::string_view::npos) return {};
  const std::string_view from = take_until(text, "-");
  const std::string_view to = text;
  const auto first = read_number(from);
  const auto last = read_number(to);
  if ((!from.empty() && !first) || (!to.empty() && !last) || (from.empty() && to.empty())) return {};
  if (first && last && *last < *first) return {};
  if (size == 0 || (first && *first >= size) || (!first && *last == 0)) return {RangeAsk::unsatisfiable, {}};
  if (!first) return {RangeAsk::satisfiable, {size - std::min(*last, size), size - 1}};
  return {RangeAsk::satisfiable, {*first, std::min(last.value_or(size - 1), size - 1)}};
}

std::string http_date(std::time_t when) {
  // Not strftime: the names must be English whatever the locale of the test.
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  gmtime_r(&when, &utc);
  const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return std::string(kDays[static_cast<std::size_t>(utc.tm_wday)]) + ", " + two(utc.tm_mday) + " " +
         kMonths[static_cast<std::size_t>(utc.tm_mon)] + " " + std::to_string(utc.tm_year + 1900) + " " +
         two(utc.tm_hour) + ":" + two(utc.tm_min) + ":" + two(utc.tm_sec) + " GMT";
}

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const auto* hex = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() && std::from_chars(hex, hex + 2, value, 16).ptr == hex + 2) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Headers query_parameters(std::string_view query) {
  Headers out;
  while (!query.empty()) {
    std::string_view pair = take_until(query, "&");
    if (pair.empty()) continue;
    const auto name = take_until(pair, "=");
    out.emplace_back(name, percent_decoded(pair));
  }
  return out;
}

}  // namespace dosvc::origin
