#include "dbus/callback_queue.h"

#include "dbus/codec.h"
#include "dbus/shown.h"
#include "dbus/wire.h"

#include <chrono>
#include <string_view>
#include <vector>

namespace dosvc {
namespace {

constexpr int kAtOnce = 4;  // of one user
constexpr int kMostOverdueOfProgram = 8;
constexpr int kMostOverdueOfUser = 16;
constexpr auto kPatience = std::chrono::seconds(60);

const char* member_of(NotificationKind kind) {
  switch (kind) {
    case NotificationKind::transferred:
      return "JobTransferred";
    case NotificationKind::error:
      return "JobError";
    case NotificationKind::modification:
      return "JobModification";
    case NotificationKind::file_transferred:
      return "FileTransferred";
    case NotificationKind::ranges_transferred:
      return "FileRangesTransferred";
  }
  return "JobModification";
}

MessageWriter message_for(const BusClient& client, const std::string& path, const Notification& told) {
  MessageWriter message =
      client.connection.call_message(client.destination(), path.c_str(), wire::kCallback, member_of(told.kind));
  // A program that has left is not started again for this.
  if (message.raw() != nullptr) sd_bus_message_set_auto_start(message.raw(), 0);
  message.basic('o', wire::path_of(told.job->job.id).c_str());
  wire::write(message, *shown_to(client.caller, told.job));
  if (told.kind == NotificationKind::file_transferred || told.kind == NotificationKind::ranges_transferred) {
    message.basic('u', &told.file);
  }
  if (told.kind == NotificationKind::ranges_transferred) wire::write(message, told.ranges);
  return message;
}

bool is_taken(const Result<sd_bus_message*>& answer) {
  std::uint32_t code = 1;
  return answer && std::string_view(sd_bus_message_get_signature(*answer, 1)) == "u" &&
         sd_bus_message_read(*answer, "u", &code) > 0 && code == S_OK;
}

}  // namespace

struct OwedAnswer::State {
  std::function<void(bool)> answer;
  ~State() {
    if (answer) answer(false);
  }
};

OwedAnswer::OwedAnswer(std::function<void(bool taken)> answer) : state_(std::make_shared<State>()) {
  state_->answer = std::move(answer);
}

void OwedAnswer::give(bool taken) {
  if (!state_) return;
  if (const auto answer = std::exchange(state_->answer, nullptr)) answer(taken);
  state_.reset();
}

// A job may have changed hands since the listener was registered.
bool CallbackQueue::may_hear(const BusClient& client, const Job& job) {
  return client.caller.administrator || client.caller.uid == job.owner;
}

void CallbackQueue::tell(BusClient& client, const std::string& path, Notification notification, OwedAnswer answer) {
  if (!client.connection.open() || !may_hear(client, notification.job->job)) return;
  const Key key{&client, notification.job->job.id};
  Lane& lane = lanes_[key];
  const bool modification = notification.kind == NotificationKind::modification;
  if (lane.phase == Phase::overdue) {
    if (!modification) return;
    answer.give(false);  // kept all the same: there may be no later one
  }
  (modification ? lane.modification : lane.other) =
      Told{path, std::move(notification), std::move(answer), ++last_order_};
  line_up(key, lane);
  start(client.caller.uid);
}

void CallbackQueue::line_up(const Key& key, Lane& lane) {
  if (lane.phase != Phase::idle || lane.in_line || !lane.waits()) return;
  lane.in_line = true;
  users_[key.client->caller.uid].line.push_back(key);
}

void CallbackQueue::start(uid_t uid) {
  const auto user = users_.find(uid);
  if (user == users_.end()) return;
  while (user->second.underway < kAtOnce && !user->second.line.empty()) {
    const Key key = user->second.line.front();
    user->second.line.pop_front();
    Lane& lane = lanes_.at(key);
    lane.in_line = false;
    if (key.client->unread.stalled || owes_too_much(*key.client, user->second)) {
      hold_back(key);
    } else {
      ++user->second.underway;
      call(key, lane);
    }
  }
  if (user->second.underway == 0 && user->second.overdue == 0) users_.erase(user);
}

bool CallbackQueue::owes_too_much(const BusClient& client, const User& user) const {
  const auto program = overdue_.find(&client);
  return user.overdue >= kMostOverdueOfUser || (program != overdue_.end() && program->second >= kMostOverdueOfProgram);
}

// The engine tells again what must be taken. A modification is kept, as there may be no later one.
void CallbackQueue::hold_back(const Key& key) {
  const auto found = lanes_.find(key);
  Lane& lane = found->second;
  lane.other.reset();
  if (lane.modification) {
    lane.modification->answer.give(false);
  } else {
    lanes_.erase(found);
  }
}

// The caller sees to start().
void CallbackQueue::one_less_overdue(BusClient& client) {
  const auto program = overdue_.find(&client);
  if (--program->second == 0) overdue_.erase(program);
  const uid_t uid = client.caller.uid;
  --users_[uid].overdue;
  for (auto& [key, lane] : lanes_) {
    if (key.client->caller.uid == uid) line_up(key, lane);
  }
}

void CallbackQueue::call(const Key& key, Lane& lane) {
  auto& next = lane.modification && (!lane.other || lane.modification->order < lane.other->order) ? lane.modification
                                                                                                  : lane.other;
  const Told told = std::move(*next);
  next.reset();
  lane.phase = Phase::calling;
  lane.answer = told.answer;
  lane.patience = loop_.after(kPatience, [this, key] { overdue(key); });
  lane.call = key.client->call(message_for(*key.client, told.path, told.notification),
                               [this, key](const Result<sd_bus_message*>& answer) { answered(key, answer); });
}

void CallbackQueue::answered(const Key& key, const Result<sd_bus_message*>& answer) {
  const auto found = lanes_.find(key);
  if (found == lanes_.end()) return;
  Lane& lane = found->second;
  const uid_t uid = key.client->caller.uid;
  if (lane.phase == Phase::calling) {
    lane.patience.reset();
    lane.answer.give(is_taken(answer));
    --users_[uid].underway;
  } else {
    one_less_overdue(*key.client);
  }
  lane.phase = Phase::idle;
  if (lane.waits()) {
    line_up(key, lane);
  } else {
    lanes_.erase(found);
  }
  start(uid);
}

void CallbackQueue::overdue(const Key& key) {
  Lane& lane = lanes_.at(key);
  lane.phase = Phase::overdue;
  lane.answer.give(false);
  lane.other.reset();
  if (lane.modification) lane.modification->answer.give(false);
  ++overdue_[key.client];
  const uid_t uid = key.client->caller.uid;
  User& user = users_[uid];
  ++user.overdue;
  --user.underway;
  start(uid);
}

void CallbackQueue::go_on(BusClient& client) {
  for (auto it = lanes_.lower_bound({&client, JobId{}}); it != lanes_.end() && it->first.client == &client; ++it) {
    line_up(it->first, it->second);
  }
  start(client.caller.uid);
}

void CallbackQueue::forget(BusClient& client) {
  const uid_t uid = client.caller.uid;
  int overdue = 0;
  std::vector<Lane> left;  // their answers are given when nothing here is half done
  for (auto it = lanes_.lower_bound({&client, JobId{}}); it != lanes_.end() && it->first.client == &client;) {
    if (it->second.phase == Phase::calling) --users_[uid].underway;
    overdue += it->second.phase == Phase::overdue ? 1 : 0;
    left.push_back(std::move(it->second));
    it = lanes_.erase(it);
  }
  if (left.empty()) return;
  std::erase_if(users_[uid].line, [&](const Key& key) { return key.client == &client; });
  for (; overdue > 0; --overdue) one_less_overdue(client);
  start(uid);
}

}  // namespace dosvc
