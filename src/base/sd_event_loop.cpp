#include "base/sd_event_loop.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "base/log.h"

namespace dosvc {

namespace {

// Without its loop nothing of ours would ever happen again; a crash is at least seen and restarted.
[[noreturn]] void loop_is_broken(const char* what, int error) {
  log_error("The event loop is broken ({}): {}.", what, std::strerror(error));
  std::abort();
}

}  // namespace

// All timers on one source of sd-event, which by itself keeps no order among timers that are due together.
struct SdEventLoop::Timers {
  using Key = std::pair<Clock::time_point, std::uint64_t>;  // due, then in the order made

  const SdEventLoop& loop;
  std::map<Key, std::function<void()>> waiting;
  std::uint64_t last_id = 0;
  std::optional<Clock::time_point> armed_for;
  std::unique_ptr<sd_event_source, SourceUnref> source;

  explicit Timers(const SdEventLoop& owner) : loop(owner) {}

  // A source that is set again, be it to the same time, loses its turn: with a descriptor that is always ready it would
  // never get one.
  void arm() {
    const auto first = waiting.empty() ? std::nullopt : std::optional(waiting.begin()->first.first);
    if (first == armed_for) return;
    armed_for = first;
    int r = 0;
    if (first) {
      const auto due = std::chrono::ceil<std::chrono::microseconds>(first->time_since_epoch());
      r = sd_event_source_set_time(source.get(), static_cast<std::uint64_t>(due.count()));
    }
    if (r >= 0) r = sd_event_source_set_enabled(source.get(), first ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
    if (r < 0) loop_is_broken("timer", -r);
  }

  static int fired(sd_event_source*, std::uint64_t, void* self_pointer) noexcept {
    Timers& self = *static_cast<Timers*>(self_pointer);
    self.armed_for.reset();
    // Timers made by these calls wait for the next turn, so that posted calls and descriptors get theirs.
    const auto last = self.last_id;
    const auto now = self.loop.now();
    while (!self.waiting.empty() && self.waiting.begin()->first.first <= now &&
           self.waiting.begin()->first.second <= last) {
      auto timer = self.waiting.extract(self.waiting.begin());
      timer.mapped()();
    }
    self.arm();
    return 0;
  }
};

// The state behind a Watch. sd-event holds its address only while `source` lives; a callback that drops its own handle
// is kept alive by shared_from_this().
struct SdEventLoop::WatchSource : std::enable_shared_from_this<WatchSource> {
  Interest interest = Interest::none;
  std::function<void(Interest)> call;
  UniqueFd own_fd;  // declared before `source`, which must leave epoll first
  std::unique_ptr<sd_event_source, SourceUnref> source;

  static int fired(sd_event_source*, int, std::uint32_t revents, void* self_pointer) noexcept {
    auto self = static_cast<WatchSource*>(self_pointer)->shared_from_this();
    unsigned ready = 0;
    if (revents & (EPOLLIN | EPOLLHUP | EPOLLERR)) ready |= static_cast<unsigned>(Interest::readable);
    if (revents & (EPOLLOUT | EPOLLHUP | EPOLLERR)) ready |= static_cast<unsigned>(Interest::writable);
    ready &= static_cast<unsigned>(self->interest);
    if (ready) self->call(static_cast<Interest>(ready));
    return 0;
  }
};

namespace {

std::uint32_t epoll_events(Interest interest) {
  std::uint32_t events = 0;
  if (interest == Interest::readable || interest == Interest::both) events |= EPOLLIN;
  if (interest == Interest::writable || interest == Interest::both) events |= EPOLLOUT;
  return events;
}

Error no_loop(const char* what, int error) {
  return Error{E_OUTOFMEMORY, ErrorContext::none,
               std::string("an event loop can't be made (") + what + "): " + std::strerror(error)};
}

}  // namespace

Result<std::unique_ptr<SdEventLoop>> SdEventLoop::create() {
  auto loop = std::unique_ptr<SdEventLoop>(new SdEventLoop);
  DO_TRY(loop->open());
  return loop;
}

Result<void> SdEventLoop::open() {
  sd_event* event = nullptr;
  if (int r = sd_event_new(&event); r < 0) return no_loop("sd_event_new", -r);
  event_.reset(event);

  wake_fd_ = UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_fd_) return no_loop("eventfd", errno);
  sd_event_source* source = nullptr;
  auto woken = [](sd_event_source*, int, std::uint32_t, void* self) noexcept {
    static_cast<SdEventLoop*>(self)->run_posted();
    return 0;
  };
  if (int r = sd_event_add_io(event, &source, wake_fd_.get(), EPOLLIN, woken, this); r < 0) {
    return no_loop("sd_event_add_io", -r);
  }
  wake_source_.reset(source);

