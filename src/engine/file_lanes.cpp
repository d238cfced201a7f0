#include "engine/file_lanes.h"

#include "base/url.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <utility>

namespace dosvc {
namespace {

constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();
constexpr auto kWatchEvery = std::chrono::seconds(1);
constexpr auto kRateWindow = std::chrono::milliseconds(500);
constexpr std::uint64_t kWorthWatching = 1 << 20;
constexpr int kMostBeside = 2;  // in place of lanes that have gone silent, beyond those that are wanted

std::string server_of(const std::string& url) {
  auto parsed = parse_url(url);
  if (!parsed) return {};
  const std::uint16_t usual = parsed->scheme == "https" ? 443 : 80;
  return parsed->scheme + "://" + parsed->host + ":" + std::to_string(parsed->port.value_or(usual));
}

// A server that takes no further connection now may take it later; one that brings no parts won't.
bool is_for_good(const FetchEnd& end) {
  const auto* failure = std::get_if<Failure>(&end);
  return !failure || failure->failure_class == FailureClass::fatal;
}

}  // namespace

class FileLanes::Lane final : public FetchEvents, public std::enable_shared_from_this<Lane> {
 public:
  Lane(FileLanes& lanes, const Stretch& stretch, bool is_beside)
      : beside(is_beside),
        begin(stretch.local),
        at(stretch.local),
        end(stretch.length ? stretch.local + *stretch.length : kUnknown),
        planned_end(end),
        until(std::make_shared<std::atomic<std::uint64_t>>(kUnknown)),
        heard(lanes.loop_.now()),
        remote_(stretch.remote),
        lanes_(lanes),
        rate_since_(heard),
        rate_from_(stretch.local) {}

  // The bytes from `offset` of the local file on, as far as nobody else is to bring them.
  Stretch rest(std::uint64_t offset) const {
    Stretch stretch{remote_ + (offset - begin), offset, std::nullopt};
    if (planned_end != kUnknown) stretch.length = planned_end - offset;
    return stretch;
  }
  void end_before(std::uint64_t offset) {
    end = std::min(end, offset);
    planned_end = std::min(planned_end, end);
    until->store(end, std::memory_order_relaxed);
  }
  bool was_shortened() const { return until->load(std::memory_order_relaxed) != kUnknown; }
  // Where the body ends is known now.
  void body_ends(std::uint64_t remote_end) {
    const std::uint64_t local = begin + (remote_end - remote_);
    if (local < end) end = local;
    planned_end = std::min(planned_end, end);
  }
  void went_to(std::uint64_t offset, Clock::time_point now) {
    at = offset;
    heard = now;
    const auto since = now - rate_since_;
    if (since < kRateWindow) return;
    const double latest = static_cast<double>(at - rate_from_) / std::chrono::duration<double>(since).count();
    rate = rate ? (*rate + latest) / 2 : latest;
    rate_since_ = now;
    rate_from_ = at;
  }

  // Nothing that has come for a while lowers it, too.
  std::optional<double> rate_now(Clock::time_point now) const {
    const auto since = now - rate_since_;
    if (!rate || since < 2 * kRateWindow) return rate;
    return std::min(*rate, static_cast<double>(at - rate_from_) / std::chrono::duration<double>(since).count());
  }

  void on_answer(const TakeBody* take, const ResponseHead& head) override { lanes_.answered(*this, take, head); }
  void on_progress(std::uint64_t written) override { lanes_.brought(*this, written); }
  void on_done(FetchEnd how) override { lanes_.ended(*this, std::move(how)); }

  const bool beside;  // not the first: when it fails the others go on
  const std::uint64_t begin;
  std::uint64_t at;           // what is before, from `begin` on, is written
  std::uint64_t end;          // what is before is this lane's to bring
  std::uint64_t planned_end;  // the same once all lanes have answered that are to take over a part of it
  bool accepted = false;
  bool raced = false;
  bool brought_bytes = false;
  const std::shared_ptr<std::atomic<std::uint64_t>> until;
  Clock::time_point heard;
  std::optional<double> rate;
  HostConnections::Share share;
  Fetch fetch;

