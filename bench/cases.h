#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace dosvc::bench {

// How long a program may take: the figures that stand in documents, or a first look.
enum class Pace { full, quick };

struct Case {
  std::string name;
  std::function<Result<void>(Pace)> run;
};

// main() of a program with several cases: PROGRAM [--quick] [CASE…]. Without a name all are run.
int run_cases(int argc, char** argv, const std::vector<Case>& cases);

}  // namespace dosvc::bench
