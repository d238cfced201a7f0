#include "dbus/service_link.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dbus/wire.h"
#include "fakes/bus_fixture.h"

// A service that is there, and hangs or takes its time. Nothing here waits.
namespace dosvc {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class ServiceLinkTest : public testing::Test {
 protected:
  // The service answers with its version, and keeps all else for the test.
  void serve() {
    while (UniqueFd socket = listening_.accept()) {
      served_.push_back(BusConnection::accept(service_loop_, std::move(socket), ::getuid()).take());
      served_.back()->on_message([this](BusConnection& connection, sd_bus_message* call) {
        if (!says_version_ || std::string(sd_bus_message_get_member(call)) != "Get") {
          calls_.push_back(keep(call));
          return true;
        }
        MessageWriter answer = connection.answer_message(call);
        answer.open('v', "s").text("1").close();
        connection.send(std::move(answer));
        return true;
      });
    }
  }
  void turn() {
    for (bool more = true; more;) {
      more = client_loop_.run_until_idle();
      if (hangs_) continue;
      serve();
      more = service_loop_.run_until_idle() || more;
    }
  }
  void pass(Clock::duration time) {
    for (Clock::duration gone{}; gone < time; gone += seconds(5)) {
      client_time_.advance(seconds(5));
      turn();
    }
  }
  void ask(bool again = false) {
    ServiceCall call{wire::kManagerPath, wire::kManager, "Subscribe"};
    call.write = [](MessageWriter& arguments) {
      const int all = 0;
      arguments.basic('b', &all);
    };
    call.again = again;
    call.answered = [this](const Result<sd_bus_message*>& answer) {
      answers_.push_back(answer ? S_OK : answer.error().code);
    };
    link_->call(std::move(call));
    turn();
  }
  void answer_first() {
    sd_bus_reply_method_return(calls_.front().get(), "");
    calls_.pop_front();
    turn();
  }

  TempFolder folder_;
  const std::string path_ = folder_ / "socket";
  ListeningSocket listening_{path_};
  FakeLoop service_time_;
  FakeLoop client_time_;
  PolledLoop service_loop_{service_time_};
  PolledLoop client_loop_{client_time_};
  bool hangs_ = false;
  bool says_version_ = true;
  std::deque<MessagePtr> calls_;
  std::vector<std::unique_ptr<BusConnection>> served_;
  std::vector<HRESULT> answers_;
  std::unique_ptr<ServiceLink> link_ = std::make_unique<ServiceLink>(
      client_loop_,
      [this](bool) {
        return ServiceAddress{"unix:path=" + path_, false};
      },
      ServiceLink::Owner{.connected = [] {},
                         .lost = [] {},
                         .message = [](BusConnection&, sd_bus_message*) { return false; },
                         .waits = [] { return ServiceLink::Owner::Waits::nobody; }});
};

TEST_F(ServiceLinkTest, who_calls_a_service_that_hangs_is_answered_all_the_same) {
  ask();
  hangs_ = true;
  ask(true);
  pass(seconds(55));
  EXPECT_TRUE(answers_.empty());
  pass(seconds(10));
  EXPECT_EQ(answers_, std::vector<HRESULT>{HRESULT_FROM_WIN32(RPC_S_CALL_FAILED)});
  // The other is tried once more, where nobody answers either.
  pass(seconds(120));
  EXPECT_EQ(answers_, (std::vector<HRESULT>{HRESULT_FROM_WIN32(RPC_S_CALL_FAILED), DO_E_NO_SERVICE}));
  hangs_ = false;
  ask();
  EXPECT_EQ(answers_.size(), 2u);
  sd_bus_reply_method_return(calls_.back().get(), "");
  turn();
  EXPECT_EQ(answers_.back(), S_OK);
}

TEST_F(ServiceLinkTest, a_call_may_take_its_time_where_somebody_is_there) {
  ask();
  pass(hours(1));
  EXPECT_TRUE(answers_.empty());
  answer_first();
  EXPECT_EQ(answers_, std::vector<HRESULT>{S_OK});
}

TEST_F(ServiceLinkTest, a_service_that_does_not_say_what_it_is_is_none) {
  says_version_ = false;
  ask();
  EXPECT_EQ(calls_.size(), 1u);
  pass(seconds(35));
  EXPECT_EQ(answers_, std::vector<HRESULT>{DO_E_NO_SERVICE});
}

TEST_F(ServiceLinkTest, no_more_than_a_hundred_are_underway_and_all_get_there_in_order) {
  for (int n = 0; n < 250; ++n) ask();
  EXPECT_EQ(calls_.size(), 100u);
  for (int n = 0; n < 250; ++n) answer_first();
  EXPECT_TRUE(calls_.empty());
  EXPECT_EQ(answers_, std::vector<HRESULT>(250, S_OK));
}

}  // namespace
}  // namespace dosvc
