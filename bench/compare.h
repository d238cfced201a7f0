#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "process.h"

namespace dosvc::bench {

// One of two commands that do the same.
struct Side {
  std::string label;
  Words command;
};

struct Comparison {
  std::string name;
  Side ours;
  Side peer;
  int pairs = 7;                               // measured, after one of each that isn't
  std::function<void()> before_each{};         // not measured: makes every run start from the same place
  std::function<Result<void>()> check_each{};  // not measured: whether the run did its work
  // What we want at most: ratios to the peer, and MiB.
  std::optional<double> wall_goal{};
  std::optional<double> cpu_goal{};
  std::optional<double> peak_goal{};
};

double median(std::vector<double> values);

// Runs the two in turn (ours, peer, ours, peer …) and prints one line: the medians of the ratios within a pair first,
// then the medians of each side, and whether the goals are met. A ratio below 1 is in our favour.
Result<void> compare(const Comparison& comparison);

}  // namespace dosvc::bench
