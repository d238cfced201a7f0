#pragma once

// Two ends of a direct connection on one loop, whose time the test moves; nothing here sleeps.

#include "base/sd_event_loop.h"
#include "dbus/bus_connection.h"
#include "fakes/fake_loop.h"
#include "fakes/temp_folder.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace dosvc {

// Descriptors and posted calls are real; timers wait until the test moves time. Those that are due at once run by
// themselves.
class SteeredLoop final : public Loop {
 public:
  SteeredLoop() : real_(SdEventLoop::create().take()) {}

  Clock::time_point now() const override { return timers_.now(); }
  void post(std::function<void()> call) override { real_->post(std::move(call)); }
  Timer after(Clock::duration delay, std::function<void()> call) override {
    Timer timer = timers_.after(delay, std::move(call));
    if (delay <= Clock::duration::zero()) real_->post([this] { timers_.run_until_idle(); });
    return timer;
  }
  Watch watch(int fd, Interest interest, std::function<void(Interest ready)> call) override {
    return real_->watch(fd, interest, std::move(call));
  }
  bool on_loop_thread() const override { return real_->on_loop_thread(); }

  // Serves until `done`.
  void run_until(const std::function<bool()>& done) {
    while (!done()) {
      real_->stop();
      real_->run();
    }
  }
  void advance(Clock::duration time) { timers_.advance(time); }

 private:
  std::unique_ptr<SdEventLoop> real_;
  FakeLoop timers_;
};

// A client that uses our class on its end, and one connection of a service.
class BusPair : public testing::Test {
 protected:
  BusPair() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    listening_ = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(listening_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listening_.get(), 8) != 0) {
      std::abort();
    }
    client_ = BusConnection::connect(loop_, "unix:path=" + path_, false).take();
    served_ = accept();
  }

  std::unique_ptr<BusConnection> accept() {
    UniqueFd socket(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    return BusConnection::accept(loop_, std::move(socket), ::getuid()).take();
  }
  MessageWriter new_call(const std::string& text = "") {
    MessageWriter message = client_->call_message(nullptr, "/a", "org.example.A", "B");
    message.text(text.c_str());
    return message;
  }
  // What the service answers to a call with `text`; the error's message in brackets.
  std::string ask(const std::string& text) {
    std::optional<std::string> heard;
    const PendingCall call = client_->call(new_call(text), std::nullopt, [&](Result<sd_bus_message*> answer) {
      heard = answer ? text_of(*answer) : "[" + answer.error().message + "]";
    });
    loop_.run_until([&] { return heard.has_value(); });
    return *heard;
  }
  static std::string text_of(sd_bus_message* message) {
    const char* text = nullptr;
    return sd_bus_message_read_basic(message, 's', &text) > 0 ? text : "";
  }

  TempFolder folder_;
  const std::string path_ = folder_ / "socket";
  UniqueFd listening_;
  SteeredLoop loop_;
  std::unique_ptr<BusConnection> client_;
  std::unique_ptr<BusConnection> served_;
};

}  // namespace dosvc
