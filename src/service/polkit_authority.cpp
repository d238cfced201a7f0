#include "service/polkit_authority.h"

#include <chrono>
#include <optional>
#include <utility>

#include "base/log.h"

namespace dosvc::service {
namespace {

constexpr char kPolkit[] = "org.freedesktop.PolicyKit1";
constexpr char kPolkitPath[] = "/org/freedesktop/PolicyKit1/Authority";
constexpr char kPolkitInterface[] = "org.freedesktop.PolicyKit1.Authority";
constexpr char kAction[] = "org.dosvc1.manage";

constexpr auto kPatience = std::chrono::seconds(25);
constexpr auto kPatienceWithAPerson = std::chrono::minutes(5);
constexpr std::uint32_t kAllowUserInteraction = 1;  // polkit: CheckAuthorizationFlags

bool is_authorized(sd_bus_message* answer) {
  int authorized = 0;
  return ::sd_bus_message_enter_container(answer, 'r', "bba{ss}") > 0 &&
         ::sd_bus_message_read_basic(answer, 'b', &authorized) > 0 && authorized != 0;
}

}  // namespace

void PolkitAuthority::is_administrator(uid_t uid, const std::string& bus_name, bool interactive,
                                       std::function<void(bool)> answer) {
  BusConnection* connection = connection_();
  if (uid == 0 || bus_name.empty() || !connection) return answer(uid == 0);
  MessageWriter question = connection->call_message(kPolkit, kPolkitPath, kPolkitInterface, "CheckAuthorization");
  question.open('r', "sa{sv}").text("system-bus-name");
  question.open('a', "{sv}").open('e', "sv").text("name").open('v', "s").text(bus_name.c_str());
  question.close().close().close().close();
  question.text(kAction).open('a', "{ss}").close();
  const std::uint32_t flags = interactive ? kAllowUserInteraction : 0;
  question.basic('u', &flags).text("");
  const Clock::duration patience = interactive ? Clock::duration(kPatienceWithAPerson) : Clock::duration(kPatience);
  const std::uint64_t id = ++last_;
  // Kept before it is asked: the answer may come at once.
  asked_[id];
  PendingCall pending =
      connection->call(std::move(question), patience, [this, id, answer](const Result<sd_bus_message*>& said) {
        const PendingCall done = std::move(asked_[id]);
        asked_.erase(id);
        if (!said) log_debug("polkit can't be asked: {}.", said.error().message);
        answer(said && is_authorized(*said));
      });
  if (const auto still = asked_.find(id); still != asked_.end()) still->second = std::move(pending);
}

}  // namespace dosvc::service
