#include "dbus/bus_connection.h"

#include "fakes/bus_fixture.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

TEST_F(BusPair, carries_calls_and_answers) {
  served_->on_message([](BusConnection& connection, sd_bus_message* call) {
    const char* text = nullptr;
    sd_bus_message_read_basic(call, 's', &text);
    MessageWriter answer = connection.answer_message(call);
    answer.text((std::string("heard ") + text).c_str());
    connection.send(std::move(answer));
    return true;
  });
  EXPECT_EQ(ask("hello"), "heard hello");
  EXPECT_EQ(served_->peer(), ::getuid());
}

}  // namespace
}  // namespace dosvc
