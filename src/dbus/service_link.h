#pragma once

#include "base/loop.h"
#include "dbus/bus_connection.h"
#include "dbus/proxy.h"

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace dosvc {

// A call of one of the service's objects.
struct ServiceCall {
  std::string path;
  const char* interface = nullptr;
  const char* member = nullptr;
  std::function<void(MessageWriter& arguments)> write;  // empty: it has none; may run twice
  // What happens when the service goes away before it has answered: it is made once more, on the next connection; or
  // it is answered with RPC_S_CALL_FAILED, since it may have been done.
  bool again = false;
  // It is about the connection alone: when that is lost it is dropped, unanswered.
  bool of_connection = false;
  std::function<void(Result<sd_bus_message*> answer)> answered;
};

// The proxy's connection to the service: made when there is something to say, and made anew after it was lost. A
// connection counts from when the service has answered on it; until then calls wait. So do those beyond a hundred that
// are underway: a bus, or the service, would refuse them. A service that is there and doesn't answer anything for a
// minute is one that has gone. Belongs to the loop's thread.
class ServiceLink {
 public:
  struct Owner {
    // The service answers, for the first time or again; calls made here go out before those that wait.
    std::function<void()> connected;
    std::function<void()> lost;
    std::function<bool(BusConnection& connection, sd_bus_message* message)> message;  // from the service itself
    // Who waits for what the service tells by itself: the link is then made anew without a call, at once or, when that
    // fails again and again, a few seconds later. For those who watch alone no service is started.
    enum class Waits : std::uint8_t { nobody, who_watches, who_needs_it };
    std::function<Waits()> waits;
  };
  ServiceLink(Loop& loop, FindService find, Owner owner);
  ~ServiceLink();
  ServiceLink(const ServiceLink&) = delete;
  ServiceLink& operator=(const ServiceLink&) = delete;

  void call(ServiceCall call);
  // The connection that counts, or NULL; the number tells one from the next.
  BusConnection* connection() const { return ready_ ? connection_.get() : nullptr; }
  std::uint64_t generation() const { return generation_; }

 private:
  struct InFlight {
    ServiceCall call;
    PendingCall pending;
  };

  void begin(bool start);
  Result<void> connect(bool start);
  void watch_name();
  void handshake();
  void shaken(const Result<sd_bus_message*>& answer);
  void attempt_failed(const Error& why);
  void send(ServiceCall call);
  void send_waiting();
  void expect_answers();
  void ask_whether_it_lives();
  void answered(std::list<InFlight>::iterator at, const Result<sd_bus_message*>& answer);
  bool heard(BusConnection& connection, sd_bus_message* message);
  void lose();
  void come_back();

  Loop& loop_;
  const FindService find_;
  const Owner owner_;
  std::string service_;  // the service's unique name; empty on a direct connection
  std::string where_;    // for sentences
  std::unique_ptr<BusConnection> connection_;
  bool ready_ = false;
  std::uint64_t generation_ = 0;
  int attempts_ = 0;  // since the link was ready, or given up
  std::list<ServiceCall> waiting_;
  std::list<InFlight> in_flight_;
  PendingCall shaking_;
  PendingCall watching_;
  bool heard_ = false;  // an answer, since patience_ began
  Timer patience_;      // while calls are underway
  PendingCall asking_;
  Clock::time_point ready_since_{};
  Clock::duration pause_{};
  Timer comes_back_;
  Timer soon_;
};

}  // namespace dosvc