 private:
  const std::uint64_t remote_;
  FileLanes& lanes_;
  Clock::time_point rate_since_;
  std::uint64_t rate_from_;
};

FileLanes::~FileLanes() = default;

void FileLanes::stop() {
  ++run_;
  watch_.reset();
  counting_ = false;
  for (const auto& lane : std::exchange(lanes_, {})) lane->fetch = {};
}

// ---- Beginning ----

void FileLanes::fill() {
  if (lanes_.empty()) {
    const auto missing = owner_.missing_beside(owner_.received());
    if (!missing) return;
    open(*missing);
  }
  if (!counting_ || !owner_.can_be_parted()) return;
  // All are planned before one asks, so that none asks for what another takes from it again: a body that ends early
  // costs its connection.
  while (lanes_.size() < wanted() && add_another()) {
  }
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (!lanes_[i]->fetch) ask(*lanes_[i]);
  }
}

// As many as measuring says, and more in place of those that have gone silent.
std::size_t FileLanes::wanted() const {
  const auto now = views();
  const auto silent =
      std::count_if(now.begin(), now.end(), [&](const LaneView& lane) { return is_silent(lane, count_.round_trip()); });
  const int more = std::min(static_cast<int>(silent), kMostBeside);
  return static_cast<std::size_t>(std::min(count_.wanted() + more, most()));
}

void FileLanes::open(const Stretch& stretch) { ask(add(stretch, false)); }

FileLanes::Lane& FileLanes::add(const Stretch& stretch, bool beside) {
  return *lanes_.emplace_back(std::make_shared<Lane>(*this, stretch, beside));
}

void FileLanes::ask(Lane& lane) {
  lane.end = lane.planned_end;
  FetchRequest request = owner_.request_for(lane.rest(lane.begin), lane.beside);
  lane.share = connections_.take(server_of(request.url));
  request.until = lane.until;
  lane.fetch = transport_.start(std::move(request), lane);
}

// Of what nobody has, or of what others have. False: no more lanes are of use.
bool FileLanes::add_another() {
  if (const auto missing = owner_.missing_beside(held())) {
    (void)add(*missing, true);
    return true;
  }
  return relieve(views());
}

bool FileLanes::relieve(const std::vector<LaneView>& now) {
  const auto plan = relief(now, count_.round_trip());
  if (!plan) return false;
  const std::shared_ptr<Lane> slow = lanes_[plan->lane];
  Lane& lane = add(slow->rest(plan->begin), true);
  if (plan->race) {
    slow->raced = lane.raced = true;
  } else {
    slow->planned_end = plan->begin;
  }
  return true;
}

std::vector<LaneView> FileLanes::views() const {
  std::vector<LaneView> now;
  for (const auto& lane : lanes_) {
    LaneView& view = now.emplace_back();
    view.at = lane->at;
    view.end = lane->planned_end;
    view.silent = loop_.now() - lane->heard;
    view.rate = lane->rate_now(loop_.now());
    view.raced = lane->raced;
  }
  return now;
}

// What is here, or on its way.
RangeSet FileLanes::held() const {
  RangeSet held = owner_.received();
  for (const auto& lane : lanes_) held.add({lane->at, lane->end});
  return held;
}

int FileLanes::most() const {
  if (lanes_.empty()) return 1;
  const int own = static_cast<int>(lanes_.size());
  const int others = connections_.count(lanes_.front()->share.host()) - own;
  return std::max(1, owner_.most_connections() - others);
}

// ---- What the lanes tell ----

void FileLanes::answered(Lane& answering, const TakeBody* take, const ResponseHead& head) {
  const std::shared_ptr<Lane> lane = answering.shared_from_this();
  lane->heard = loop_.now();
  if (take) {
    lane->accepted = true;
    if (take->end) lane->body_ends(*take->end);
    if (!lane->raced) take_over(*lane);
  }
  if (!lane->beside) {
    owner_.lane_answered(take, head);
    if (!lane->fetch) return;
  }
  if (!take || !take->end) return;
  if (!counting_ && owner_.can_be_parted()) {
    counting_ = true;
    const auto now = loop_.now().time_since_epoch();
    count_.begin(now, head.waited, bytes_, owner_.bytes_missing(), most());
    if (owner_.bytes_missing() >= kWorthWatching) watch();
  }
  fill();
}

// From the lane that had this stretch so far.
void FileLanes::take_over(const Lane& lane) {
  for (const auto& other : lanes_) {
    if (other.get() != &lane && other->begin <= lane.begin && lane.begin < other->end) other->end_before(lane.begin);
  }
}

void FileLanes::brought(Lane& bringing, std::uint64_t end) {
  const std::shared_ptr<Lane> lane = bringing.shared_from_this();
  if (!hand_on(*lane, end)) return;
  drop_losers();
  if (lanes_.empty()) return owner_.lane_through(end, false);
  if (counting_) measure_soon();
}

