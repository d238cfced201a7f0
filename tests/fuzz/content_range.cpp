// parse_content_range(): the whole input is the header's value.

#include <limits>
#include <string>

#include "core/response.h"
#include "fuzz/input.h"

using namespace dosvc;

namespace {

std::string text_of(const ContentRange& content) {
  return "bytes " + std::to_string(content.range.begin) + "-" + std::to_string(content.range.end - 1) + "/" +
         (content.total ? std::to_string(*content.total) : "*");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = Input(data, size).rest();
  const auto content = parse_content_range(value);
  if (!content) return 0;
  constexpr std::uint64_t kLongest = std::numeric_limits<std::int64_t>::max();
  must(content->range.begin < content->range.end, "a range that was read has a byte");
  must(content->range.end <= content->total.value_or(kLongest), "a range ends within the file");
  must(content->total.value_or(0) <= kLongest, "no file is longer than files can be");
  must(value.find_first_not_of("bytesBYTES -/*0123456789") == value.npos, "nothing else stands in it");
  must(parse_content_range(text_of(*content)) == content, "written anew it is the same");
  return 0;
}
