#include "dbus/adaptor.h"

#include "dbus/backlog.h"
#include "dbus/bus_call.h"
#include "dbus/bus_methods.h"
#include "dbus/client_list.h"
#include "dbus/subscription.h"
#include "dbus/wire.h"

#include <algorithm>
#include <deque>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace dosvc {
namespace {

// Bounds on what one program, or one user, may make the service keep.
constexpr std::size_t kMostCalls = 256;              // of one sender, without an answer
constexpr std::size_t kMostDirectConnections = 256;  // of one user
constexpr int kMostQuestions = 8;                    // about one user, to the authority: a bus lets few of them wait

constexpr char kInvalidArgs[] = "org.freedesktop.DBus.Error.InvalidArgs";
constexpr char kLimitsExceeded[] = "org.freedesktop.DBus.Error.LimitsExceeded";
constexpr char kUnreadTooLong[] =
    "more than 1 MiB waited for this program for a minute, and it read nothing: it must connect anew";
constexpr char kUnknownObject[] = "org.freedesktop.DBus.Error.UnknownObject";
constexpr char kUnknownInterface[] = "org.freedesktop.DBus.Error.UnknownInterface";
constexpr char kUnknownMethod[] = "org.freedesktop.DBus.Error.UnknownMethod";

std::string_view view_of(const char* text) { return text == nullptr ? std::string_view() : text; }

// The method that a call names, with arguments as it takes them; or none, and the call has been refused.
const BusMethod* checked_method(BusClient& client, sd_bus_message* call) {
  const std::string_view interface = view_of(sd_bus_message_get_interface(call));
  const BusObject object = object_at(view_of(sd_bus_message_get_path(call)));
  if (object == BusObject::none) {
    refuse_call(client, call, kUnknownObject, "there is no such object");
    return nullptr;
  }
  if (!interface.empty() && !has_interface(object, interface)) {
    refuse_call(client, call, kUnknownInterface, "the object has no such interface");
    return nullptr;
  }
  const BusMethod* method = find_method(interface, view_of(sd_bus_message_get_member(call)));
  if (method == nullptr || !has_interface(object, method->interface)) {
    refuse_call(client, call, kUnknownMethod, "the object has no such method");
    return nullptr;
  }
  if (view_of(sd_bus_message_get_signature(call, 1)) != method->takes) {
    refuse_call(
        client, call, kInvalidArgs,
        "the method takes arguments of the types \"" + std::string(method->takes) + "\", and was called with others");
    return nullptr;
  }
  return method;
}

}  // namespace

struct BusAdaptor::Parts {
  struct Served {
    std::unique_ptr<BusConnection> connection;
    std::unique_ptr<ClientList> clients;  // goes before
    std::unique_ptr<Backlog> backlog;     // goes first; of a bus
    std::function<void()> closed;
  };

  Parts(Loop& loop, JobService& service, Authority& right)
      : side{loop, service, std::make_shared<OwedAnswers>(loop, [this] { acted(); }), {loop, service}, {}},
        authority(right) {}

  void bound(Served& place);
  std::shared_ptr<BusClient> sender_of(Served& place, sd_bus_message* call);
  void received(Served& place, sd_bus_message* call);
  void proceed(const std::shared_ptr<BusClient>& client);
  void carry_out(const std::shared_ptr<BusClient>& client, MessagePtr call);
  void ask_for_right(const std::shared_ptr<BusClient>& client, MessagePtr call, const Error& otherwise);
  void ask_authority(const std::shared_ptr<BusClient>& client, bool interactive, const Error& otherwise);
  void judged(const std::shared_ptr<BusClient>& asker, bool yes, const Error& otherwise);
  void ask_next(uid_t uid);
  void goes_on(BusClient& client);
  void cut_off(BusClient& client);
  void lost(BusClient& client);
  void closed(const BusConnection& connection);
  void acted() {
    if (activity) activity();
  }

  struct Questions {
    int underway = 0;
    std::deque<std::function<bool()>> line;  // false: the program has left, and nothing was asked
  };

  ServiceSide side;
  Authority& authority;
  std::map<uid_t, Questions> questions;
  std::list<Served> served;
  std::function<void()> activity;
  std::shared_ptr<char> alive = std::make_shared<char>();  // for what can't be cancelled
};

