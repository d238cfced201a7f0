#include "client/service_place.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

using Places = std::vector<ServicePlace>;

TEST(ServicePlace, what_is_named_is_looked_at_alone) {
  EXPECT_EQ(service_places(true, true), Places{ServicePlace::named_address});
  EXPECT_EQ(service_places(true, false), Places{ServicePlace::named_address});
  EXPECT_EQ(service_places(false, true), Places{ServicePlace::own});
}

TEST(ServicePlace, else_the_buses_come_before_a_service_of_ones_own) {
  EXPECT_EQ(service_places(false, false),
            (Places{ServicePlace::system_bus, ServicePlace::session_bus, ServicePlace::own}));
}

// What is there, and what find_service() makes of it.
class FindService : public testing::Test {
 protected:
  using OnBus = Result<std::optional<std::string>>;
  static OnBus nothing() { return std::optional<std::string>(); }
  static OnBus at(const char* address) { return std::optional<std::string>(address); }
  static OnBus broken() { return Error{DO_E_NO_SERVICE, {}, "it can't be started"}; }

  Result<FoundService> find(OnBus system, OnBus session, bool own = true) {
    asked.clear();
    ways.on_bus = [=, this](Bus bus) {
      asked += bus == Bus::system ? "system " : "session ";
      return bus == Bus::system ? system : session;
    };
    ways.own = [=, this]() -> Result<FoundService> {
      asked += "own ";
      if (!own) return Error{DO_E_NO_SERVICE, {}, "dosvcd isn't there"};
      return FoundService{{"unix:path=/own", false}, "own service at /own"};
    };
    return find_service(ways);
  }
  ServiceWays ways;
  std::string asked;
};

TEST_F(FindService, on_the_system_bus_first) {
  const auto found = find(at("unix:path=/system"), at("unix:path=/session"));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->description, "system bus");
  EXPECT_EQ(found->address.address, "unix:path=/system");
  EXPECT_TRUE(found->address.bus);
  EXPECT_EQ(asked, "system ");
}

TEST_F(FindService, then_on_the_session_bus) {
  const auto found = find(nothing(), at("unix:path=/session"));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->description, "session bus");
  EXPECT_TRUE(found->address.bus);
}

TEST_F(FindService, then_of_ones_own) {
  const auto found = find(nothing(), nothing());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->description, "own service at /own");
  EXPECT_FALSE(found->address.bus);
  EXPECT_EQ(asked, "system session own ");
}

TEST_F(FindService, passes_over_a_bus_that_cant_start_it) {
  EXPECT_EQ(find(broken(), at("unix:path=/session"))->description, "session bus");
  EXPECT_EQ(find(broken(), broken())->description, "own service at /own");
}

TEST_F(FindService, tells_all_that_was_tried) {
  const auto none = find(nothing(), broken(), false);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, DO_E_NO_SERVICE);
  for (const char* part :
       {"the system bus (it has none)", "the session bus (it can't be started)", "dosvcd isn't there"})
    EXPECT_NE(none.error().message.find(part), std::string::npos) << none.error().message;
}

TEST_F(FindService, asks_nobody_where_an_address_is_named) {
  ways.named_address = "unix:path=/named";
  ways.state_directory_named = true;
  const auto found = find(at("unix:path=/system"), nothing());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->address.address, "unix:path=/named");
  EXPECT_FALSE(found->address.bus);
  EXPECT_EQ(found->description, "service at unix:path=/named");
  EXPECT_EQ(asked, "");
}

TEST_F(FindService, asks_no_bus_where_a_queue_is_named) {
  ways.state_directory_named = true;
  EXPECT_EQ(find(at("unix:path=/system"), nothing())->description, "own service at /own");
  EXPECT_EQ(asked, "own ");
  const auto none = find(at("unix:path=/system"), nothing(), false);
  EXPECT_EQ(none.error().message, "dosvcd isn't there");
}

}  // namespace
}  // namespace dosvc
