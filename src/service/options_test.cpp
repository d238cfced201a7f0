#include "service/options.h"

#include <gtest/gtest.h>

namespace dosvc::service {
namespace {

TEST(Options, says_whose_service_it_is) {
  const auto parsed = parse_options({"--session", "--listen", "/s", "--state-directory", "/d", "--config", "/c"});
  ASSERT_TRUE(std::holds_alternative<Options>(parsed));
  const Options& options = std::get<Options>(parsed);
  EXPECT_EQ(options.kind, Kind::session);
  EXPECT_EQ(options.listen, "/s");
  EXPECT_EQ(options.state_directory, "/d");
  EXPECT_EQ(options.configuration, "/c");
  EXPECT_EQ(options.ready_fd, std::nullopt);
  EXPECT_EQ(std::get<Options>(parse_options({"--system"})).kind, Kind::system);
  EXPECT_EQ(std::get<Options>(parse_options({"--own", "--ready-fd", "3"})).ready_fd, 3);
}

TEST(Options, wants_exactly_one_kind) {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {}, {"--system", "--own"}, {"--own", "--ready-fd", "-2"}, {"--own", "more"}, {"--owm"}}) {
    const auto parsed = parse_options(words);
    ASSERT_TRUE(std::holds_alternative<Error>(parsed)) << words.size();
    EXPECT_NE(std::get<Error>(parsed).message.find("--help"), std::string::npos);
  }
}

TEST(Options, answers_for_itself) {
  EXPECT_TRUE(std::get<ShortAnswer>(parse_options({"--version"})).text.starts_with("dosvcd "));
  EXPECT_NE(std::get<ShortAnswer>(parse_options({"--help"})).text.find("--state-directory"), std::string::npos);
}

}  // namespace
}  // namespace dosvc::service
