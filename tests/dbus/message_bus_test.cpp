#include "base/loop_thread.h"
#include "dbus/bus_connection.h"
#include "dbus/bus_daemon.h"

#include <gtest/gtest.h>

#include <future>

namespace dosvc {
namespace {

// Two connections to a real bus, each on a thread of its own as in the service and in programs.
class MessageBus : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(bus_.address(), "") << "dbus-daemon doesn't start";
    ours_ = thread_->run_and_wait([&] { return BusConnection::connect(thread_->loop(), bus_.address(), true).take(); });
    theirs_ = other_->run_and_wait([&] { return BusConnection::connect(other_->loop(), bus_.address(), true).take(); });
  }
  void TearDown() override {
    thread_->run_and_wait([&] { ours_.reset(); });
    other_->run_and_wait([&] { theirs_.reset(); });
  }

  // Calls from our thread and waits: the text of the answer, or the code of the error.
  struct Heard {
    std::string text;
    HRESULT code = S_OK;
  };
  Heard call(const std::string& destination, const std::string& text, const char* member = "B") {
    std::promise<Heard> heard;
    PendingCall pending;
    thread_->run_and_wait([&] {
      MessageWriter message = ours_->call_message(destination.c_str(), "/org/freedesktop/DBus", nullptr, member);
      if (!text.empty()) message.text(text.c_str());
      pending = ours_->call(std::move(message), std::nullopt, [&](const Result<sd_bus_message*>& answer) {
        if (!answer) return heard.set_value({answer.error().message, answer.error().code});
        const char* told = "";
        sd_bus_message_read_basic(answer.value(), 's', &told);
        heard.set_value({told, S_OK});
      });
    });
    Heard result = heard.get_future().get();
    thread_->run_and_wait([&] { pending.reset(); });
    return result;
  }
  std::string their_name() {
    // What the bus calls them is told by an answer of the bus, so it is known once there was one.
    std::promise<void> known;
    PendingCall pending;
    other_->run_and_wait([&] {
      pending = theirs_->call(
          theirs_->call_message("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId"),
          std::nullopt, [&](const auto&) { known.set_value(); });
    });
    known.get_future().wait();
    return other_->run_and_wait([&] {
      pending.reset();
      const char* name = "";
      sd_bus_get_unique_name(theirs_->raw(), &name);
      return std::string(name);
    });
  }

  BusDaemon bus_{BusDaemon::everything_allowed()};
  std::unique_ptr<LoopThread> thread_ = LoopThread::create("ours").take();
  std::unique_ptr<LoopThread> other_ = LoopThread::create("theirs").take();
  std::unique_ptr<BusConnection> ours_;
  std::unique_ptr<BusConnection> theirs_;
};

TEST_F(MessageBus, carries_calls_from_one_to_the_other_of_any_size) {
  other_->run_and_wait([&] {
    theirs_->on_message([](BusConnection& connection, sd_bus_message* call) {
      const char* text = "";
      if (sd_bus_message_read_basic(call, 's', &text) <= 0) return false;
      MessageWriter answer = connection.answer_message(call);
      answer.text(text);
      connection.send(std::move(answer));
      return true;
    });
  });
  const std::string name = their_name();
  EXPECT_EQ(call(name, "hello").text, "hello");
  const std::string large(5 << 20, 'x');
  EXPECT_EQ(call(name, large).text, large);
  EXPECT_EQ(call(name, "").code, E_INVALIDARG) << "not taken";
}

TEST_F(MessageBus, says_that_somebody_is_not_there) {
  EXPECT_EQ(call("org.example.Nobody", "hello").code, hresult_from_win32(RPC_S_SERVER_UNAVAILABLE));
}

TEST_F(MessageBus, answers_a_call_to_a_program_that_leaves) {
  const std::string name = their_name();
  other_->run_and_wait(
      [&] { theirs_->on_message([&](BusConnection&, sd_bus_message*) { return theirs_.reset(), true; }); });
  EXPECT_EQ(call(name, "hello").code, hresult_from_win32(RPC_S_SERVER_UNAVAILABLE));
}

TEST_F(MessageBus, tells_when_the_bus_ends) {
  their_name();
  std::promise<void> closed;
  thread_->run_and_wait([&] { ours_->on_closed([&](BusConnection&) { closed.set_value(); }); });
  bus_.end();
  closed.get_future().wait();
}

}  // namespace
}  // namespace dosvc
