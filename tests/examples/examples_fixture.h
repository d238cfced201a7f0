#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/program.h"
#include "e2e/nginx.h"
#include "fakes/temp_folder.h"

namespace dosvc {

// Runs the example programs in a folder of their own, with a queue of their own, against nginx.
class ExamplesTest : public testing::Test {
 protected:
  // What every example ends with.
  enum Code { kDone = 0, kFailed = 1, kCalledWrongly = 2 };
  using Finished = cli_tests::Finished;
  using Words = std::vector<std::string>;

  void SetUp() override;

  // Words: the program's name and its arguments.
  Finished run(Words words) { return start(std::move(words))->finish(); }
  std::unique_ptr<cli_tests::Program> start(Words words, bool terminal = false);

  void publish(const std::string& name, std::uint64_t seed, std::uint64_t size);
  std::string url(const std::string& path) const { return nginx_->url(path); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void expect_content(const std::string& name, std::uint64_t seed, std::uint64_t size) const;
  // The bytes that the server's file has there.
  static std::string content(std::uint64_t seed, std::uint64_t offset, std::uint64_t size);
  std::string content_of_file(const std::string& name) const;
  // The id of the only job in the queue.
  std::string only_job();
  // No job is in the queue, and the folder holds these names and no others.
  void expect_left(const Words& names);

  TempFolder home_;
  const std::string folder_ = std::filesystem::canonical(home_.path()) / "here";  // as programs see it
  std::optional<Nginx> nginx_;

 private:
  std::map<std::string, std::string> environment_;
};

}  // namespace dosvc
