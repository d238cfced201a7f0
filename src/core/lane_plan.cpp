#include "core/lane_plan.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace dosvc {
namespace {

using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// Of two parts of a stretch neither is smaller: a request has its price.
constexpr std::uint64_t kSmallestPart = 256 * 1024;
constexpr std::uint64_t kAlignment = 16 * 1024;  // as bodies are written
constexpr nanoseconds kSilent = seconds(3);      // that is more than a lost packet

constexpr nanoseconds kLongWay = milliseconds(15);
constexpr std::uint64_t kWorthALane = 1 << 20;
constexpr nanoseconds kWindow = milliseconds(250);
constexpr nanoseconds kWorthATrial = seconds(1);  // that is left to come
constexpr double kHelps = 1.25;                   // by twice as many
constexpr double kDoesNotHurt = 0.95;             // with half as many
constexpr nanoseconds kSettled = seconds(10);
constexpr nanoseconds kSettledInVain = seconds(60);  // after a trial that has shown this number to be right
constexpr nanoseconds kRefused = seconds(30);

double in_seconds(nanoseconds time) { return duration<double>(time).count(); }

// Of a connection of which nothing is known yet. 0: of none is anything known.
double usual_rate(std::span<const LaneView> lanes) {
  std::vector<double> rates;
  for (const LaneView& lane : lanes) {
    if (lane.rate) rates.push_back(*lane.rate);
  }
  if (rates.empty()) return 0;
  const auto middle = rates.begin() + static_cast<std::ptrdiff_t>(rates.size() / 2);
  std::nth_element(rates.begin(), middle, rates.end());
  return *middle;
}

}  // namespace

bool is_silent(const LaneView& lane, nanoseconds round_trip) {
  return lane.silent >= std::max(kSilent, 8 * round_trip);
}

std::optional<Relief> relief(std::span<const LaneView> lanes, nanoseconds round_trip) {
  const double usual = usual_rate(lanes);
  const bool nothing_known = usual == 0;
  const double newcomers = nothing_known ? 1 : usual;
  const double start = nothing_known ? 0 : in_seconds(2 * round_trip);  // of a connection

  std::optional<std::size_t> last;
  double last_needs = 0;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const LaneView& lane = lanes[i];
    if (lane.raced || lane.at >= lane.end) continue;
    const double rate = is_silent(lane, round_trip) ? 0 : lane.rate.value_or(newcomers);
    const auto left = static_cast<double>(lane.end - lane.at);
    const double needs = rate > 0 ? left / rate : std::numeric_limits<double>::infinity();
    if (!last || needs > last_needs) {
      last = i;
      last_needs = needs;
    }
  }
  if (!last) return std::nullopt;

  const LaneView& lane = lanes[*last];
  const std::uint64_t left = lane.end - lane.at;
  if (last_needs == std::numeric_limits<double>::infinity()) return Relief{*last, lane.at, true};
  const double rate = static_cast<double>(left) / last_needs;
  // So many of its bytes that both are through at the same time.
  const double part = (last_needs - start) / (1 / newcomers + 1 / rate);
  if (part >= static_cast<double>(kSmallestPart) && left >= 2 * kSmallestPart) {
    const auto given = std::min(static_cast<std::uint64_t>(part), left);
    const std::uint64_t begin = lane.end - given;
    const std::uint64_t aligned = begin - begin % kAlignment;
    return Relief{*last, std::max(aligned, lane.at), false};
  }
  if (nothing_known || last_needs < 2 * (start + static_cast<double>(left) / newcomers)) return std::nullopt;
  return Relief{*last, lane.at, true};
}

// Connections that are on trial must have come to their speed.
LaneCount::Time LaneCount::window() const { return std::max(kWindow, (trial_ == Trial::none ? 4 : 10) * round_trip_); }

void LaneCount::begin(Time now, Time round_trip, std::uint64_t bytes, std::uint64_t left, int most) {
  round_trip_ = round_trip;
  trial_ = Trial::none;
  wanted_ = 1;
  if (round_trip >= kLongWay) {
    wanted_ = static_cast<int>(std::clamp<std::uint64_t>(left / kWorthALane, 1, static_cast<std::uint64_t>(most)));
    settled_until_ = now + kSettled;
  } else {
    settled_until_ = now;
  }
  begin_window(now, bytes);
}

void LaneCount::begin_window(Time now, std::uint64_t bytes) {
  window_began_ = now;
  window_bytes_ = bytes;
}

void LaneCount::settle(Time now, int lanes, Time for_) {
  wanted_ = lanes;
  trial_ = Trial::none;
  settled_until_ = now + for_;
}

void LaneCount::try_with(int lanes, Trial how, double rate) {
  before_ = wanted_;
  rate_before_ = rate;
  wanted_ = lanes;
  trial_ = how;
}

void LaneCount::refused(Time now, int running, bool never) {
  limit_ = std::max(1, running);
  refused_until_ = never ? Time::max() : now + kRefused;
  if (wanted_ > limit_) settle(now, limit_, kSettled);
}

void LaneCount::measure(Time now, std::uint64_t bytes, std::uint64_t left, int most) {
  if (now >= refused_until_) limit_ = most;
  most = std::max(1, std::min(most, limit_));
  if (wanted_ > most) settle(now, most, kSettled);
  if (now - window_began_ < window()) return;
  const double rate = static_cast<double>(bytes - std::min(bytes, window_bytes_)) / in_seconds(now - window_began_);
  begin_window(now, bytes);
  if (rate <= 0) return;
  const double left_for = static_cast<double>(left) / rate;

  if (trial_ == Trial::more) {
    if (rate < rate_before_ * kHelps) return settle(now, before_, kSettledInVain);
    trial_ = Trial::none;  // it helped: and twice as many again?
  } else if (trial_ == Trial::fewer) {
    const bool enough = rate >= rate_before_ * kDoesNotHurt;
    return enough ? settle(now, wanted_, kSettled) : settle(now, before_, kSettledInVain);
  } else if (now < settled_until_) {
    return;
  }
  if (left_for < in_seconds(kWorthATrial)) return;
  // Whether many are needed is asked before more are.
  if (round_trip_ >= kLongWay && wanted_ > 1) {
    if (left_for >= in_seconds(kSettled)) try_with(wanted_ / 2, Trial::fewer, rate);
    return;
  }
  const auto worth = static_cast<int>(std::min<std::uint64_t>(left / kWorthALane, 1 << 10));
  const int more = std::min({2 * wanted_, most, worth});
  if (more > wanted_) try_with(more, Trial::more, rate);
}

}  // namespace dosvc
