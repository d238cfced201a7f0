#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/program.h"
#include "origin/content.h"
#include "origin/origin.h"

namespace dosvc::cli_tests {

// What docs/cli.md promises.
enum Code {
  kDone = 0,
  kFailure = 1,
  kUsage = 2,
  kJobError = 3,
  kNotRunning = 3,
  kGaveUp = 4,
  kNoSuchJob = 5,
  kInterrupted = 130
};

// Runs the program in a folder of its own, with a queue of its own: in the program's own process or, where these tests
// are built for that, in a service that the first command starts. After each test without jobs left the folder must
// hold no temporary file.
class CommandLine : public testing::Test {
 protected:
  CommandLine();
  ~CommandLine() override;
  void TearDown() override;

#ifdef DOSVC_TESTS_ON_SERVICE
  static constexpr bool on_service() { return true; }
#else
  static constexpr bool on_service() { return false; }
#endif

  // Words after the program's name.
  Finished run(std::vector<std::string> words) { return start(std::move(words))->finish(); }
  std::unique_ptr<Program> start(std::vector<std::string> words, bool terminal = false);
  // With --json: what it printed, parsed.
  nlohmann::json json(std::vector<std::string> words, int code = kDone);

  // The id that `add` prints.
  std::string add(const std::string& path_in_url) {
    const Finished added = run({"add", "-q", origin.url(path_in_url)});
    EXPECT_EQ(added.code, kDone) << added.err;
    return added.out.substr(0, added.out.find('\n'));
  }
  std::string state_of(const std::string& id) { return json({"show", id}).at("state"); }
  nlohmann::json queue();                 // the jobs of `list`
  std::string only_job();                 // the id of the only one
  std::vector<std::string> here() const;  // the names in the folder, sorted
  std::string path(const std::string& name) const { return (folder / name).string(); }
  void expect_content(const std::string& name, std::uint64_t seed, std::uint64_t size) const {
    EXPECT_EQ(origin::first_difference(path(name), seed, size), std::nullopt) << name;
  }

  std::filesystem::path root;
  std::filesystem::path folder;  // root/here
  std::map<std::string, std::string> environment;
  origin::Origin origin;
};

}  // namespace dosvc::cli_tests
