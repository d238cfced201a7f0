#pragma once

#include <set>
#include <string>

// What manual pages and the texts of --help name.
namespace dosvc::cli_tests {

using Names = std::set<std::string>;

std::string text_of(const std::string& path);
// The options in the lists of a page, as they are typed.
Names documented_options(const std::string& page);
Names options_in_help(const std::string& help);

}  // namespace dosvc::cli_tests
