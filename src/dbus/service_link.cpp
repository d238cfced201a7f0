#include "dbus/service_link.h"

#include "base/log.h"
#include "base/text.h"
#include "dbus/error_names.h"
#include "dbus/wire.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace dosvc {
namespace {

constexpr char kBus[] = "org.freedesktop.DBus";
constexpr char kBusPath[] = "/org/freedesktop/DBus";
constexpr char kProperties[] = "org.freedesktop.DBus.Properties";

// A bus lets a program wait for 128 answers, unless it is told otherwise.
constexpr std::size_t kMostUnderway = 100;
// Without any answer, before the service is asked whether it lives; and for the answer to that.
constexpr Clock::duration kPatience = std::chrono::seconds(30);
constexpr int kAttempts = 2;  // a service may leave just when it was found
constexpr Clock::duration kFirstPause = std::chrono::milliseconds(250);
constexpr Clock::duration kLongestPause = std::chrono::seconds(5);
constexpr Clock::duration kLasting = std::chrono::seconds(1);  // a connection of that age was a good one

std::string_view text_of(const char* text) { return text ? text : ""; }

Error call_failed() {
  return Error{HRESULT_FROM_WIN32(RPC_S_CALL_FAILED), ErrorContext::none,
               "the connection to the service was lost during the call, which may or may not have been carried out: "
               "look at the job, and repeat it if it wasn't"};
}

}  // namespace

ServiceLink::ServiceLink(Loop& loop, FindService find, Owner owner)
    : loop_(loop), find_(std::move(find)), owner_(std::move(owner)) {}

ServiceLink::~ServiceLink() = default;

void ServiceLink::call(ServiceCall call) {
  waiting_.push_back(std::move(call));
  if (ready_) {
    send_waiting();
  } else {
    begin(true);
  }
}

void ServiceLink::begin(bool start) {
  if (connection_ || soon_) return;
  comes_back_.reset();
  ++attempts_;
  if (const Result<void> connected = connect(start); !connected) attempt_failed(connected.error());
}

Result<void> ServiceLink::connect(bool start) {
  const ServiceAddress found = DO_TRY(find_(start));
  where_ = found.address;
  connection_ = DO_TRY(BusConnection::connect(loop_, found.address, found.bus));
  ++generation_;
  connection_->on_message([this](BusConnection& from, sd_bus_message* message) { return heard(from, message); });
  connection_->on_closed([this](BusConnection&) { lose(); });
  if (found.bus) watch_name();
  handshake();
  return {};
}

// A bus stays when the service goes.
void ServiceLink::watch_name() {
  MessageWriter match = connection_->call_message(kBus, kBusPath, kBus, "AddMatch");
  match.text(
      "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',"
      "arg0='org.dosvc1'");
  watching_ = connection_->call(std::move(match), std::nullopt, [](const Result<sd_bus_message*>&) {});
}

void ServiceLink::handshake() {
  const char* name = connection_->direct() ? nullptr : wire::kBusName;
  MessageWriter version = connection_->call_message(name, wire::kManagerPath, kProperties, "Get");
  version.text(wire::kManager).text("Version");
  shaking_ = connection_->call(std::move(version), kPatience,
                               [this](const Result<sd_bus_message*>& answer) { shaken(answer); });
}

void ServiceLink::shaken(const Result<sd_bus_message*>& answer) {
  if (!answer) {
    const Error why = answer.error();
    // Not within a callback of what goes.
    soon_ = loop_.after(Clock::duration::zero(), [this, why] {
      soon_.reset();
      connection_.reset();
      attempt_failed(why);
    });
    return;
  }
  if (!connection_->direct()) service_ = text_of(sd_bus_message_get_sender(*answer));
  ready_ = true;
  ready_since_ = loop_.now();
  attempts_ = 0;
  std::list<ServiceCall> waited = std::exchange(waiting_, {});
  owner_.connected();
  waiting_.splice(waiting_.end(), waited);
  send_waiting();
}

void ServiceLink::attempt_failed(const Error& why) {
  connection_.reset();
  const bool gone = wire::is_lost(why);
  if (gone && attempts_ < kAttempts && !waiting_.empty()) return begin(true);
  attempts_ = 0;
  const Error error = why.code == DO_E_NO_SERVICE || why.code == E_ACCESSDENIED || where_.empty()
                          ? why
                          : Error{DO_E_NO_SERVICE, ErrorContext::none,
                                  fmt::format("the service at {} can't be reached ({}): is it running?",
                                              escaped(where_), escaped(why.message))};
  for (ServiceCall& call : std::exchange(waiting_, {})) call.answered(error);
  come_back();
}

