#include "dbus/bus_connection.h"

#include "dbus/error_names.h"
#include "fakes/bus_fixture.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

using namespace std::chrono_literals;

constexpr HRESULT kLost = hresult_from_win32(RPC_S_SERVER_UNAVAILABLE);

// ---- Calls ----

TEST_F(BusPair, carries_calls_and_answers) {
  served_->on_message(echo);
  EXPECT_EQ(ask("hello"), "hello");
  EXPECT_EQ(served_->peer(), ::getuid());
  EXPECT_FALSE(client_->peer());
}

TEST_F(BusPair, carries_calls_the_other_way) {
  client_->on_message(echo);
  std::string heard;
  MessageWriter message = served_->call_message(nullptr, "/a", "org.example.A", "B");
  message.text("told");
  const PendingCall call =
      served_->call(std::move(message), std::nullopt, [&](const auto& answer) { heard = text_of(answer); });
  run_until([&] { return !heard.empty(); });
  EXPECT_EQ(heard, "told");
}

TEST_F(BusPair, carries_errors_with_code_context_and_sentence) {
  const Error why{BG_E_INVALID_STATE, ErrorContext::remote_file, "not now"};
  served_->on_message([&](BusConnection& connection, sd_bus_message* call) {
    connection.refuse(call, why);
    return true;
  });
  std::optional<Error> heard;
  const PendingCall call =
      client_->call(new_call(), std::nullopt, [&](const Result<sd_bus_message*>& answer) { heard = answer.error(); });
  run_until([&] { return heard.has_value(); });
  EXPECT_EQ(*heard, why);
}

TEST_F(BusPair, refuses_what_nobody_takes) {
  std::optional<Error> heard;
  const auto ask_for_error = [&] {
    heard.reset();
    const PendingCall call =
        client_->call(new_call(), std::nullopt, [&](const Result<sd_bus_message*>& answer) { heard = answer.error(); });
    run_until([&] { return heard.has_value(); });
    return heard->code;
  };
  EXPECT_EQ(ask_for_error(), E_INVALIDARG);
  served_->on_message([](BusConnection&, sd_bus_message*) { return false; });
  EXPECT_EQ(ask_for_error(), E_INVALIDARG);
}

TEST_F(BusPair, answers_with_an_error_when_the_answer_cannot_be_made) {
  served_->on_message([](BusConnection& connection, sd_bus_message* call) {
    MessageWriter answer = connection.answer_message(call);
    answer.text("not UTF-8: \xff");
    connection.send(std::move(answer));
    return true;
  });
  EXPECT_EQ(ask(""), "[the message can't be put into the form of D-Bus]");
}

TEST_F(BusPair, tells_the_caller_when_the_call_cannot_be_made) {
  std::optional<Error> heard;
  const PendingCall call = client_->call(new_call("\xff"), std::nullopt,
                                         [&](const Result<sd_bus_message*>& answer) { heard = answer.error(); });
  EXPECT_FALSE(heard) << "within the call";
  run_until([&] { return heard.has_value(); });
  EXPECT_EQ(heard->code, E_FAIL);
}

TEST_F(BusPair, gives_up_after_the_time_out_and_not_before) {
  MessagePtr asked;
  served_->on_message([&](BusConnection&, sd_bus_message* call) {
    asked = keep(call);
    return true;
  });
  std::vector<std::string> heard;
  const PendingCall call =
      client_->call(new_call(), 5s, [&](const Result<sd_bus_message*>& answer) { heard.push_back(text_of(answer)); });
  run_until([&] { return asked != nullptr; });
  client_time_.advance(4999ms);
  EXPECT_TRUE(heard.empty());
  client_time_.advance(1ms);
  EXPECT_EQ(heard, std::vector<std::string>{"[the other side didn't answer in time]"});
  echo(*served_, asked.get());  // too late
  served_->on_message(echo);
  EXPECT_EQ(ask("next"), "next");
  EXPECT_EQ(heard.size(), 1u);
}

