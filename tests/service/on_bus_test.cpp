// The service on a message bus of the test's own.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "dbus/bus_daemon.h"
#include "service/service_fixture.h"

namespace dosvc::service_tests {
namespace {

using cli_tests::Finished;
using namespace std::chrono_literals;

class OnBus : public ServiceTest {
 protected:
  // Before the service.
  void start_bus(const std::string& policy) {
    bus_ = std::make_unique<BusDaemon>(policy);
    ASSERT_NE(bus_->address(), "") << "dbus-daemon doesn't start";
    // Without the name of this very daemon, as machines write it: another follows it at the same place.
    const std::string address = bus_->address().substr(0, bus_->address().find(','));
    environment_["DBUS_SESSION_BUS_ADDRESS"] = environment_["DBUS_SYSTEM_BUS_ADDRESS"] = address;
  }
  bool name_is_owned() {
    sd_bus* connection = nullptr;
    int owned = 0;
    if (::sd_bus_new(&connection) < 0) return false;
    (void)::sd_bus_set_address(connection, bus_->address().c_str());
    (void)::sd_bus_set_bus_client(connection, 1);
    if (::sd_bus_start(connection) >= 0) {
      sd_bus_message* answer = nullptr;
      if (::sd_bus_call_method(connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                               "NameHasOwner", nullptr, &answer, "s", "org.dosvc1") >= 0) {
        (void)::sd_bus_message_read(answer, "b", &owned);
      }
      ::sd_bus_message_unref(answer);
    }
    ::sd_bus_flush_close_unref(connection);
    return owned != 0;
  }

  std::unique_ptr<BusDaemon> bus_;
};

TEST_F(OnBus, one_users_service_has_the_name_and_no_second_takes_it) {
  start_bus(BusDaemon::everything_allowed());
  const auto service = start({"--session"});
  ASSERT_TRUE(systemd_.wait_for("READY=1"));
  EXPECT_TRUE(name_is_owned());
  EXPECT_EQ(Client(socket_).create_job(), "") << "its own socket";
  environment_["DOSVC_STATE_DIR"] = home_ / "other";
  const Finished second = cli_tests::Program({{DOSVC_SERVICE, "--session"}, home_.path(), environment_}).finish();
  EXPECT_EQ(second.code, 1);
  EXPECT_NE(second.err.find("the name org.dosvc1 is taken"), std::string::npos) << second.err;
}

TEST_F(OnBus, one_users_service_tells_systemd_that_it_leaves_before_the_name_is_free) {
  start_bus(BusDaemon::everything_allowed());
  const auto service = start({"--session"}, DOSVC_SERVICE_TEST_CLOCK);
  ASSERT_TRUE(systemd_.wait_for("READY=1"));
  // It waits until systemd has heard it.
  std::thread time([this] { move_clock(11s); });
  EXPECT_TRUE(systemd_.wait_for("STOPPING=1"));
  EXPECT_TRUE(name_is_owned());
  EXPECT_TRUE(systemd_.wait_for("BARRIER=1"));
  time.join();
  const Finished ended = service->finish();
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_FALSE(name_is_owned());
}

TEST_F(OnBus, without_a_session_bus_it_says_what_works_without_one) {
  environment_.erase("DBUS_SESSION_BUS_ADDRESS");
  const Finished refused = end(*start({"--session"}));
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("dosvcd --own"), std::string::npos) << refused.err;
}

TEST_F(OnBus, a_bus_that_ends_is_found_again) {
  if (::geteuid() != 0) GTEST_SKIP() << "SKIPPED: the service of all users is root's";
  start_bus(BusDaemon::system_rules());
  const auto service = start({"--system", "--listen", system_socket_}, DOSVC_SERVICE_TEST_CLOCK);
  ASSERT_TRUE(systemd_.wait_for("READY=1"));
  EXPECT_TRUE(name_is_owned());
  bus_->end();
  ASSERT_TRUE(service->wait_for_error_text("can't be reached on the bus"));
  EXPECT_EQ(Client(system_socket_).create_job(), "") << "direct connections go on";
  bus_->begin_again();
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!name_is_owned() && std::chrono::steady_clock::now() < until) move_clock(1min);
  EXPECT_TRUE(name_is_owned());
}

}  // namespace
}  // namespace dosvc::service_tests