BusAdaptor::BusAdaptor(Loop& bus_loop, JobService& service, Authority& authority)
    : parts_(std::make_unique<Parts>(bus_loop, service, authority)) {}

BusAdaptor::~BusAdaptor() = default;

void BusAdaptor::serve(std::unique_ptr<BusConnection> connection, std::function<void()> closed) {
  BusConnection& opened = *connection;
  const auto of_same_user = std::count_if(parts_->served.begin(), parts_->served.end(), [&](const auto& each) {
    return each.connection->direct() && each.connection->peer() == opened.peer();
  });
  auto& place = parts_->served.emplace_back(Parts::Served{std::move(connection), nullptr, nullptr, std::move(closed)});
  place.clients = std::make_unique<ClientList>(
      opened,
      ClientList::Events{[parts = parts_.get()](const std::shared_ptr<BusClient>& client) { parts->proceed(client); },
                         [parts = parts_.get()](BusClient& client) { parts->lost(client); }});
  if (!opened.direct()) parts_->bound(place);
  opened.on_message([parts = parts_.get(), place = &place](BusConnection&, sd_bus_message* message) {
    parts->acted();
    if (sd_bus_message_is_method_call(message, nullptr, nullptr) <= 0) return place->clients->hear(message);
    parts->received(*place, message);
    return true;
  });
  opened.on_closed([parts = parts_.get()](BusConnection& gone) { parts->closed(gone); });
  if (opened.direct() && of_same_user >= static_cast<std::ptrdiff_t>(kMostDirectConnections)) opened.drop();
  parts_->acted();
}

// --- a call, from its coming to its answer

void BusAdaptor::Parts::received(Served& place, sd_bus_message* call) {
  const std::shared_ptr<BusClient> client = sender_of(place, call);
  if (client->unread.cut_off) {
    if (place.backlog->may_answer(*client)) refuse_call(*client, call, kLimitsExceeded, kUnreadTooLong);
    return;
  }
  if (client->underway >= kMostCalls) {
    if (place.backlog && !place.backlog->may_answer(*client)) return;
    return refuse_call(*client, call, kLimitsExceeded,
                       "256 calls of this program wait for their answers already: wait for some of them");
  }
  ++client->underway;
  client->waiting.push_back(keep(call));
  proceed(client);
}

// The calls of one sender are carried out in the order they came, and none while it doesn't read.
void BusAdaptor::Parts::proceed(const std::shared_ptr<BusClient>& client) {
  while (!client->held && !client->unread.stalled && !client->waiting.empty()) {
    MessagePtr next = std::move(client->waiting.front());
    client->waiting.pop_front();
    carry_out(client, std::move(next));
  }
}

void BusAdaptor::Parts::carry_out(const std::shared_ptr<BusClient>& client, MessagePtr message) {
  BusCall call(side, client, message.get());
  if (const BusMethod* method = checked_method(*client, message.get())) {
    const auto job = wire::job_at(sd_bus_message_get_path(message.get()));
    Result<void> done = job ? call.find_job(*job) : Result<void>();
    if (done) done = method->carry_out(call);
    if (!done && call.needs_administrator()) return ask_for_right(client, std::move(message), done.error());
    if (!done) refuse_call(*client, message.get(), done.error());
  }
  if (!call.owed()) --client->underway;
}

// Nothing was done yet: with the right the call begins anew.
void BusAdaptor::Parts::ask_for_right(const std::shared_ptr<BusClient>& client, MessagePtr call,
                                      const Error& otherwise) {
  const bool interactive = sd_bus_message_get_allow_interactive_authorization(call.get()) > 0;
  client->held = true;
  client->waiting.push_front(std::move(call));
  Questions& user = questions[client->caller.uid];
  user.line.push_back([this, weak = std::weak_ptr(client), interactive, otherwise] {
    const auto asker = weak.lock();
    if (asker) ask_authority(asker, interactive, otherwise);
    return asker != nullptr;
  });
  ask_next(client->caller.uid);
}

void BusAdaptor::Parts::ask_next(uid_t uid) {
  const auto user = questions.find(uid);
  if (user == questions.end()) return;
  Questions& his = user->second;
  while (his.underway < kMostQuestions && !his.line.empty()) {
    const auto ask = std::move(his.line.front());
    his.line.pop_front();
    if (ask()) ++his.underway;
  }
  if (his.underway == 0) questions.erase(user);
}