  constexpr std::uint64_t kAccuracyMicroseconds = 1000;  // sd-event's own default is 250 ms
  timers_ = std::make_shared<Timers>(*this);
  if (int r = sd_event_add_time(event, &source, CLOCK_BOOTTIME, UINT64_MAX, kAccuracyMicroseconds, &Timers::fired,
                                timers_.get());
      r < 0) {
    return no_loop("sd_event_add_time", -r);
  }
  timers_->source.reset(source);
  return {};
}

SdEventLoop::~SdEventLoop() {
  timers_.reset();
  // A dropped call may post from its destructor.
  for (std::vector<std::function<void()>> dropped;; dropped.clear()) {
    std::lock_guard lock(mutex_);
    if (posted_.empty()) break;
    dropped.swap(posted_);
  }
}

void SdEventLoop::run() {
  owner_ = std::this_thread::get_id();
  stopping_ = false;
  while (!stopping_) {
    if (int r = sd_event_run(event_.get(), UINT64_MAX); r < 0) loop_is_broken("sd_event_run", -r);
  }
}

void SdEventLoop::stop() {
  post([this] { stopping_ = true; });
}

Clock::time_point SdEventLoop::now() const {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return Clock::time_point(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

void SdEventLoop::post(std::function<void()> call) {
  std::lock_guard lock(mutex_);
  posted_.push_back(std::move(call));
  if (posted_.size() > 1) return;  // whoever posted the first has rung
  // Under the lock: after it, a stop() that is taken up at once could let the loop and the descriptor go.
  const std::uint64_t one = 1;
  while (::write(wake_fd_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void SdEventLoop::run_posted() {
  std::vector<std::function<void()>> round;
  {
    std::lock_guard lock(mutex_);
    std::uint64_t rung = 0;
    while (::read(wake_fd_.get(), &rung, sizeof rung) < 0 && errno == EINTR) {
    }
    round.swap(posted_);
  }
  for (auto& call : round) {
    call();
    call = nullptr;  // what it holds goes before the next call, as if it had been called alone
  }
}

Timer SdEventLoop::after(Clock::duration delay, std::function<void()> call) {
  const auto start = now();
  const auto due = start + std::clamp(delay, Clock::duration::zero(), Clock::time_point::max() - start);
  const Timers::Key key{due, ++timers_->last_id};
  timers_->waiting.emplace(key, std::move(call));
  timers_->arm();
  return Timer([weak = std::weak_ptr(timers_), key] {
    auto timers = weak.lock();
    if (!timers) return;
    const auto dropped = timers->waiting.extract(key);  // destroyed when the map is whole again
    if (dropped) timers->arm();
  });
}

Watch SdEventLoop::watch(int fd, Interest interest, std::function<void(Interest ready)> call) {
  if (interest == Interest::none) return Watch([] {});  // epoll would report hang-ups all the same, again and again
  auto watch = std::make_shared<WatchSource>();
  watch->interest = interest;
  watch->call = std::move(call);
  sd_event_source* source = nullptr;
  int r = sd_event_add_io(event_.get(), &source, fd, epoll_events(interest), &WatchSource::fired, watch.get());
  if (r == -EEXIST) {  // epoll takes a descriptor once: the second watch has a number of its own
    watch->own_fd = UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    r = watch->own_fd ? sd_event_add_io(event_.get(), &source, watch->own_fd.get(), epoll_events(interest),
                                        &WatchSource::fired, watch.get())
                      : -errno;
  }
  if (r < 0) {
    // Reported as ready once, so that its owner reads or writes and meets the error there.
    log_error("Descriptor {} can't be watched: {}.", fd, std::strerror(-r));
    post([weak = std::weak_ptr(watch)] {
      if (auto self = weak.lock()) self->call(self->interest);
    });
  }
  watch->source.reset(source);
  return Watch([watch] {
    watch->source.reset();
    // `call` may be running: it goes with the last reference.
  });
}

bool SdEventLoop::on_loop_thread() const { return owner_ == std::this_thread::get_id(); }

}  // namespace dosvc