// False: that was the end of all.
bool FileLanes::hand_on(Lane& lane, std::uint64_t end) {
  const ByteRange fresh{lane.at, std::max(lane.at, end)};
  const std::uint32_t run = run_;
  bytes_ += fresh.length();
  lane.went_to(fresh.end, loop_.now());
  if (owner_.lane_brought(fresh)) lane.brought_bytes = true;
  return run == run_;
}

void FileLanes::ended(Lane& ending, FetchEnd end) {
  const std::shared_ptr<Lane> lane = take_out(ending);
  lane->fetch = {};
  lane->share = {};
  const auto* taken = std::get_if<BodyTaken>(&end);
  if (!taken) return lost(*lane, std::move(end));
  if (!hand_on(*lane, taken->end)) return;
  drop_losers();
  owner_.lane_through(taken->end, lane->end == kUnknown);
}

void FileLanes::lost(const Lane& lane, FetchEnd end) {
  if (const auto* anew = std::get_if<StartAnew>(&end); anew && anew->ask_without_if_range) return ask_again();
  if (!lanes_.empty()) return failed_beside(lane, end);
  stop();
  owner_.lanes_ended({std::move(end), lane.at, lane.brought_bytes});
}

// One asks first: others that stumbled on the same would all ask a server in vain that brings no parts at all.
void FileLanes::ask_again() {
  const bool is_first = owner_.without_if_range();
  if (lanes_.empty()) stop();
  replan();
  if (!is_first) count_.refused(loop_.now().time_since_epoch(), static_cast<int>(lanes_.size()), false);
  fill();
}

void FileLanes::failed_beside(const Lane& lane, const FetchEnd& end) {
  replan();
  const bool was_cut = lane.brought_bytes && !is_for_good(end);
  if (was_cut) return fill();
  // It isn't asked again in the same breath, also where another lane has gone silent: what the others bring, or the
  // watch, leads to the next one.
  count_.refused(loop_.now().time_since_epoch(), static_cast<int>(lanes_.size()), is_for_good(end));
}

// ---- Measuring ----

// All that these were to bring is here: it has come over another lane, or they have gone beyond what was left to them,
// and their servers may not say another word.
void FileLanes::drop_losers() {
  const RangeSet& received = owner_.received();
  std::erase_if(lanes_, [&](const std::shared_ptr<Lane>& lane) {
    const bool has_lost = lane->at < lane->end ? received.contains({lane->at, lane->end}) : lane->was_shortened();
    if (has_lost) lane->fetch = {};
    return has_lost;
  });
}

// When all lanes have told what they brought: they do so one after the other.
void FileLanes::measure_soon() {
  if (std::exchange(measuring_, true)) return;
  loop_.post([this, alive = std::weak_ptr<const char>(alive_)] {
    if (alive.expired()) return;
    measuring_ = false;
    if (counting_) measure();
  });
}

void FileLanes::measure() {
  count_.measure(loop_.now().time_since_epoch(), bytes_, owner_.bytes_missing(), most());
  drop_spare();
  fill();
}

// Those that bring least; what they had left falls to the others.
void FileLanes::drop_spare() {
  const auto now = loop_.now();
  const auto worth = [&](const std::shared_ptr<Lane>& lane) {
    return std::pair(lane->accepted, lane->rate_now(now).value_or(0));
  };
  while (lanes_.size() > wanted()) {
    const auto least = std::min_element(lanes_.begin(), lanes_.end(),
                                        [&](const auto& a, const auto& b) { return worth(a) < worth(b); });
    (*least)->fetch = {};
    lanes_.erase(least);
    replan();
  }
}

// Some lane that was to take over a part of another's stretch is gone.
void FileLanes::replan() {
  for (const auto& lane : lanes_) {
    lane->planned_end = lane->end;
    lane->raced = false;
    for (const auto& other : lanes_) {
      if (other == lane) continue;
      if (lane->at < other->begin && other->begin < lane->planned_end) lane->planned_end = other->begin;
      if (lane->at < other->end && other->at < lane->end && other->begin <= lane->at) lane->raced = true;
    }
  }
}

// Lanes that have gone silent tell nothing, and so nothing would be done about them.
void FileLanes::watch() {
  watch_ = loop_.after(kWatchEvery, [this] {
    watch();
    fill();
  });
}

std::shared_ptr<FileLanes::Lane> FileLanes::take_out(const Lane& lane) {
  const auto found = std::find_if(lanes_.begin(), lanes_.end(), [&](const auto& each) { return each.get() == &lane; });
  const std::shared_ptr<Lane> out = *found;
  lanes_.erase(found);
  return out;
}

}  // namespace dosvc
