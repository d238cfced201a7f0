#include "cli/format.h"

#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

namespace dosvc::cli {
namespace {

struct Calendar {
  std::tm parts{};
  explicit Calendar(WallTime time, std::tm* (*convert)(const time_t*, std::tm*)) {
    const time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    convert(&seconds, &parts);
  }
  std::string text(const char* format) const {
    char buffer[64];
    return {buffer, ::strftime(buffer, sizeof buffer, format, &parts)};
  }
};

}  // namespace

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::string_view kUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  constexpr double kStep = 1024;
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double amount = static_cast<double>(bytes) / kStep;
  std::size_t unit = 0;
  // What would be rounded up to a whole unit is shown as one.
  while (amount >= kStep - 0.05 && unit + 1 < std::size(kUnits)) {
    amount /= kStep;
    ++unit;
  }
  return fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

std::string format_rate(double bytes_per_second) {
  return format_bytes(static_cast<std::uint64_t>(std::max(bytes_per_second, 0.0))) + "/s";
}

std::string format_duration(std::chrono::seconds time) {
  const auto all = time.count();
  if (all < 3600) return fmt::format("{}:{:02}", all / 60, all % 60);
  return fmt::format("{}:{:02}:{:02}", all / 3600, all / 60 % 60, all % 60);
}

std::string format_span(std::chrono::nanoseconds time) {
  const double seconds = std::max(std::chrono::duration<double>(time).count(), 0.0);
  if (seconds < 0.995) return fmt::format("{:.2f} s", seconds);
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = std::llround(seconds);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

std::string format_percent(std::uint64_t part, std::optional<std::uint64_t> total) {
  if (!total) return {};
  if (part >= *total) return "100%";
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(*total);
  return fmt::format("{}%", std::min(static_cast<int>(percent), 99));
}

std::string format_local_time(WallTime time) { return Calendar(time, ::localtime_r).text("%Y-%m-%d %H:%M:%S"); }

std::string format_utc_time(WallTime time) { return Calendar(time, ::gmtime_r).text("%Y-%m-%dT%H:%M:%SZ"); }

std::string format_code(std::int32_t code) { return fmt::format("0x{:08X}", static_cast<std::uint32_t>(code)); }

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  constexpr double kLongest = 366.0 * 24 * 3600;
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (problem != std::errc()) return std::nullopt;
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  double factor = 0;
  if (unit.empty() || unit == "s") factor = 1;
  if (unit == "m") factor = 60;
  if (unit == "h") factor = 3600;
  if (unit == "d") factor = 24 * 3600;
  const double seconds = number * factor;
  if (!std::isfinite(seconds) || seconds < 0.001) return std::nullopt;
  return std::chrono::milliseconds(std::llround(std::min(seconds, kLongest) * 1000));
}

std::size_t display_columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string_view without_full_stop(std::string_view sentence) {
  if (sentence.ends_with('.')) sentence.remove_suffix(1);
  return sentence;
}

}  // namespace dosvc::cli
