#include "cli/pages.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace dosvc::cli_tests {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(file) << path;
  return text.str();
}

// What stands behind mdoc's .It Fl.
Names documented_options(const std::string& page) {
  Names names;
  std::istringstream lines(text_of(page));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(".It Fl ")) continue;
    std::istringstream words(line.substr(7));
    for (std::string word; words >> word && word != "Ar";) {
      if (word != ",") names.insert("-" + word);
    }
  }
  return names;
}

Names options_in_help(const std::string& help) {
  Names names;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin == 0 || begin == std::string::npos || line[begin] != '-') continue;  // the rest of a description
    for (char& c : line) c = c == ',' ? ' ' : c;
    std::istringstream words(line);
    for (std::string word; words >> word && word.starts_with('-');) names.insert(word);
  }
  return names;
}

}  // namespace dosvc::cli_tests