TEST_F(BusPair, waits_without_end_where_no_time_out_is_given) {
  MessagePtr asked;
  served_->on_message([&](BusConnection&, sd_bus_message* call) {
    asked = keep(call);
    return true;
  });
  std::string heard;
  const PendingCall call =
      client_->call(new_call("x"), std::nullopt, [&](const auto& answer) { heard = text_of(answer); });
  run_until([&] { return asked != nullptr; });
  client_time_.advance(24h);
  time_.advance(24h);
  settle();
  EXPECT_EQ(heard, "");
  echo(*served_, asked.get());
  run_until([&] { return !heard.empty(); });
  EXPECT_EQ(heard, "x");
}

TEST_F(BusPair, forgets_the_answer_to_a_call_that_was_dropped) {
  served_->on_message(echo);
  bool answered = false;
  {
    const PendingCall call = client_->call(new_call(), std::nullopt, [&](const auto&) { answered = true; });
  }
  EXPECT_EQ(ask("next"), "next");
  EXPECT_FALSE(answered);
}

TEST_F(BusPair, keeps_answers_to_calls_apart) {
  std::vector<MessagePtr> asked;
  served_->on_message([&](BusConnection&, sd_bus_message* call) {
    asked.push_back(keep(call));
    return true;
  });
  std::vector<std::string> heard;
  std::vector<PendingCall> calls;
  for (const char* text : {"a", "b", "c"}) {
    calls.push_back(client_->call(new_call(text), std::nullopt,
                                  [&, text](const auto& answer) { heard.push_back(text + text_of(answer)); }));
  }
  run_until([&] { return asked.size() == 3; });
  for (const std::size_t i : {2, 0, 1}) echo(*served_, asked[i].get());
  run_until([&] { return heard.size() == 3; });
  EXPECT_EQ(heard, (std::vector<std::string>{"cc", "aa", "bb"}));
}

TEST_F(BusPair, carries_signals) {
  std::string heard;
  client_->on_message([&](BusConnection&, sd_bus_message* message) {
    if (sd_bus_message_is_signal(message, "org.example.A", "S") > 0) heard = text_of(message);
    return true;
  });
  MessageWriter signal = served_->signal_message(nullptr, "/a", "org.example.A", "S");
  signal.text("changed");
  served_->send_unasked(std::move(signal));
  run_until([&] { return !heard.empty(); });
  EXPECT_EQ(heard, "changed");
}

// ---- The end ----

TEST_F(BusPair, answers_what_waits_in_its_order_and_then_says_that_it_is_closed) {
  std::vector<std::string> events;
  client_->on_closed([&](BusConnection& connection) {
    EXPECT_FALSE(connection.open());
    events.push_back("closed");
  });
  std::vector<PendingCall> calls;
  for (const char* text : {"a", "b", "c"}) {
    calls.push_back(client_->call(new_call(), std::nullopt, [&, text](const Result<sd_bus_message*>& answer) {
      EXPECT_EQ(answer.error().code, kLost);
      EXPECT_TRUE(wire::is_lost(answer.error()));
      events.push_back(text);
    }));
  }
  calls.erase(calls.begin() + 1);
  served_.reset();
  run_until([&] { return events.size() == 3; });
  EXPECT_EQ(events, (std::vector<std::string>{"a", "c", "closed"}));
  settle();
  EXPECT_EQ(events.size(), 3u);
}

TEST_F(BusPair, is_dropped_at_once_and_says_so_later) {
  bool closed = false, closed_there = false;
  served_->on_closed([&](BusConnection&) { closed = true; });
  client_->on_closed([&](BusConnection&) { closed_there = true; });
  served_->drop();
  EXPECT_FALSE(served_->open());
  EXPECT_FALSE(closed);
  run_until([&] { return closed && closed_there; });
  served_->drop();
  settle();
}

