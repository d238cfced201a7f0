#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

// What a fuzzer calls, once for each input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace dosvc {

// Takes an input apart from its front. It is text as far as may be, so that the corpus can be read and written by hand.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  bool done() const { return rest_.empty(); }
  // What stands before the next `end`, which is taken away too.
  std::string_view until(char end) {
    const std::string_view found = rest_.substr(0, rest_.find(end));
    rest_.remove_prefix(std::min(found.size() + 1, rest_.size()));
    return found;
  }
  std::string_view line() { return until('\n'); }
  // The next line as a number; nothing when it isn't one.
  std::optional<std::uint64_t> number() { return number_in(line()); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const char first = rest_.front();
    rest_.remove_prefix(1);
    return static_cast<std::uint8_t>(first);
  }
  std::string_view rest() { return std::exchange(rest_, {}); }

  static std::optional<std::uint64_t> number_in(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
  }

 private:
  std::string_view rest_;
};

// Ends the program, by which the input is known to be one that shows a fault.
inline void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "must hold, and doesn't: %s\n", what);
  std::abort();
}

}  // namespace dosvc