void ServiceLink::send_waiting() {
  while (ready_ && !waiting_.empty() && in_flight_.size() < kMostUnderway) {
    ServiceCall next = std::move(waiting_.front());
    waiting_.pop_front();
    send(std::move(next));
  }
}

void ServiceLink::send(ServiceCall call) {
  const char* name = connection_->direct() ? nullptr : wire::kBusName;
  MessageWriter message = connection_->call_message(name, call.path.c_str(), call.interface, call.member);
  if (call.write) call.write(message);
  const auto at = in_flight_.insert(in_flight_.end(), InFlight{std::move(call), {}});
  at->pending = connection_->call(std::move(message), std::nullopt,
                                  [this, at](const Result<sd_bus_message*>& answer) { answered(at, answer); });
  if (!patience_ && !asking_) expect_answers();
}

// A call may take its time, while an administrator's password is asked for say; but somebody is there then.
void ServiceLink::expect_answers() {
  heard_ = false;
  patience_ = loop_.after(kPatience, [this] {
    patience_.reset();
    if (!ready_ || in_flight_.empty()) return;
    if (heard_) return expect_answers();
    ask_whether_it_lives();
  });
}

void ServiceLink::ask_whether_it_lives() {
  const char* name = connection_->direct() ? nullptr : wire::kBusName;
  asking_ = connection_->call(connection_->call_message(name, wire::kManagerPath, "org.freedesktop.DBus.Peer", "Ping"),
                              kPatience, [this](const Result<sd_bus_message*>& answer) {
                                const PendingCall asked = std::move(asking_);
                                if (answer || heard_) return expect_answers();
                                if (!wire::is_lost(answer.error()))
                                  log_warning("the service at {} doesn't answer any more", escaped(where_));
                                lose();
                              });
}

void ServiceLink::answered(std::list<InFlight>::iterator at, const Result<sd_bus_message*>& answer) {
  // The service has gone, or the connection: all that is underway goes with it.
  if (!answer && wire::is_lost(answer.error())) return lose();
  // What is called is held, and its handle too, until this has returned.
  std::list<InFlight> done;
  done.splice(done.end(), in_flight_, at);
  heard_ = true;
  send_waiting();
  done.front().call.answered(answer);
}

bool ServiceLink::heard(BusConnection& connection, sd_bus_message* message) {
  if (!connection.direct() && text_of(sd_bus_message_get_sender(message)) == kBus) {
    const char *name = nullptr, *before = nullptr, *after = nullptr;
    const bool told = sd_bus_message_is_signal(message, kBus, "NameOwnerChanged") > 0 &&
                      sd_bus_message_read(message, "sss", &name, &before, &after) > 0;
    if (told && text_of(name) == wire::kBusName && ready_ && service_ != after) lose();
    return told;
  }
  // On a bus anybody may send us something.
  if (!ready_ || (!connection.direct() && text_of(sd_bus_message_get_sender(message)) != service_)) return false;
  return owner_.message(connection, message);
}

// May be called within a callback of the connection or of a call, which therefore go a little later.
void ServiceLink::lose() {
  if (soon_) return;
  const bool was_ready = std::exchange(ready_, false);
  if (!was_ready) return;  // shaken() has heard of it, or will
  soon_ = loop_.after(Clock::duration::zero(), [this] {
    soon_.reset();
    std::list<InFlight> lost = std::exchange(in_flight_, {});
    for (InFlight& each : lost) each.pending = {};
    asking_ = {};
    patience_.reset();
    connection_.reset();
    if (loop_.now() - ready_since_ > kLasting) pause_ = {};
    owner_.lost();
    std::erase_if(waiting_, [](const ServiceCall& each) { return each.of_connection; });
    std::list<ServiceCall> repeated;
    for (InFlight& each : lost) {
      if (each.call.of_connection) continue;
      if (!std::exchange(each.call.again, false)) {
        each.call.answered(call_failed());
      } else {
        repeated.push_back(std::move(each.call));
      }
    }
    waiting_.splice(waiting_.begin(), repeated);
    if (!waiting_.empty()) {
      begin(true);
    } else {
      come_back();
    }
  });
}

void ServiceLink::come_back() {
  if (owner_.waits() == Owner::Waits::nobody) return;
  const Clock::duration delay = pause_;
  pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
  comes_back_ = loop_.after(delay, [this] {
    comes_back_.reset();
    const Owner::Waits who = owner_.waits();
    if (!connection_ && who != Owner::Waits::nobody) begin(who == Owner::Waits::who_needs_it);
  });
}

}  // namespace dosvc
