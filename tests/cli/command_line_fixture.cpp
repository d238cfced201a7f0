#include "cli/command_line_fixture.h"

#include <stdlib.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace dosvc::cli_tests {

namespace fs = std::filesystem;

CommandLine::CommandLine() {
  std::string name = (fs::canonical(fs::temp_directory_path()) / "dosvc-cli.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) ::abort();
  root = name;
  folder = root / "here";
  fs::create_directory(folder);
  environment = {{"DOSVC_STATE_DIR", (root / "state").string()}, {"LC_ALL", "C.UTF-8"}, {"TZ", "UTC"}};
  if (!on_service()) environment["DOSVC_MODE"] = "inproc";
  for (const char* kept : {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* value = ::getenv(kept)) environment[kept] = value;
  }
}

CommandLine::~CommandLine() {
  if (on_service()) {
    EXPECT_EQ(run({"service", "stop"}).code, kDone);
  }
  fs::remove_all(root);
}

void CommandLine::TearDown() {
  if (!queue().empty()) return;
  for (const std::string& name : here()) EXPECT_FALSE(name.ends_with(".part")) << name << " was left behind";
}

std::unique_ptr<Program> CommandLine::start(std::vector<std::string> words, bool terminal) {
  words.insert(words.begin(), DOSVC_PROGRAM);
  return std::make_unique<Program>(Program::Start{std::move(words), folder.string(), environment, terminal});
}

nlohmann::json CommandLine::json(std::vector<std::string> words, int code) {
  words.insert(words.begin() + 1, "--json");
  const Finished finished = run(words);
  EXPECT_EQ(finished.code, code) << finished.err;
  auto parsed = nlohmann::json::parse(finished.out, nullptr, false);
  EXPECT_FALSE(parsed.is_discarded()) << finished.out;
  return parsed;
}

nlohmann::json CommandLine::queue() { return json({"list"}).at("jobs"); }

std::string CommandLine::only_job() {
  const nlohmann::json jobs = queue();
  EXPECT_EQ(jobs.size(), 1u) << jobs;
  return jobs.empty() ? "" : jobs.front().at("id").get<std::string>();
}

std::vector<std::string> CommandLine::here() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace dosvc::cli_tests
