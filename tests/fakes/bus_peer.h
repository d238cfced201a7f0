#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <systemd/sd-bus.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/unique_fd.h"
#include "dbus/message.h"
#include "dbus/wire.h"

namespace dosvc {

// The answer to a call of a BusPeer, when it has come.
struct PeerAnswer {
  MessagePtr message;

  bool here() const { return message != nullptr; }
  bool ok() const { return here() && sd_bus_message_is_method_error(message.get(), nullptr) <= 0; }
  std::string error() const {
    if (!here()) return "no answer";
    const sd_bus_error* error = sd_bus_message_get_error(message.get());
    return error == nullptr ? "" : error->name;
  }
  std::string sentence() const {
    const sd_bus_error* error = here() ? sd_bus_message_get_error(message.get()) : nullptr;
    return error == nullptr || error->message == nullptr ? "" : error->message;
  }
  template <class... Value>
  void read(const char* types, Value... values) {
    ASSERT_TRUE(ok()) << error() << ": " << sentence();
    ASSERT_GT(sd_bus_message_read(message.get(), types, values...), 0);
  }
  std::string text(const char* type = "s") {
    const char* value = "";
    read(type, &value);
    return value;
  }
  std::uint32_t number() {
    std::uint32_t value = 0;
    read("u", &value);
    return value;
  }
  bool has(const std::string& part) const { return error().find(part) != std::string::npos; }
};
using PendingAnswer = std::shared_ptr<PeerAnswer>;

// A program that talks to the service with nothing but sd-bus. It does something inside process() alone; what it is
// called with, and signals, it keeps.
class BusPeer {
 public:
  explicit BusPeer(UniqueFd socket) {
    sd_bus_new(&bus_);
    sd_bus_set_fd(bus_, socket.get(), socket.get());
    socket.release();
    sd_bus_add_filter(bus_, nullptr, &BusPeer::heard_message, this);
    sd_bus_start(bus_);  // fails where the service has hung up already: see open()
  }
  // On a message bus.
  explicit BusPeer(const std::string& address) {
    sd_bus_new(&bus_);
    sd_bus_set_address(bus_, address.c_str());
    sd_bus_set_bus_client(bus_, 1);
    sd_bus_add_filter(bus_, nullptr, &BusPeer::heard_message, this);
    sd_bus_start(bus_);
  }
  ~BusPeer() {
    heard.clear();
    sd_bus_close_unref(bus_);
  }
  BusPeer(const BusPeer&) = delete;
  BusPeer& operator=(const BusPeer&) = delete;

  sd_bus* raw() { return bus_; }
  bool open() const { return sd_bus_is_open(bus_) > 0; }
  void leave() { sd_bus_close(bus_); }

  // Whether there was anything to do.
  bool process() {
    if (!reads) return false;
    bool any = false;
    while (sd_bus_process(bus_, nullptr) > 0) any = true;
    return any;
  }

  // For those who wait for the bus.
  pollfd watched() const {
    const int events = sd_bus_get_events(bus_);
    return {open() && reads ? sd_bus_get_fd(bus_) : -1, static_cast<short>(events < 0 ? 0 : events), 0};
  }
  std::string name() const {
    const char* name = "";
    sd_bus_get_unique_name(bus_, &name);
    return name;
  }

  MessagePtr message(const std::string& path, const char* interface, const char* member) {
    sd_bus_message* made = nullptr;
    EXPECT_GE(sd_bus_message_new_method_call(bus_, &made, destination.c_str(), path.c_str(), interface, member), 0);
    return MessagePtr(made);
  }
  PendingAnswer ask(const MessagePtr& call) {
    auto answer = std::make_shared<PeerAnswer>();
    asked_.push_back(answer);
    EXPECT_GE(sd_bus_call_async(bus_, nullptr, call.get(), &BusPeer::answered, answer.get(), UINT64_MAX), 0);
    return answer;
  }
  template <class... Value>
  PendingAnswer ask(const std::string& path, const char* interface, const char* member, const char* types = "",
                    Value... values) {
    MessagePtr call = message(path, interface, member);
    EXPECT_GE(*types == '\0' ? 0 : sd_bus_message_append(call.get(), types, values...), 0);
    return ask(call);
  }
  // Answers a call that came.
  void answer(const MessagePtr& call, std::uint32_t code = 0) { sd_bus_reply_method_return(call.get(), "u", code); }

  std::string destination = wire::kBusName;  // of what is asked
  std::deque<MessagePtr> heard;              // calls and signals
  bool reads = true;

  std::vector<std::string> members_heard() const {
    std::vector<std::string> members;
    for (const MessagePtr& each : heard) members.emplace_back(sd_bus_message_get_member(each.get()));
    return members;
  }

 private:
  static int answered(sd_bus_message* message, void* to, sd_bus_error*) {
    static_cast<PeerAnswer*>(to)->message = keep(message);
    return 1;
  }
  static int heard_message(sd_bus_message* message, void* self, sd_bus_error*) {
    const bool call = sd_bus_message_is_method_call(message, nullptr, nullptr) > 0;
    if (!call && sd_bus_message_is_signal(message, nullptr, nullptr) <= 0) return 0;
    for (const char* not_told : {"org.freedesktop.DBus.Local", "org.freedesktop.DBus"}) {
      if (sd_bus_message_is_signal(message, not_told, nullptr) > 0) return 0;
    }
    static_cast<BusPeer*>(self)->heard.push_back(keep(message));
    return 1;
  }

  sd_bus* bus_ = nullptr;
  std::vector<PendingAnswer> asked_;  // each for as long as its answer may come
};

}  // namespace dosvc
