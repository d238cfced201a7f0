#pragma once

#include "core/job_service.h"
#include "dbus/bus_connection.h"
#include "dbus/message.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace dosvc {

class Subscription;

// What a bus may keep of what a program was sent. See backlog.h, which alone changes it.
struct Unread {
  static constexpr std::size_t kLittle = 64u << 10;

  bool stalled = false;           // it is sent nothing more, and its calls wait, until it is known to have read
  bool cut_off = false;           // and for good
  std::size_t bytes = 0;          // waited when the bus was asked last, or sent since
  std::size_t asked_at = 0;       // `bytes` when it was asked
  std::size_t small_answers = 0;  // while stalled, or since it was cut off
  std::uint64_t least = 0;        // seen waiting since it is stalled
  Clock::time_point read_at;      // when that was seen
  Clock::duration pause{};
  PendingCall question;
  Timer again;
};

// A program at the other end: the owner of a unique name on a bus, or whoever a direct connection comes from. Belongs
// to the bus thread and to its ClientList, and goes when the program does: others keep it weakly. Its connection is
// there for as long as it is.
struct BusClient : std::enable_shared_from_this<BusClient> {
  BusClient(BusConnection& on, std::string unique_name) : connection(on), name(std::move(unique_name)) {}

  BusConnection& connection;
  const std::string name;  // empty on a direct connection
  // `administrator`: root, or an authority's yes, which holds for as long as the program is connected.
  Caller caller;
  bool held = true;                // its calls wait: until it is known who it is, and while an authority is asked
  std::deque<MessagePtr> waiting;  // calls, in the order they came
  std::size_t underway = 0;        // calls without an answer, those that wait too
  std::set<JobId> listens_to;
  std::shared_ptr<Subscription> subscription;
  PendingCall watching;  // that the bus tells when it goes
  PendingCall identifying;
  Unread unread;
  std::function<void(BusClient&, std::size_t bytes)> count;  // of a bus: what is sent to it

  // All that is sent to it goes this way, so that it is known how much it may have left unread.
  void send(MessageWriter message) {
    const std::size_t bytes = message.bytes();
    connection.send(std::move(message));
    if (count) count(*this, bytes);
  }
  void send_unasked(MessageWriter message) {
    const std::size_t bytes = message.bytes();
    connection.send_unasked(std::move(message));
    if (count) count(*this, bytes);
  }
  PendingCall call(MessageWriter message, BusConnection::Answered answered) {
    const std::size_t bytes = message.bytes();
    PendingCall pending = connection.call(std::move(message), std::nullopt, std::move(answered), true);
    if (count) count(*this, bytes);
    return pending;
  }
  void refuse(sd_bus_message* message, const Error& error) {
    connection.refuse(message, error);
    if (count) count(*this, kSmall + error.message.size());
  }

  const char* destination() const { return name.empty() ? nullptr : name.c_str(); }
  bool in_use() const {
    return underway > 0 || !listens_to.empty() || subscription || unread.stalled || unread.bytes > Unread::kLittle;
  }

  static constexpr std::size_t kSmall = 128;  // about what an error takes beside its sentence
};

}  // namespace dosvc