void BusAdaptor::Parts::ask_authority(const std::shared_ptr<BusClient>& client, bool interactive,
                                      const Error& otherwise) {
  const uid_t uid = client->caller.uid;
  authority.is_administrator(
      uid, client->name, interactive,
      [this, &loop = side.loop, here = std::weak_ptr(alive), weak = std::weak_ptr(client), uid, otherwise](bool yes) {
        loop.post([this, here, weak, uid, otherwise, yes] {
          if (here.expired()) return;
          --questions[uid].underway;
          if (const auto asker = weak.lock()) judged(asker, yes, otherwise);
          ask_next(uid);
        });
      });
}

void BusAdaptor::Parts::judged(const std::shared_ptr<BusClient>& asker, bool yes, const Error& otherwise) {
  asker->held = false;
  asker->caller.administrator = yes;
  if (asker->waiting.empty()) return;  // it was cut off
  sd_bus_message* asked = asker->waiting.front().get();
  if (yes) {
    sd_bus_message_rewind(asked, 1);
  } else {
    refuse_call(*asker, asked, otherwise);
    asker->waiting.pop_front();
    --asker->underway;
    acted();
  }
  proceed(asker);
}

// --- who doesn't read

// Only a bus keeps what a program doesn't read.
void BusAdaptor::Parts::bound(Served& place) {
  place.backlog = std::make_unique<Backlog>(
      side.loop, *place.connection, place.clients->all(),
      Backlog::Events{[this](BusClient& client) { goes_on(client); }, [this](BusClient& client) { cut_off(client); }});
  place.connection->on_peer_call([this, &place](sd_bus_message* call) {
    const std::shared_ptr<BusClient> client = sender_of(place, call);
    if (!place.backlog->may_answer(*client)) return false;
    client->count(*client, BusClient::kSmall);
    return true;
  });
}

std::shared_ptr<BusClient> BusAdaptor::Parts::sender_of(Served& place, sd_bus_message* call) {
  std::shared_ptr<BusClient> client = place.clients->sender_of(call);
  if (place.backlog && !client->count) {
    client->count = [&backlog = *place.backlog](BusClient& to, std::size_t bytes) { backlog.sent(to, bytes); };
  }
  return client;
}

void BusAdaptor::Parts::goes_on(BusClient& client) {
  side.listeners.client_goes_on(client);
  if (client.subscription) client.subscription->go_on();
  proceed(client.shared_from_this());
}

void BusAdaptor::Parts::cut_off(BusClient& client) {
  for (const MessagePtr& call : std::exchange(client.waiting, {})) {
    refuse_call(client, call.get(), kLimitsExceeded, kUnreadTooLong);
    --client.underway;
  }
  client.subscription.reset();
  side.listeners.client_is_gone(client);
  acted();
}

// --- ends

void BusAdaptor::Parts::lost(BusClient& client) {
  for (const MessagePtr& call : std::exchange(client.waiting, {})) {
    refuse_call(client, call.get(),
                Error{E_ACCESSDENIED, ErrorContext::none, "the bus doesn't say on whose behalf the program calls"});
  }
  side.listeners.client_is_gone(client);
  acted();
}

void BusAdaptor::Parts::closed(const BusConnection& connection) {
  const auto place = std::find_if(served.begin(), served.end(),
                                  [&](const Served& each) { return each.connection.get() == &connection; });
  place->clients->lose_all();
  const auto tell = std::move(place->closed);
  served.erase(place);
  const std::weak_ptr here(alive);
  if (tell) tell();
  if (!here.expired()) acted();
}

// --- for those who decide whether the service may leave

std::size_t BusAdaptor::direct_connections() const {
  return static_cast<std::size_t>(std::count_if(parts_->served.begin(), parts_->served.end(),
                                                [](const auto& each) { return each.connection->direct(); }));
}

std::size_t BusAdaptor::calls_underway() const {
  std::size_t calls = parts_->side.owed->size();
  for (const auto& each : parts_->served) {
    for (const auto& [name, client] : each.clients->all()) calls += client->waiting.size();
  }
  return calls;
}

void BusAdaptor::on_activity(std::function<void()> call) { parts_->activity = std::move(call); }

}  // namespace dosvc
