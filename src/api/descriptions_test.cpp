#include "api/descriptions.h"

#include "api/sentences.h"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace dosvc {
namespace {

// The codes as <dosvc/errors.h> has them: those that are results, and the system's numbers that are made into results.
std::vector<HRESULT> codes_of_the_header() {
  std::ostringstream text;
  text << std::ifstream(DOSVC_ERRORS_HEADER).rdbuf();
  const std::string header = text.str();
  std::vector<HRESULT> codes;
  const std::regex result(R"(constexpr HRESULT \w+ =\s*::dosvc::hresult\((0x[0-9A-F]{8})u\))");
  const std::regex number(R"(constexpr std::uint32_t ERROR_\w+ = (\d+);)");
  const auto each = [&](const std::regex& form, auto add) {
    for (std::sregex_iterator at(header.begin(), header.end(), form), end; at != end; ++at) add((*at)[1].str());
  };
  const auto to_number = [](const std::string& digits, int base) {
    return static_cast<std::uint32_t>(std::stoul(digits, nullptr, base));
  };
  each(result, [&](const std::string& bits) { codes.push_back(hresult(to_number(bits, 16))); });
  each(number, [&](const std::string& digits) { codes.push_back(hresult_from_win32(to_number(digits, 10))); });
  return codes;
}

TEST(Descriptions, are_there_for_every_code_of_the_header) {
  const auto codes = codes_of_the_header();
  EXPECT_GT(codes.size(), 300u);
  for (HRESULT code : codes) {
    EXPECT_TRUE(description_of(code).ends_with(".")) << std::hex << static_cast<std::uint32_t>(code);
  }
}

TEST(Descriptions, are_there_once) {
  std::set<HRESULT> seen;
  for (const Sentence& each : sentences()) {
    EXPECT_TRUE(seen.insert(each.code).second) << each.text;
  }
}

TEST(Descriptions, tell_the_status_of_any_answer) {
  EXPECT_EQ(description_of(BG_E_HTTP_ERROR_404), "The server answered with HTTP status 404: there is no such file.");
  EXPECT_EQ(description_of(hresult(0x801901C0u)), "The server answered with HTTP status 448.");
  EXPECT_EQ(description_of(hresult(0x80190001u + 1)), "");
  EXPECT_EQ(description_of(hresult(0x8BADF00Du)), "");
}

}  // namespace
}  // namespace dosvc
