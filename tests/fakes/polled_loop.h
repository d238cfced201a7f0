#pragma once

#include <poll.h>

#include <cstddef>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "fakes/fake_loop.h"

namespace dosvc {

// The test's own time, as of FakeLoop, with real descriptors: they are looked at inside run_until_idle(), without
// waiting for them. For sockets whose other end is in the test too, so that what was sent is there to be read.
class PolledLoop final : public Loop {
 public:
  explicit PolledLoop(FakeLoop& time) : time_(time) {}

  Clock::time_point now() const override { return time_.now(); }
  void post(std::function<void()> call) override { time_.post(std::move(call)); }
  Timer after(Clock::duration delay, std::function<void()> call) override {
    return time_.after(delay, std::move(call));
  }
  Watch watch(int fd, Interest interest, std::function<void(Interest ready)> call) override {
    descriptors_.insert(fd);
    return time_.watch(fd, interest, std::move(call));
  }
  bool on_loop_thread() const override { return time_.on_loop_thread(); }

  // Whether anything that is watched was ready.
  bool run_until_idle() {
    bool any = false;
    time_.run_until_idle();
    while (serve_ready()) {
      any = true;
      time_.run_until_idle();
    }
    return any;
  }

  // What is watched now, for those who wait for other processes.
  std::vector<pollfd> watched() const {
    std::vector<pollfd> all;
    for (const int fd : descriptors_) {
      const auto interest = static_cast<unsigned>(time_.watched(fd));
      const int events = ((interest & 1u) != 0 ? POLLIN : 0) | ((interest & 2u) != 0 ? POLLOUT : 0);
      if (interest != 0) all.push_back({fd, static_cast<short>(events), 0});
    }
    return all;
  }

 private:
  bool serve_ready() {
    std::vector<pollfd> all = watched();
    if (all.empty() || ::poll(all.data(), all.size(), 0) <= 0) return false;
    for (const pollfd& each : all) {
      const bool broken = (each.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
      const unsigned ready =
          ((each.revents & POLLIN) != 0 ? 1u : 0u) | ((each.revents & POLLOUT) != 0 ? 2u : 0u) | (broken ? 3u : 0u);
      if (ready != 0) time_.make_ready(each.fd, static_cast<Interest>(ready));
    }
    return true;
  }

  FakeLoop& time_;
  std::set<int> descriptors_;  // that were ever watched
};

}  // namespace dosvc
