#include "examples/examples_fixture.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>

#include "origin/content.h"

namespace dosvc {

namespace fs = std::filesystem;

void ExamplesTest::SetUp() {
  fs::create_directory(folder_);
  fs::create_directory(home_ / "nginx");
  environment_ = {{"DOSVC_STATE_DIR", home_ / "state"}, {"DOSVC_MODE", "inproc"}};
  for (const char* kept : {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = ::getenv(kept)) environment_[kept] = value;
  }
  nginx_.emplace(home_ / "nginx");
  if (!nginx_->error().empty()) GTEST_SKIP() << nginx_->error();
}

std::unique_ptr<cli_tests::Program> ExamplesTest::start(Words words, bool terminal) {
  words[0] = DOSVC_PROGRAMS "/" + words[0];
  return std::make_unique<cli_tests::Program>(
      cli_tests::Program::Start{std::move(words), folder_, environment_, terminal});
}

void ExamplesTest::publish(const std::string& name, std::uint64_t seed, std::uint64_t size) {
  ASSERT_TRUE(origin::write_content(nginx_->documents() + "/" + name, seed, size));
}

void ExamplesTest::expect_content(const std::string& name, std::uint64_t seed, std::uint64_t size) const {
  EXPECT_EQ(origin::first_difference(path(name), seed, size), std::nullopt) << name;
}

std::string ExamplesTest::content(std::uint64_t seed, std::uint64_t offset, std::uint64_t size) {
  std::string bytes(size, '\0');
  origin::fill_content(seed, offset, std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

std::string ExamplesTest::content_of_file(const std::string& name) const {
  std::ifstream in(path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string ExamplesTest::only_job() {
  const Finished listed = run({"jobs", "list"});
  EXPECT_EQ(listed.code, kDone) << listed.err;
  constexpr std::size_t kIdLength = 36;
  EXPECT_EQ(listed.out.find("  "), kIdLength) << listed.out;
  return listed.out.substr(0, kIdLength);
}

void ExamplesTest::expect_left(const Words& names) {
  const Finished listed = run({"jobs", "list"});
  EXPECT_EQ(listed.code, kDone) << listed.err;
  EXPECT_EQ(listed.out, "");
  EXPECT_EQ(names_in(folder_), names);
}

}  // namespace dosvc
