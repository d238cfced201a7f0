#include "service/places.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <utility>
#include <vector>

#include "fakes/temp_folder.h"

namespace dosvc::service {
namespace {

class PlacesTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name :
         {"DOSVC_STATE_DIR", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "STATE_DIRECTORY", "HOME"}) {
      const char* value = ::getenv(name);
      before_.emplace_back(name, value ? std::optional<std::string>(value) : std::nullopt);
      ::unsetenv(name);
    }
  }
  void TearDown() override {
    for (const auto& [name, value] : before_) value ? ::setenv(name, value->c_str(), 1) : ::unsetenv(name);
  }
  static Places of(Kind kind, const std::string& state = {}, const std::string& configuration = {}) {
    Options options;
    options.kind = kind;
    options.state_directory = state;
    options.configuration = configuration;
    auto found = find_places(options);
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : Places{};
  }

  std::vector<std::pair<const char*, std::optional<std::string>>> before_;
};

TEST_F(PlacesTest, of_the_system_service_are_the_machines) {
  ::setenv("HOME", "/root", 1);
  ::setenv("DOSVC_STATE_DIR", "/mine", 1);
  EXPECT_EQ(of(Kind::system).state_directory, "/var/lib/dosvc");
  EXPECT_EQ(of(Kind::system).configuration, "/etc/dosvc/dosvc.toml");
  EXPECT_EQ(of(Kind::system).socket, "");
  ::setenv("STATE_DIRECTORY", "/var/lib/other:/var/lib/more", 1);
  EXPECT_EQ(of(Kind::system).state_directory, "/var/lib/other");
}

TEST_F(PlacesTest, of_a_users_service_are_his) {
  const TempFolder runtime;
  ::setenv("HOME", "/home/me", 1);
  ::setenv("XDG_RUNTIME_DIR", runtime.path().c_str(), 1);
  for (const Kind kind : {Kind::session, Kind::own}) {
    EXPECT_EQ(of(kind).state_directory, "/home/me/.local/state/dosvc");
    EXPECT_EQ(of(kind).configuration, "/home/me/.config/dosvc/dosvc.toml");
    EXPECT_EQ(of(kind).socket, runtime / "dosvc/socket");
  }
  ::setenv("XDG_RUNTIME_DIR", "/nowhere", 1);
  EXPECT_EQ(of(Kind::own).socket, "/home/me/.local/state/dosvc/socket") << "nobody made that folder for him";
  ::setenv("XDG_CONFIG_HOME", "/home/me/etc", 1);
  EXPECT_EQ(of(Kind::own).configuration, "/home/me/etc/dosvc/dosvc.toml");
}

TEST_F(PlacesTest, that_were_chosen_count_most_and_are_absolute) {
  ::setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
  const auto here = std::filesystem::current_path();
  const Places places = of(Kind::own, "state", "my.toml");
  EXPECT_EQ(places.state_directory, (here / "state").string());
  EXPECT_EQ(places.configuration, (here / "my.toml").string());
  EXPECT_EQ(places.socket, (here / "state/socket").string());
}

TEST_F(PlacesTest, a_socket_can_be_chosen_alone) {
  ::setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
  ::setenv("HOME", "/home/me", 1);
  Options options;
  options.socket = "/elsewhere/socket";
  EXPECT_EQ(find_places(options)->socket, "/elsewhere/socket");
  EXPECT_EQ(find_places(options)->state_directory, "/home/me/.local/state/dosvc");
}

TEST_F(PlacesTest, without_a_home_there_is_no_configuration_and_no_queue) {
  EXPECT_EQ(of(Kind::own, "/state").configuration, "");
  EXPECT_FALSE(find_places(Options{}));
}

}  // namespace
}  // namespace dosvc::service
