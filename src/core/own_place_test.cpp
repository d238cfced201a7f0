#include "core/own_place.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dosvc {
namespace {

namespace fs = std::filesystem;

class OwnPlace : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* variable : {"DOSVC_STATE_DIR", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "HOME"}) {
      const char* value = ::getenv(variable);
      before_.emplace_back(variable, value ? std::optional<std::string>(value) : std::nullopt);
      ::unsetenv(variable);
    }
  }
  void TearDown() override {
    for (const auto& [variable, value] : before_) value ? ::setenv(variable, value->c_str(), 1) : ::unsetenv(variable);
  }

  std::vector<std::pair<const char*, std::optional<std::string>>> before_;
};

TEST_F(OwnPlace, is_the_one_chosen_else_the_users_own) {
  ::setenv("HOME", "/home/me", 1);
  EXPECT_EQ(*default_state_directory(), "/home/me/.local/state/dosvc");
  ::setenv("XDG_STATE_HOME", "relative/is/ignored", 1);
  EXPECT_EQ(*default_state_directory(), "/home/me/.local/state/dosvc");
  ::setenv("XDG_STATE_HOME", "/var/xdg", 1);
  EXPECT_EQ(*default_state_directory(), "/var/xdg/dosvc");
  ::setenv("DOSVC_STATE_DIR", "", 1);
  EXPECT_EQ(*default_state_directory(), "/var/xdg/dosvc");
  ::setenv("DOSVC_STATE_DIR", "/chosen", 1);
  EXPECT_EQ(*default_state_directory(), "/chosen");
  ::setenv("DOSVC_STATE_DIR", "./here", 1);
  EXPECT_EQ(*default_state_directory(), (fs::current_path() / "here").string());
}

TEST_F(OwnPlace, without_any_variable_there_is_none_and_it_says_so) {
  const auto none = default_state_directory();
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("DOSVC_STATE_DIR"), std::string::npos);
}

TEST_F(OwnPlace, the_socket_is_where_the_session_keeps_such_things_but_never_shared_by_two_queues) {
  ::setenv("HOME", "/home/me", 1);
  EXPECT_EQ(*own_socket_path(), "/home/me/.local/state/dosvc/socket");
  ::setenv("XDG_RUNTIME_DIR", "relative", 1);
  EXPECT_EQ(*own_socket_path(), "/home/me/.local/state/dosvc/socket");
  ::setenv("XDG_RUNTIME_DIR", "/nowhere", 1);
  EXPECT_EQ(*own_socket_path(), "/home/me/.local/state/dosvc/socket") << "nobody made it";
  std::string runtime = (std::filesystem::temp_directory_path() / "dosvc-runtime.XXXXXX").string();
  ASSERT_NE(::mkdtemp(runtime.data()), nullptr);
  ::setenv("XDG_RUNTIME_DIR", runtime.c_str(), 1);
  EXPECT_EQ(*own_socket_path(), runtime + "/dosvc/socket");
  std::filesystem::remove(runtime);
  ::setenv("DOSVC_STATE_DIR", "/chosen", 1);
  EXPECT_EQ(*own_socket_path(), "/chosen/socket");
}

TEST_F(OwnPlace, without_any_variable_there_is_no_socket) { EXPECT_FALSE(own_socket_path()); }

}  // namespace
}  // namespace dosvc
