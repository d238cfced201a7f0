#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace dosvc::cli {

// How fast bytes came of late. The first sample is where counting begins, so that what an earlier run downloaded
// doesn't count.
class RateMeter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kWindow{5};

  void sample(std::uint64_t bytes, TimePoint now);
  std::optional<double> rate() const;  // bytes per second; nothing before half a second has been seen

 private:
  struct Sample {
    std::uint64_t bytes;
    TimePoint at;
  };
  std::deque<Sample> samples_;  // the oldest one is about kWindow old
};

struct ProgressFigures {
  std::string label;  // may hold any bytes
  std::uint64_t bytes = 0;
  std::optional<std::uint64_t> total;
  std::optional<double> rate;
  std::string waiting;  // why nothing moves; empty when it does
};

// The progress line: "f.iso  1.0 MiB of 2.0 MiB  50%  512.0 KiB/s  0:02 left". At most `width` columns, of which the
// label gets what is left over.
std::string progress_text(const ProgressFigures& figures, std::size_t width);

}  // namespace dosvc::cli
