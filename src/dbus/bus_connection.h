#pragma once

#include "base/loop.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "dbus/message.h"

#include <sys/types.h>
#include <systemd/sd-bus.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
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
// loop's thread, and every callback runs there, from the loop and never within a call of this class; a callback may
// destroy the connection. Messages that carry file descriptors are refused.
//
// A client's connection isn't listened to while it doesn't take what it is sent, nor is a bus, so that answers can't
// pile up; what is sent without being asked for is counted, see send_unasked().
class BusConnection {
 public:
  // Handles a message that came, but the answers to calls; false: not for us, and a method call is refused as unknown.
  // What every D-Bus program answers (org.freedesktop.DBus.Peer) is answered before.
  using Handler = std::function<bool(BusConnection& connection, sd_bus_message* message)>;
  using Closed = std::function<void(BusConnection& connection)>;

  // To a message bus (`bus`) or directly to a service, at a D-Bus address. Answers at once: with an error when nobody
  // listens there; whether the other side speaks D-Bus with us shows later, by `closed`. What is sent meanwhile waits.
  static Result<std::unique_ptr<BusConnection>> connect(Loop& loop, const std::string& address, bool bus);
  // The service's end of a direct connection; `peer` is who the kernel says is there.
  static Result<std::unique_ptr<BusConnection>> accept(Loop& loop, UniqueFd socket, uid_t peer);
  // Calls that are waiting are never answered then.
  ~BusConnection();
  BusConnection(const BusConnection&) = delete;
  BusConnection& operator=(const BusConnection&) = delete;

  void on_message(Handler handler) { handler_ = std::move(handler); }
  // Asked within a call of sd-bus, so it may not destroy the connection: whether a call of org.freedesktop.DBus.Peer is
  // to be answered.
  void on_peer_call(std::function<bool(sd_bus_message* call)> allowed);
  // Once: the other side is gone, or was dropped. Calls that were waiting have been answered with an error before.
  void on_closed(Closed closed) { closed_ = std::move(closed); }

  bool direct() const { return end_ != End::bus; }
  std::optional<uid_t> peer() const { return peer_; }  // of accept() alone
  bool open() const;
  sd_bus* raw() const { return bus_.get(); }

  // Empty destination: on a direct connection.
  MessageWriter call_message(const char* destination, const char* path, const char* interface, const char* member);
  MessageWriter signal_message(const char* destination, const char* path, const char* interface, const char* member);
  MessageWriter answer_message(sd_bus_message* call);

  void send(MessageWriter message);
  // What nobody asked for: signals. When more than kMostUnasked of it waits for a direct peer the connection is
  // dropped. On a bus the daemon keeps it: see backlog.h.
  void send_unasked(MessageWriter message);
  void refuse(sd_bus_message* call, const Error& error);  // see error_names.h

  // `answered` runs once, with the answer or with the error; never after the PendingCall was dropped. Without `timeout`
  // it waits until the connection is closed; with it the error is HRESULT_FROM_WIN32(ERROR_TIMEOUT). Counts as
  // send_unasked() with `unasked`.
  using Answered = std::function<void(Result<sd_bus_message*> answer)>;
  PendingCall call(MessageWriter message, std::optional<Clock::duration> timeout, Answered answered,
                   bool unasked = false);

  // Closes it. What the other side's socket has not taken by now is lost. `closed` runs later.
  void drop();

  static constexpr std::size_t kMostUnasked = 1u << 20;
  // Bytes that wait to be written above which nothing more is read.
  static constexpr std::size_t kMostWaiting = 256u << 10;
  // Who connects must have said who they are by then.
  static constexpr std::chrono::seconds kTimeToBegin{25};

 private:
  enum class End : std::uint8_t { bus, client, service };
  struct BusUnref {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
  };
  struct Waiting {
    std::size_t bytes;
    bool unasked;
  };
  struct Call {
    Answered answered;
    Timer timer;
  };
  using Calls = std::map<std::uint64_t, Call>;

  BusConnection(Loop& loop, sd_bus* bus, End end, std::optional<uid_t> peer);
  int start();
  void process();
  bool process_one();
  void arm();
  void arm_watch();
  void arm_timer();
  void handle(sd_bus_message* message);
  void handle_answer(sd_bus_message* message);
  void answer(std::uint64_t cookie, Result<sd_bus_message*> with);
  bool put(const MessageWriter& message, bool unasked, std::uint64_t* cookie);
  void refuse_as(sd_bus_message* call, const std::string& name, const std::string& message);
  void account();
  bool too_much_waits() const;
  void close();

  Loop& loop_;
  std::unique_ptr<sd_bus, BusUnref> bus_;
  const End end_;
  const std::optional<uid_t> peer_;
  Handler handler_;
  std::function<bool(sd_bus_message*)> peer_call_allowed_;
  Closed closed_;
  MessagePtr placeholder_;  // see process_one()
  int watched_fd_ = -1;
  Interest interest_ = Interest::none;
  Watch watch_;
  Timer timer_;
  Timer beginning_;
  std::deque<Waiting> waiting_;  // what sd-bus has not written yet
  std::size_t waiting_bytes_ = 0;
  std::size_t waiting_unasked_ = 0;
  std::shared_ptr<Calls> calls_ = std::make_shared<Calls>();
  std::uint64_t unsent_calls_ = std::uint64_t{1} << 63;  // keys of calls that could not be sent: above any cookie
  bool closed_before_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace dosvc
