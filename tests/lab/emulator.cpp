#include "lab/emulator.h"

#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <future>

#include "base/thread.h"

namespace dosvc::lab {

namespace {

constexpr std::size_t kMostOfFrame = 65'600;
constexpr int kFramesAtOnce = 128;  // then the other side has its turn
constexpr int kPriority = 10;
constexpr std::uint64_t kSeed = 12'345;

Time now() { return std::chrono::steady_clock::now(); }

// Whether the calling thread goes before all others, and is woken when it wants to be.
bool hurry() {
  ::prctl(PR_SET_TIMERSLACK, 1);
  const sched_param priority{.sched_priority = kPriority};
  return ::sched_setscheduler(0, SCHED_FIFO, &priority) == 0;
}

}  // namespace

Link even_link(const Line& line) {
  Link link{line, line};
  link.up.loss = 0;
  return link;
}

Result<std::unique_ptr<Emulator>> Emulator::start(Tap first, Tap second, const Link& link) {
  UniqueFd bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!bell) return lab_error("making an event");
  std::unique_ptr<Emulator> emulator(new Emulator(std::move(first), std::move(second), std::move(bell), link));
  std::promise<void> running;
  emulator->thread_ = start_thread("link", [&, self = emulator.get()] {
    self->in_real_time_ = hurry();
    running.set_value();
    self->carry();
  });
  if (!emulator->thread_.joinable()) return lab_error("starting a thread");
  running.get_future().wait();
  return emulator;
}

Emulator::Emulator(Tap first, Tap second, UniqueFd bell, const Link& link)
    : first_(std::move(first)),
      second_(std::move(second)),
      bell_(std::move(bell)),
      down_(link.down, kSeed),
      up_(link.up, kSeed + 1) {}

Emulator::~Emulator() {
  stop_ = true;
  const std::uint64_t one = 1;
  (void)!::write(bell_.get(), &one, sizeof one);
  if (thread_.joinable()) thread_.join();
}

void Emulator::change(const Link& link) {
  const std::lock_guard lock(mutex_);
  down_.change(link.down);
  up_.change(link.up);
}

LinkCounts Emulator::counts() const {
  const std::lock_guard lock(mutex_);
  return {down_.counts(), up_.counts(), latest_};
}

void Emulator::carry() {
  Bytes buffer(kMostOfFrame);
  while (!stop_) {
    {
      const std::lock_guard lock(mutex_);
      take(first_, down_, buffer);
      take(second_, up_, buffer);
      deliver(down_, second_);
      deliver(up_, first_);
    }
    wait_for_work();
  }
}

void Emulator::take(const Tap& from, Direction& into, Bytes& buffer) {
  for (int i = 0; i < kFramesAtOnce; ++i) {
    const ssize_t length = ::read(from.frames.get(), buffer.data(), buffer.size());
    if (length <= 0) return;
    into.offer({buffer.data(), static_cast<std::size_t>(length)}, now());
  }
}

void Emulator::deliver(Direction& from, const Tap& to) {
  const Time time = now();
  while (from.next_due() && *from.next_due() <= time) {
    latest_ = std::max<Span>(latest_, time - *from.next_due());
    const Bytes& frame = from.front();
    (void)!::write(to.frames.get(), frame.data(), frame.size());
    from.pop();
  }
}

void Emulator::wait_for_work() {
  // Only this thread changes what is due, so nothing is guarded here.
  std::optional<Time> due = down_.next_due();
  if (const auto other = up_.next_due(); other && (!due || *other < *due)) due = other;
  timespec wait{};
  if (due) {
    const Span left = std::max<Span>(Span{0}, *due - now());
    wait.tv_sec = static_cast<std::time_t>(left / std::chrono::seconds(1));
    wait.tv_nsec = static_cast<long>((left % std::chrono::seconds(1)).count());
  }
  std::array<pollfd, 3> things{
      {{first_.frames.get(), POLLIN, 0}, {second_.frames.get(), POLLIN, 0}, {bell_.get(), POLLIN, 0}}};
  ::ppoll(things.data(), things.size(), due ? &wait : nullptr, nullptr);
}

}  // namespace dosvc::lab
