#include "dbus/backlog.h"

#include "base/log.h"
#include "dbus/error_names.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <string_view>
#include <utility>

namespace dosvc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kMostOfProgram = 1u << 20;
constexpr std::size_t kMostOfUser = 16u << 20;
constexpr std::size_t kMostAnswers = 1024;
constexpr Clock::duration kFirstPause = milliseconds(100);
constexpr Clock::duration kLongestPause = seconds(5);
constexpr Clock::duration kPatience = seconds(60);

constexpr char kBus[] = "org.freedesktop.DBus";

// Of GetConnectionStats; none: the bus doesn't say.
std::optional<std::uint64_t> bytes_waiting(const Result<sd_bus_message*>& answer) {
  if (!answer || sd_bus_message_enter_container(*answer, 'a', "{sv}") <= 0) return std::nullopt;
  while (sd_bus_message_enter_container(*answer, 'e', "sv") > 0) {
    const char* key = nullptr;
    std::uint32_t value = 0;
    if (sd_bus_message_read_basic(*answer, 's', &key) <= 0) return std::nullopt;
    if (std::string_view(key) == "OutgoingBytes") {
      if (sd_bus_message_read(*answer, "v", "u", &value) <= 0) return std::nullopt;
      return value;
    }
    if (sd_bus_message_skip(*answer, "v") < 0 || sd_bus_message_exit_container(*answer) < 0) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

Backlog::Backlog(Loop& loop, BusConnection& connection, const Clients& clients, Events events)
    : loop_(loop), connection_(connection), clients_(clients), events_(std::move(events)) {}

void Backlog::sent(BusClient& client, std::size_t bytes) {
  Unread& unread = client.unread;
  unread.bytes += bytes;
  if (mute_ || unread.stalled || unread.bytes <= limit_of(client)) return;
  unread.stalled = true;
  unread.small_answers = 0;
  unread.least = std::numeric_limits<std::uint64_t>::max();
  unread.pause = kFirstPause;
  ask(client);
}

std::size_t Backlog::limit_of(const BusClient& client) const {
  if (client.unread.bytes <= Unread::kLittle) return kMostOfProgram;  // or less: it makes no difference
  std::size_t of_user = 0;
  for (const auto& [name, each] : clients_) {
    if (each->caller.uid == client.caller.uid) of_user += each->unread.bytes;
  }
  return of_user > kMostOfUser ? Unread::kLittle : kMostOfProgram;
}

// The bus takes messages in order: the answer counts what was sent before.
void Backlog::ask(BusClient& client) {
  client.unread.asked_at = client.unread.bytes;
  MessageWriter question =
      connection_.call_message(kBus, "/org/freedesktop/DBus", "org.freedesktop.DBus.Debug.Stats", "GetConnectionStats");
  question.text(client.name.c_str());
  client.unread.question = connection_.call(
      std::move(question), std::nullopt, [this, weak = client.weak_from_this()](const Result<sd_bus_message*>& answer) {
        const auto asked = weak.lock();
        // Of one that has just left it says nothing either, but as of somebody lost.
        mute_ = mute_ || (!answer && !wire::is_lost(answer.error()));
        if (asked && !asked->unread.cut_off) answered(*asked, bytes_waiting(answer));
      });
}

void Backlog::answered(BusClient& client, std::optional<std::uint64_t> waiting) {
  Unread& unread = client.unread;
  unread.bytes = waiting ? *waiting + (unread.bytes - unread.asked_at) : 0;
  if (unread.bytes <= limit_of(client)) {
    unread.stalled = false;
    return events_.goes_on(client);
  }
  if (*waiting < unread.least) {
    unread.least = *waiting;
    unread.read_at = loop_.now();
  }
  if (loop_.now() - unread.read_at >= kPatience) return cut_off(client);
  unread.again = loop_.after(unread.pause, [this, weak = client.weak_from_this()] {
    if (const auto there = weak.lock()) ask(*there);
  });
  unread.pause = std::min(2 * unread.pause, kLongestPause);
}

bool Backlog::may_answer(BusClient& client) {
  if (!client.unread.stalled || ++client.unread.small_answers <= kMostAnswers) return true;
  if (!client.unread.cut_off) cut_off(client);
  return false;
}

void Backlog::cut_off(BusClient& client) {
  client.unread.cut_off = true;
  client.unread.again.reset();
  client.unread.small_answers = 0;
  log_info("{} of user {} doesn't read what it is sent, and is no longer served", client.name, client.caller.uid);
  events_.cut_off(client);
}

}  // namespace dosvc
