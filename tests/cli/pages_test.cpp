// The manual pages and the completion know what the program understands, and nothing else.
#include <sstream>

#include "cli/command_line_fixture.h"
#include "cli/pages.h"

namespace dosvc::cli_tests {
namespace {

using Words = std::vector<std::string>;

class Pages : public CommandLine {
 protected:
  // The lines of a section of a page of --help.
  Words section(const Words& command, const std::string& title) {
    Words words = command;
    words.push_back("--help");
    std::istringstream help(run(words).out);
    Words lines;
    bool inside = false;
    for (std::string line; std::getline(help, line);) {
      if (inside && (line.empty() || line[0] != ' ')) break;
      if (inside) lines.push_back(line);
      inside = inside || line == title;
    }
    EXPECT_FALSE(lines.empty()) << title;
    return lines;
  }
  Words commands() {
    Words names;
    for (const std::string& line : section({}, "Subcommands:")) {
      std::string name;
      std::istringstream(line) >> name;
      names.push_back(name);
    }
    return names;
  }
  Names options(const Words& command) {
    std::string text;
    for (const std::string& line : section(command, "Options:")) text += line + "\n";
    return options_in_help(text);
  }
  Names all_options() {
    Names names = options({});
    for (const std::string& command : commands()) names.merge(options({command}));
    return names;
  }
  // What bash would offer for the last of these words.
  Names offered(const Words& words) {
    std::string script = "source '" DOSVC_COMPLETION "/dosvc.bash'; COMP_WORDS=(";
    for (const std::string& word : words) script += "'" + word + "' ";
    script += "); COMP_CWORD=" + std::to_string(words.size() - 1) + "; _dosvc; printf '%s\\n' \"${COMPREPLY[@]}\"";
    const std::string programs = std::filesystem::path(DOSVC_PROGRAM).parent_path().string();
    auto variables = environment;
    variables["PATH"] = programs + ":" + variables["PATH"];
    Program bash({{"/bin/bash", "-c", script}, folder.string(), variables});
    const Finished finished = bash.finish();
    EXPECT_EQ(finished.code, 0) << finished.err;
    Names names;
    std::istringstream lines(finished.out);
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty()) names.insert(line);
    }
    return names;
  }
};

TEST_F(Pages, the_manual_page_has_every_option_and_no_other) {
  EXPECT_EQ(documented_options(DOSVC_MAN_PAGES "/dosvc.1"), all_options());
}

TEST_F(Pages, the_manual_page_has_every_command) {
  const std::string page = text_of(DOSVC_MAN_PAGES "/dosvc.1");
  for (const std::string& command : commands())
    EXPECT_NE(page.find("\n.It Cm " + command), std::string::npos) << command;
}

TEST_F(Pages, groff_has_nothing_to_say_against_them) {
  if (!std::filesystem::exists("/usr/bin/groff")) GTEST_SKIP() << "groff isn't installed";
  for (const char* page : {"dosvc.1", "dosvcd.8", "dosvc.toml.5"}) {
    Program groff({{"/usr/bin/groff", "-mdoc", "-ww", "-z", "-Tutf8", std::string(DOSVC_MAN_PAGES "/") + page},
                   folder.string(),
                   environment});
    const Finished finished = groff.finish();
    EXPECT_EQ(finished.code, 0);
    EXPECT_EQ(finished.err + finished.out, "") << page;
  }
}

TEST_F(Pages, completion_knows_every_command_and_every_option) {
  const Words names = commands();
  EXPECT_EQ(offered({"dosvc", ""}), Names(names.begin(), names.end()));
  EXPECT_EQ(offered({"dosvc", "-"}), options({}));
  for (const std::string& command : names) {
    Names expected = options({command});
    expected.merge(options({}));
    for (const char* before_commands : {"-V", "--version"}) expected.erase(before_commands);
    EXPECT_EQ(offered({"dosvc", command, "-"}), expected) << command;
  }
  EXPECT_EQ(offered({"dosvc", "service", ""}), (Names{"status", "start", "stop"}));
}

TEST_F(Pages, the_other_shells_know_them_too) {
  for (const char* shell : {"_dosvc", "dosvc.fish"}) {
    const std::string text = text_of(std::string(DOSVC_COMPLETION "/") + shell);
    for (const std::string& command : commands()) EXPECT_NE(text.find(command), std::string::npos) << shell << command;
    for (const std::string& option : all_options()) {
      const std::string name = option.substr(option.find_first_not_of('-'));
      const bool brief = name.size() == 1;
      const bool found = text.find(option) != std::string::npos ||
                         text.find((brief ? " -s " : " -l ") + name + " ") != std::string::npos;
      EXPECT_TRUE(found) << shell << ": " << option;
    }
  }
}

TEST_F(Pages, completion_offers_the_ids_of_jobs) {
  ASSERT_EQ(run({"add", "-q", origin.url("/a.bin")}).code, kDone);
  const std::string id = only_job().substr(0, 8);
  EXPECT_EQ(offered({"dosvc", "wait", ""}), Names{id});
  EXPECT_EQ(offered({"dosvc", "wait", id.substr(0, 3)}), Names{id});
  EXPECT_EQ(offered({"dosvc", "list", ""}), Names{});
}

}  // namespace
}  // namespace dosvc::cli_tests
