#include <csignal>
#include <sstream>

#include "cli/command_line_fixture.h"

namespace dosvc::cli_tests {
namespace {

using namespace dosvc::origin;

// What `monitor` tells of the queue.
class Monitor : public CommandLine {
 protected:
  static std::vector<nlohmann::json> events(const std::string& out) {
    std::vector<nlohmann::json> all;
    std::istringstream lines(out);
    for (std::string line; std::getline(lines, line);) all.push_back(nlohmann::json::parse(line));
    return all;
  }
};

TEST_F(Monitor, first_tells_what_is_there_and_ends_well_when_it_is_interrupted) {
  ASSERT_EQ(run({"add", "-q", "--name", "One", origin.url("/a.bin")}).code, kDone);
  const std::string id = only_job();
  const auto monitor = start({"monitor"});
  ASSERT_TRUE(monitor->wait_for_text("One"));
  monitor->signal(SIGINT);
  const Finished done = monitor->finish();
  EXPECT_EQ(done.code, kDone);
  EXPECT_NE(done.out.find("  " + id.substr(0, 8) + "  "), std::string::npos) << done.out;
  EXPECT_EQ(done.err, "");
}

TEST_F(Monitor, tells_in_json_one_object_a_line) {
  ASSERT_EQ(run({"add", "-q", origin.url("/a.bin")}).code, kDone);
  const std::string id = only_job();
  const auto monitor = start({"monitor", "--json"});
  ASSERT_TRUE(monitor->wait_for_text(id));
  monitor->signal(SIGTERM);
  const Finished done = monitor->finish();
  EXPECT_EQ(done.code, 143);
  const auto told = events(done.out);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told[0].at("event"), "there");
  EXPECT_EQ(told[0].at("job").at("id"), id);
  EXPECT_TRUE(told[0].contains("time"));
}

}  // namespace
}  // namespace dosvc::cli_tests
