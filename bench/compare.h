#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon.h"
#include "process.h"

namespace dosvc::bench {

// One of several commands that do the same.
struct Side {
  std::string label;
  Words command;
  const Daemon* service = nullptr;  // does the command's work: its CPU time and memory count for this side as well
  int rounds = 0;                   // a slow one is measured in so many of the first rounds; 0: in all
  bool is_aim = true;               // of a peer: whether the goals are about it as well
};

struct Comparison {
  std::string name;
  Side ours;
  std::vector<Side> peers;
  int rounds = 7;
  bool warm_up = true;                         // a round before that doesn't count, but of slow ones
  std::function<void()> before_each{};         // not measured: makes every run start from the same place
  std::function<Result<void>()> check_each{};  // not measured: whether the run did its work
  // What we want at most: ratios to each of the peers, and MiB.
  std::optional<double> wall_goal{};
  std::optional<double> cpu_goal{};
  std::optional<double> peak_goal{};
};

double median(std::vector<double> values);

// "; goal wall <= 1.10 met", or nothing without a goal.
std::string verdict(const std::string& what, std::optional<double> goal, double reached);

// Runs all in turn (ours, peers …, ours, peers …) and prints a line for each peer: the medians of the ratios within a
// round first, then the medians of each side. A ratio below 1 is in our favour. The last line says whether the goals
// are met: of the peers that they are about the one counts that leaves us the highest ratio. Returns the medians of our
// side.
Result<Cost> compare(const Comparison& comparison);

}  // namespace dosvc::bench
