#include "dbus/client_list.h"

#include <string_view>
#include <utility>

namespace dosvc {
namespace {

constexpr char kBus[] = "org.freedesktop.DBus";
constexpr char kBusPath[] = "/org/freedesktop/DBus";

// A bus takes a limited number of match rules of one program (512 by default), and each client needs one.
constexpr std::size_t kMostKept = 256;

std::string watch_rule(const std::string& name) {
  return std::string("type='signal',sender='") + kBus + "',interface='" + kBus + "',member='NameOwnerChanged',arg0='" +
         name + "'";
}

}  // namespace

ClientList::ClientList(BusConnection& connection, Events events)
    : connection_(connection), events_(std::move(events)) {}

ClientList::~ClientList() = default;

std::shared_ptr<BusClient> ClientList::sender_of(sd_bus_message* call) {
  // On a direct connection a sender says of itself what it likes.
  const char* sender = connection_.direct() ? nullptr : sd_bus_message_get_sender(call);
  const std::string name = sender != nullptr ? sender : "";
  if (const auto known = clients_.find(name); known != clients_.end()) return known->second;

  forget_idle();
  auto client = std::make_shared<BusClient>(connection_, name);
  clients_.emplace(name, client);
  if (connection_.direct()) {
    const uid_t uid = *connection_.peer();
    client->caller = Caller{uid, uid == 0};
    client->held = false;
  } else {
    identify(*client);
  }
  return client;
}

// First the watch, then the question: whoever goes in between is unknown to the bus by then.
void ClientList::identify(BusClient& client) {
  MessageWriter watch = connection_.call_message(kBus, kBusPath, kBus, "AddMatch");
  watch.text(watch_rule(client.name).c_str());
  client.watching = connection_.call(std::move(watch), std::nullopt,
                                     [this, name = client.name](const Result<sd_bus_message*>& answer) {
                                       if (!answer) lose(name);
                                     });
  MessageWriter question = connection_.call_message(kBus, kBusPath, kBus, "GetConnectionUnixUser");
  question.text(client.name.c_str());
  client.identifying = connection_.call(
      std::move(question), std::nullopt,
      [this, name = client.name](Result<sd_bus_message*> answer) { identified(name, std::move(answer)); });
}

void ClientList::identified(const std::string& name, Result<sd_bus_message*> answer) {
  const auto found = clients_.find(name);
  if (found == clients_.end()) return;
  std::uint32_t uid = 0;
  if (!answer || sd_bus_message_read(*answer, "u", &uid) <= 0) return lose(name);
  const auto client = found->second;
  client->caller = Caller{uid, uid == 0};
  client->held = false;
  events_.identified(client);
}

bool ClientList::hear(sd_bus_message* signal) {
  if (connection_.direct() || sd_bus_message_is_signal(signal, kBus, "NameOwnerChanged") <= 0) return false;
  // The bus stamps who sends: nobody else can have this name.
  const char* sender = sd_bus_message_get_sender(signal);
  const char *name = nullptr, *before = nullptr, *after = nullptr;
  if (sender == nullptr || std::string_view(sender) != kBus) return true;
  if (sd_bus_message_read(signal, "sss", &name, &before, &after) > 0 && *after == '\0') lose(name);
  return true;
}

// By value: what it names may be what is erased.
void ClientList::lose(const std::string& lost) {
  const std::string name = lost;
  const auto node = clients_.extract(name);
  if (!node) return;
  events_.lost(*node.mapped());
  if (connection_.direct() || !connection_.open()) return;
  MessageWriter done = connection_.call_message(kBus, kBusPath, kBus, "RemoveMatch");
  done.text(watch_rule(name).c_str());
  sd_bus_message_set_expect_reply(done.raw(), 0);
  connection_.send(std::move(done));
}

void ClientList::lose_all() {
  while (!clients_.empty()) lose(clients_.begin()->first);
}

// Unique names are never given twice, so that nothing but a little memory is lost with those who have nothing here.
void ClientList::forget_idle() {
  if (clients_.size() < kMostKept) return;
  for (auto it = clients_.begin(); it != clients_.end();) {
    const auto each = it++;
    if (!each->second->in_use()) lose(each->first);
  }
}

}  // namespace dosvc
