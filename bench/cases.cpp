#include "cases.h"

#include <algorithm>
#include <cstdio>

#include "process.h"

namespace dosvc::bench {

namespace {

int usage(const char* program, const std::vector<Case>& cases) {
  std::fprintf(stderr, "usage: %s [--quick] [CASE…]; the cases:", program);
  for (const Case& one : cases) std::fprintf(stderr, " %s", one.name.c_str());
  std::fprintf(stderr, "\n");
  return 2;
}

}  // namespace

int run_cases(int argc, char** argv, const std::vector<Case>& cases) {
  Pace pace = Pace::full;
  std::vector<Case> chosen;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--quick") {
      pace = Pace::quick;
      continue;
    }
    const auto found = std::find_if(cases.begin(), cases.end(), [&](const Case& one) { return one.name == word; });
    if (found == cases.end()) return usage(argv[0], cases);
    chosen.push_back(*found);
  }
  int code = 0;
  for (const Case& one : chosen.empty() ? cases : chosen) code |= exit_code(one.run(pace));
  return code;
}

}  // namespace dosvc::bench
