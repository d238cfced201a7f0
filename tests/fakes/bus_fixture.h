#pragma once

#include "base/unique_fd.h"
#include "dbus/bus_connection.h"
#include "fakes/polled_loop.h"
#include "fakes/temp_folder.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace dosvc {

// A socket at which others connect.
class ListeningSocket {
 public:
  explicit ListeningSocket(const std::string& path)
      : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const sockaddr_un address = address_of(path);
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(socket_.get(), 64) != 0) {
      std::abort();
    }
  }
  // Who has connected already, or nobody.
  UniqueFd accept() const { return UniqueFd(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)); }

  static sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
  }

 private:
  UniqueFd socket_;
};

// A client and one connection of a service that serves it, each with a loop of its own, so that either can stand
// still. Nothing here waits.
class BusPair : public testing::Test {
 protected:
  BusPair() {
    client_ = BusConnection::connect(client_loop_, "unix:path=" + path_, false).take();
    served_ = BusConnection::accept(loop_, listening_.accept(), ::getuid()).take();
    run_until([&] { return sd_bus_is_ready(client_->raw()) > 0 && sd_bus_is_ready(served_->raw()) > 0; });
  }

  void run_until(const std::function<bool()>& done) {
    while (!done()) turn();
  }
  void turn() {
    loop_.run_until_idle();
    client_loop_.run_until_idle();
  }
  // Until neither has anything left to do.
  void settle() {
    while (loop_.run_until_idle() || client_loop_.run_until_idle()) {
    }
  }

  MessageWriter new_call(const std::string& text = "") {
    MessageWriter message = client_->call_message(nullptr, "/a", "org.example.A", "B");
    message.text(text.c_str());
    return message;
  }
  // What the service answers; an error's message in brackets.
  std::string ask(const std::string& text) {
    std::optional<std::string> heard;
    const PendingCall call =
        client_->call(new_call(text), std::nullopt, [&](Result<sd_bus_message*> answer) { heard = text_of(answer); });
    run_until([&] { return heard.has_value(); });
    return *heard;
  }
  static std::string text_of(const Result<sd_bus_message*>& answer) {
    return answer ? text_of(answer.value()) : "[" + answer.error().message + "]";
  }
  static std::string text_of(sd_bus_message* message) {
    const char* text = nullptr;
    return sd_bus_message_read_basic(message, 's', &text) > 0 ? text : "";
  }
  // Answers each call with its own text.
  static bool echo(BusConnection& connection, sd_bus_message* call) {
    MessageWriter answer = connection.answer_message(call);
    answer.text(text_of(call).c_str());
    connection.send(std::move(answer));
    return true;
  }

  TempFolder folder_;
  const std::string path_ = folder_ / "socket";
  ListeningSocket listening_{path_};
  FakeLoop time_;
  FakeLoop client_time_;
  PolledLoop loop_{time_};
  PolledLoop client_loop_{client_time_};
  std::unique_ptr<BusConnection> client_;
  std::unique_ptr<BusConnection> served_;
};

}  // namespace dosvc
