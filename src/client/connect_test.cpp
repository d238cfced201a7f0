#include "client/connect.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace dosvc {
namespace {

class Connect : public testing::Test {
 protected:
  void TearDown() override {
    ::unsetenv("DOSVC_MODE");
    ::unsetenv("DOSVC_ADDRESS");
  }
};

TEST_F(Connect, a_service_that_isnt_there_is_told_with_where_it_was_looked_for) {
  ::setenv("DOSVC_ADDRESS", "unix:path=/nowhere/socket", 1);
  for (const char* mode : {"service", ""}) {
    ::setenv("DOSVC_MODE", mode, 1);
    const auto service = connect();
    ASSERT_FALSE(service);
    EXPECT_EQ(service.error().code, DO_E_NO_SERVICE);
    EXPECT_NE(service.error().message.find("/nowhere/socket"), std::string::npos) << service.error().message;
  }
  EXPECT_EQ(service_in_use(), "service at unix:path=/nowhere/socket");
}

TEST_F(Connect, an_unknown_mode_is_refused_by_name) {
  ::setenv("DOSVC_MODE", "InProc\n", 1);
  const auto service = connect();
  ASSERT_FALSE(service);
  EXPECT_EQ(service.error().code, E_INVALIDARG);
  EXPECT_NE(service.error().message.find("\"InProc\\x0a\""), std::string::npos) << service.error().message;
}

}  // namespace
}  // namespace dosvc
