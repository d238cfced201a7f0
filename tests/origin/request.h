#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a client said, and the few rules of HTTP/1.1 for reading it (RFC 9110, RFC 9112).
namespace dosvc::origin {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string target;  // as received: path and query
  std::string path;    // the target up to '?', not decoded
  std::string query;   // the rest, without the '?'
  bool http_1_0 = false;
  Headers headers;
  std::uint64_t connection = 0;  // which accepted connection it came on, from 1

  // The first header of that name, whatever its case; empty when there is none.
  std::string header(std::string_view name) const;
  std::string range() const { return header("Range"); }
  bool wants_close() const;
};

// `head` is everything before the empty line.
std::optional<Request> parse_request(std::string_view head);

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // included
  std::uint64_t length() const { return last - first + 1; }
  bool operator==(const ByteRange&) const = default;
};

enum class RangeAsk { none, satisfiable, unsatisfiable };

struct AskedRange {
  RangeAsk ask = RangeAsk::none;
  ByteRange range;  // when satisfiable, within the size
};

// One range ("5-9", "5-", "-5"). A list of several, another unit or nonsense count as none, as the standard allows.
AskedRange read_range(std::string_view header, std::uint64_t size);

std::string http_date(std::time_t when);
std::optional<std::uint64_t> read_number(std::string_view text);
std::string percent_decoded(std::string_view text);
// In the order written, values decoded.
Headers query_parameters(std::string_view query);
bool same_ignoring_case(std::string_view a, std::string_view b);

}  // namespace dosvc::origin
