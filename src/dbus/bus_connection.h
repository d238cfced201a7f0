#pragma once

#include "base/loop.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "dbus/message.h"

#include <sys/types.h>
#include <systemd/sd-bus.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace dosvc {

// A method call whose answer is awaited. Dropping it forgets the answer.
class [[nodiscard]] PendingCall : public CancelOnDestroy {
 public:
  using CancelOnDestroy::CancelOnDestroy;
};

// One D-Bus connection, to a bus or directly to the other side's socket, served by a Loop. Everything belongs to the
// loop's thread, and every callback runs there; a callback may destroy the connection.
//
// A peer that doesn't take what it is sent is not listened to either, so that answers can't pile up; what is sent
// without being asked for is counted, see send_unasked().
class BusConnection {
 public:
  // Handles a message that came, but the answers to calls; false: not for us, and a method call is refused as unknown.
  using Handler = std::function<bool(BusConnection& connection, sd_bus_message* message)>;
  using Closed = std::function<void(BusConnection& connection)>;

  // To a message bus (`bus`) or directly to a service, at a D-Bus address. Answers at once; whether it can be reached
  // shows later, by `closed`.
  static Result<std::unique_ptr<BusConnection>> connect(Loop& loop, const std::string& address, bool bus);
  // The service's end of a direct connection; `peer` is who the kernel says is there.
  static Result<std::unique_ptr<BusConnection>> accept(Loop& loop, UniqueFd socket, uid_t peer);
  ~BusConnection();
  BusConnection(const BusConnection&) = delete;
  BusConnection& operator=(const BusConnection&) = delete;

  void on_message(Handler handler) { handler_ = std::move(handler); }
  // Once: the other side is gone, or was dropped. Calls that were waiting have been answered with an error before.
  void on_closed(Closed closed) { closed_ = std::move(closed); }

  bool direct() const { return !bus_client_; }
  std::optional<uid_t> peer() const { return peer_; }  // of accept() alone
  bool open() const;
  sd_bus* raw() const { return bus_.get(); }

  // Empty destination: on a direct connection.
  MessageWriter call_message(const char* destination, const char* path, const char* interface, const char* member);
  MessageWriter signal_message(const char* destination, const char* path, const char* interface, const char* member);
  MessageWriter answer_message(sd_bus_message* call);

  void send(MessageWriter message);
  // What nobody asked for: signals. When more than 1 MiB of it waits for a direct peer the connection is dropped. On a
  // bus the daemon does the same.
  void send_unasked(MessageWriter message);
  void refuse(sd_bus_message* call, const Error& error);  // see error_names.h

  // `answered` runs once, with the answer or with the error; never after the PendingCall was dropped. Without `timeout`
  // it waits until the connection is closed. Counts as send_unasked() with `unasked`.
  using Answered = std::function<void(Result<sd_bus_message*> answer)>;
  PendingCall call(MessageWriter message, std::optional<Clock::duration> timeout, Answered answered,
                   bool unasked = false);

  // Closes it after what is queued was written, or at once when that can't be.
  void drop();

 private:
  struct BusUnref {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
  };
  BusConnection(Loop& loop, sd_bus* bus, bool bus_client, std::optional<uid_t> peer);
  void process();
  void rearm();

  Loop& loop_;
  std::unique_ptr<sd_bus, BusUnref> bus_;
  const bool bus_client_;
  const std::optional<uid_t> peer_;
  Handler handler_;
  Closed closed_;
  Watch watch_;
  Timer timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::deque<std::size_t> queued_;  // sizes of what sd-bus has not written yet, unasked ones only count
  std::size_t waiting_unasked_ = 0;
};

}  // namespace dosvc
