// Who manages all jobs: polkit is asked on a bus of the test's own, where the test is polkit.
#include "service/polkit_authority.h"

#include <gtest/gtest.h>

#include <optional>

#include "base/sd_event_loop.h"
#include "dbus/bus_daemon.h"

namespace dosvc::service {
namespace {

using namespace std::chrono_literals;

class PolkitTest : public testing::Test {
 protected:
  struct Question {
    std::string subject, key, name, action;
    std::uint32_t flags = 0;
  };

  void SetUp() override {
    ASSERT_NE(bus_.address(), "") << "dbus-daemon doesn't start";
    asking_ = connect();
    polkit_ = connect();
    polkit_->on_message([this](BusConnection&, sd_bus_message* message) { return heard(message); });
  }
  std::unique_ptr<BusConnection> connect() {
    auto made = BusConnection::connect(*loop_, bus_.address(), true);
    EXPECT_TRUE(made) << made.error().message;
    return made ? std::move(made).take() : nullptr;
  }
  // The stand-in has the name from then on.
  void begin_polkit() {
    MessageWriter request =
        polkit_->call_message("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName");
    const std::uint32_t flags = 0;
    request.text("org.freedesktop.PolicyKit1").basic('u', &flags);
    const PendingCall call = polkit_->call(std::move(request), 20s, [this](const Result<sd_bus_message*>& answer) {
      EXPECT_TRUE(answer);
      loop_->stop();
    });
    run();
  }
  bool heard(sd_bus_message* message) {
    if (!::sd_bus_message_is_method_call(message, "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization"))
      return false;
    const char *subject = nullptr, *key = nullptr, *name = nullptr, *action = nullptr, *cancellation = nullptr;
    Question question;
    EXPECT_GT(::sd_bus_message_read(message, "(sa{sv})s", &subject, 1, &key, "s", &name, &action), 0);
    EXPECT_GT(::sd_bus_message_skip(message, "a{ss}"), 0);
    EXPECT_GT(::sd_bus_message_read(message, "us", &question.flags, &cancellation), 0);
    question.subject = subject ? subject : "";
    question.key = key ? key : "";
    question.name = name ? name : "";
    question.action = action ? action : "";
    questions_.push_back(question);
    MessageWriter answer = polkit_->answer_message(message);
    const int says = allows_ ? 1 : 0;
    const int challenge = 0;
    answer.open('r', "bba{ss}").basic('b', &says).basic('b', &challenge).open('a', "{ss}").close().close();
    polkit_->send(std::move(answer));
    return true;
  }
  bool ask(uid_t uid, const std::string& name, bool interactive) {
    std::optional<bool> answer;
    authority_.is_administrator(uid, name, interactive, [&](bool is) {
      answer = is;
      loop_->stop();
    });
    run();
    EXPECT_TRUE(answer);
    return answer.value_or(false);
  }
  void run() {
    const Timer bound = loop_->after(30s, [this] {
      ADD_FAILURE() << "nothing happened";
      loop_->stop();
    });
    loop_->run();
  }

  BusDaemon bus_{BusDaemon::everything_allowed()};
  std::unique_ptr<SdEventLoop> loop_ = SdEventLoop::create().take();
  std::unique_ptr<BusConnection> asking_;
  std::unique_ptr<BusConnection> polkit_;
  PolkitAuthority authority_{[this] { return asking_.get(); }};
  bool allows_ = false;
  std::vector<Question> questions_;
};

TEST_F(PolkitTest, whom_polkit_allows_it_manages) {
  begin_polkit();
  allows_ = true;
  EXPECT_TRUE(ask(1000, ":1.77", true));
  ASSERT_EQ(questions_.size(), 1U);
  EXPECT_EQ(questions_[0].subject, "system-bus-name");
  EXPECT_EQ(questions_[0].key, "name");
  EXPECT_EQ(questions_[0].name, ":1.77");
  EXPECT_EQ(questions_[0].action, "org.dosvc1.manage");
  EXPECT_EQ(questions_[0].flags, 1U);
  allows_ = false;
  EXPECT_FALSE(ask(1000, ":1.77", false));
  ASSERT_EQ(questions_.size(), 2U);
  EXPECT_EQ(questions_[1].flags, 0U) << "nobody expects to be asked for a password";
}

TEST_F(PolkitTest, root_and_those_without_a_name_on_the_bus_are_not_asked_about) {
  begin_polkit();
  allows_ = true;
  EXPECT_TRUE(ask(0, ":1.77", true));
  EXPECT_FALSE(ask(1000, "", true));
  EXPECT_TRUE(questions_.empty());
}

TEST_F(PolkitTest, without_polkit_there_is_root_alone) {
  EXPECT_FALSE(ask(1000, ":1.77", true));
  EXPECT_TRUE(ask(0, ":1.77", true));
}

TEST_F(PolkitTest, without_a_bus_there_is_root_alone) {
  asking_.reset();
  EXPECT_FALSE(ask(1000, ":1.77", true));
  EXPECT_TRUE(ask(0, "", false));
}

}  // namespace
}  // namespace dosvc::service