TEST_F(BusPair, refuses_calls_when_it_is_closed) {
  served_.reset();
  run_until([&] { return !client_->open(); });
  std::optional<Error> heard;
  const PendingCall call =
      client_->call(new_call(), std::nullopt, [&](const Result<sd_bus_message*>& answer) { heard = answer.error(); });
  run_until([&] { return heard.has_value(); });
  EXPECT_EQ(heard->code, kLost);
}

TEST_F(BusPair, lets_what_an_answer_at_the_end_calls_anew_wait_for_its_own_end) {
  std::vector<std::string> events;
  PendingCall again;
  client_->on_closed([&](BusConnection&) { events.push_back("closed"); });
  PendingCall call = client_->call(new_call(), std::nullopt, [&](const auto&) {
    events.push_back("first");
    again = client_->call(new_call(), std::nullopt, [&](const auto&) { events.push_back("second"); });
  });
  served_.reset();
  run_until([&] { return events.size() == 3; });
  EXPECT_EQ(events, (std::vector<std::string>{"first", "closed", "second"}));
}

TEST_F(BusPair, may_be_destroyed_by_each_of_its_callbacks) {
  served_->on_message([&](BusConnection&, sd_bus_message*) {
    served_.reset();
    return true;
  });
  PendingCall call = client_->call(new_call(), std::nullopt, [&](const auto&) { client_.reset(); });
  const PendingCall other = client_->call(new_call(), std::nullopt, [](const auto&) { FAIL(); });
  run_until([&] { return !client_; });
  EXPECT_FALSE(served_);

  client_ = BusConnection::connect(client_loop_, "unix:path=" + path_, false).take();
  client_->on_closed([&](BusConnection&) { client_.reset(); });
  listening_.accept();
  run_until([&] { return !client_; });
}

TEST_F(BusPair, may_be_destroyed_by_a_time_out) {
  PendingCall call = client_->call(new_call(), 1s, [&](const auto&) { client_.reset(); });
  client_time_.advance(1s);
  EXPECT_FALSE(client_);
}

TEST(BusConnection, says_that_nobody_listens) {
  FakeLoop time;
  PolledLoop loop(time);
  const auto connection = BusConnection::connect(loop, "unix:path=/nowhere/at all", false);
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, kLost);
  EXPECT_EQ(BusConnection::connect(loop, "unix:colour=red", false).error().code, E_INVALIDARG);
}

TEST_F(BusPair, gives_up_a_service_that_never_answers_the_first_word) {
  auto connection = BusConnection::connect(client_loop_, "unix:path=" + path_, false).take();
  bool closed = false;
  std::optional<Error> heard;
  connection->on_closed([&](BusConnection&) { closed = true; });
  const PendingCall call = connection->call(connection->call_message(nullptr, "/a", "org.example.A", "B"), std::nullopt,
                                            [&](const Result<sd_bus_message*>& answer) { heard = answer.error(); });
  settle();
  client_time_.advance(24s);
  settle();
  EXPECT_FALSE(closed);
  client_time_.advance(1s);
  run_until([&] { return closed; });
  EXPECT_EQ(heard->code, kLost);
}

// ---- Who doesn't read ----

constexpr std::size_t kAnswer = 64 << 10;

TEST_F(BusPair, does_not_listen_to_a_client_that_takes_no_answers) {
  int handled = 0, heard = 0;
  served_->on_message([&](BusConnection& connection, sd_bus_message* call) {
    ++handled;
    MessageWriter answer = connection.answer_message(call);
    answer.text(std::string(kAnswer, 'x').c_str());
    connection.send(std::move(answer));
    return true;
  });
  constexpr int kCalls = 500;
  std::vector<PendingCall> calls;
  for (int i = 0; i < kCalls; ++i) {
    calls.push_back(client_->call(new_call(), std::nullopt, [&, i](const Result<sd_bus_message*>& answer) {
      EXPECT_TRUE(answer);
      EXPECT_EQ(heard++, i) << "out of order";
    }));
  }
  // The kernel holds twice what it is asked to, and a message may stand over on either side.
  constexpr int kMostBetween = static_cast<int>((BusConnection::kMostWaiting + 2 * (256u << 10)) / kAnswer) + 2;
  for (int step = 0; heard < kCalls; ++step) {
    loop_.run_until_idle();
    EXPECT_LE(handled - heard, kMostBetween) << "in step " << step;
    if (testing::Test::HasFailure()) break;
    client_loop_.run_until_idle();
  }
}

