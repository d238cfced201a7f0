// The manual pages of the service know what it understands, and nothing else.
#include <sstream>

#include "cli/command_line_fixture.h"
#include "cli/pages.h"

namespace dosvc::cli_tests {
namespace {

class ServicePages : public CommandLine {};

TEST_F(ServicePages, that_of_the_program_has_every_option_and_no_other) {
  Program service({{DOSVC_SERVICE_PROGRAM, "--help"}, folder.string(), environment});
  const Names understood = options_in_help(service.finish().out);
  EXPECT_TRUE(understood.contains("--own"));
  EXPECT_EQ(documented_options(DOSVC_MAN_PAGES "/dosvcd.8"), understood);
}

// The example holds every setting, commented out.
TEST_F(ServicePages, that_of_the_settings_has_those_of_the_example) {
  Names in_example;
  std::istringstream example(text_of(DOSVC_EXAMPLE_SETTINGS));
  for (std::string line; std::getline(example, line);) {
    const std::size_t equals = line.find(" = ");
    if (line.starts_with('#') && equals != std::string::npos) in_example.insert(line.substr(1, equals - 1));
  }
  Names in_page;
  std::istringstream page(text_of(DOSVC_MAN_PAGES "/dosvc.toml.5"));
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with(".It Cm ")) continue;
    std::istringstream words(line.substr(7));
    for (std::string word; words >> word;) {
      if (word != ",") in_page.insert(word);
    }
  }
  EXPECT_GE(in_page.size(), 7u);
  EXPECT_EQ(in_page, in_example);
}

}  // namespace
}  // namespace dosvc::cli_tests
