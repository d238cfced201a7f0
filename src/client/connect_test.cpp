#include "client/connect.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace dosvc {
namespace {

class Connect : public testing::Test {
 protected:
  void TearDown() override { ::unsetenv("DOSVC_MODE"); }
};

TEST_F(Connect, there_is_no_service_yet_and_it_says_so) {
  ::setenv("DOSVC_MODE", "service", 1);
  const auto service = connect();
  ASSERT_FALSE(service);
  EXPECT_EQ(service.error().code, DO_E_NO_SERVICE);
  EXPECT_NE(service.error().message.find("DOSVC_MODE=service"), std::string::npos) << service.error().message;
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