TEST_F(BusPair, does_not_stand_still_when_both_have_much_to_send) {
  served_->on_message(echo);
  client_->on_message(echo);
  const std::string text(kAnswer, 'y');
  int heard = 0;
  std::vector<PendingCall> calls;
  constexpr int kCalls = 400;  // more than the kernel takes off a client's hands
  for (int i = 0; i < kCalls; ++i) {
    calls.push_back(client_->call(new_call(text), std::nullopt, [&](const auto& answer) {
      EXPECT_EQ(text_of(answer), text);
      ++heard;
    }));
    MessageWriter message = served_->call_message(nullptr, "/a", "org.example.A", "B");
    message.text("callback");
    calls.push_back(served_->call(std::move(message), std::nullopt, [&](const auto&) { ++heard; }));
  }
  run_until([&] { return heard == 2 * kCalls; });
}

TEST_F(BusPair, drops_a_client_for_which_too_much_waits_that_it_never_asked_for) {
  bool closed = false;
  served_->on_closed([&](BusConnection&) { closed = true; });
  constexpr std::size_t kSignal = 10'000;
  std::size_t sent = 0;
  while (served_->open() && sent < 100 * BusConnection::kMostUnasked) {
    MessageWriter signal = served_->signal_message(nullptr, "/a", "org.example.A", "S");
    signal.text(std::string(kSignal, 'z').c_str());
    sent += signal.bytes();
    served_->send_unasked(std::move(signal));
  }
  EXPECT_FALSE(closed) << "within the call";
  EXPECT_GT(sent, BusConnection::kMostUnasked);
  ASSERT_LT(sent, BusConnection::kMostUnasked + (1u << 20)) << "the kernel's share";
  run_until([&] { return closed; });
}

TEST_F(BusPair, counts_calls_that_were_not_asked_for_and_no_answers) {
  served_->on_message([&](BusConnection& connection, sd_bus_message* call) {
    MessageWriter answer = connection.answer_message(call);
    answer.text(std::string(3 * BusConnection::kMostUnasked, 'x').c_str());
    connection.send(std::move(answer));
    return true;
  });
  const PendingCall call = client_->call(new_call(), std::nullopt, [](const auto&) {});
  loop_.run_until_idle();
  EXPECT_TRUE(served_->open());
  std::vector<PendingCall> callbacks;
  const auto send = [&](std::size_t bytes) {
    MessageWriter message = served_->call_message(nullptr, "/a", "org.example.A", "B");
    message.text(std::string(bytes, 'y').c_str());
    callbacks.push_back(served_->call(
        std::move(message), std::nullopt, [](const auto&) {}, true));
  };
  send(BusConnection::kMostUnasked - 500);
  EXPECT_TRUE(served_->open());
  send(500);
  EXPECT_FALSE(served_->open());
}

TEST_F(BusPair, keeps_a_client_that_reads_whatever_it_is_told) {
  std::size_t heard = 0;
  client_->on_message([&](BusConnection&, sd_bus_message* message) {
    heard += text_of(message).size();
    return true;
  });
  constexpr std::size_t kSignal = 100'000;
  for (std::size_t sent = 0; sent < 20 * BusConnection::kMostUnasked; sent += kSignal) {
    MessageWriter signal = served_->signal_message(nullptr, "/a", "org.example.A", "S");
    signal.text(std::string(kSignal, 'z').c_str());
    served_->send_unasked(std::move(signal));
    run_until([&] { return heard >= sent; });
    ASSERT_TRUE(served_->open());
  }
}

}  // namespace
}  // namespace dosvc
