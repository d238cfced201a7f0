#include "cli/progress.h"

#include <algorithm>

#include "base/text.h"
#include "cli/format.h"

namespace dosvc::cli {
namespace {

// The front of a printable text that takes at most `columns` characters, the last of which shows that it was cut.
std::string fitted(const std::string& text, std::size_t columns) {
  std::size_t characters = 0;
  std::size_t cut_at = 0;
  for (std::size_t at = 0; at < text.size(); ++characters) {
    if (characters + 1 == columns) cut_at = at;
    if (characters == columns) return columns == 0 ? "" : text.substr(0, cut_at) + "…";
    at += std::max<std::size_t>(first_character(std::string_view(text).substr(at)).length, 1);
  }
  return text;
}

std::string time_left(const ProgressFigures& figures) {
  constexpr double kTooLong = 100.0 * 3600;
  if (!figures.total || !figures.rate || *figures.rate < 1 || figures.bytes >= *figures.total) return {};
  const double seconds = static_cast<double>(*figures.total - figures.bytes) / *figures.rate;
  if (seconds > kTooLong) return {};
  return format_duration(std::chrono::seconds(static_cast<std::int64_t>(seconds + 0.5))) + " left";
}

std::string figures_text(const ProgressFigures& figures) {
  std::string text = format_bytes(figures.bytes);
  if (figures.total) text += " of " + format_bytes(*figures.total);
  const auto add = [&text](const std::string& part) {
    if (!part.empty()) text += "  " + part;
  };
  add(format_percent(figures.bytes, figures.total));
  if (!figures.waiting.empty()) {
    add(figures.waiting);
  } else {
    if (figures.rate) add(format_rate(*figures.rate));
    add(time_left(figures));
  }
  return text;
}

}  // namespace

void RateMeter::sample(std::uint64_t bytes, TimePoint now) {
  // Fewer bytes than before: a file began anew.
  if (!samples_.empty() && bytes < samples_.back().bytes) samples_.clear();
  samples_.push_back({bytes, now});
  while (samples_.size() > 2 && now - samples_[1].at >= kWindow) samples_.pop_front();
}

std::optional<double> RateMeter::rate() const {
  constexpr std::chrono::milliseconds kEnough{500};
  if (samples_.size() < 2) return std::nullopt;
  const auto time = samples_.back().at - samples_.front().at;
  if (time < kEnough) return std::nullopt;
  const auto bytes = static_cast<double>(samples_.back().bytes - samples_.front().bytes);
  return bytes / std::chrono::duration<double>(time).count();
}

std::string progress_text(const ProgressFigures& figures, std::size_t width) {
  constexpr std::size_t kGap = 2;
  // The last column stays free: writing there makes some terminals begin a new line.
  const std::size_t room = width > 0 ? width - 1 : 0;
  const std::string numbers = fitted(figures_text(figures), room);
  const std::size_t taken = display_columns(numbers) + kGap;
  if (taken >= room) return numbers;
  const std::string label = fitted(escaped(figures.label), room - taken);
  return label.empty() ? numbers : label + std::string(kGap, ' ') + numbers;
}

}  // namespace dosvc::cli
