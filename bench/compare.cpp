#include "compare.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace dosvc::bench {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

namespace {

double median_of(const std::vector<Cost>& costs, double Cost::*figure) {
  std::vector<double> values;
  for (const Cost& cost : costs) values.push_back(cost.*figure);
  return median(std::move(values));
}

double ratio_of(const std::vector<Cost>& ours, const std::vector<Cost>& peers, double Cost::*figure) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i].*figure / peers[i].*figure);
  return median(std::move(ratios));
}

Result<Cost> run_once(const Comparison& comparison, const Side& side) {
  if (comparison.before_each) comparison.before_each();
  const Cost cost = DO_TRY(run_measured(side.command));
  if (comparison.check_each) {
    if (auto right = comparison.check_each(); !right) return failed(side.label + ": " + right.error().message);
  }
  return cost;
}

std::string figures(const Side& side, const std::vector<Cost>& costs) {
  return fmt::format("{}: {:.3f} s, cpu {:.3f} s, peak {:.1f} MiB", side.label, median_of(costs, &Cost::wall),
                     median_of(costs, &Cost::cpu), median_of(costs, &Cost::peak));
}

std::string verdict(const char* what, std::optional<double> goal, double reached) {
  if (!goal) return {};
  return fmt::format("; goal {} <= {:.2f} {}", what, *goal, reached <= *goal ? "met" : "MISSED");
}

}  // namespace

Result<void> compare(const Comparison& comparison) {
  std::vector<Cost> ours;
  std::vector<Cost> peers;
  for (int pair = 0; pair <= comparison.pairs; ++pair) {
    const Cost one = DO_TRY(run_once(comparison, comparison.ours));
    const Cost other = DO_TRY(run_once(comparison, comparison.peer));
    if (pair == 0) continue;
    ours.push_back(one);
    peers.push_back(other);
  }
  const double wall = ratio_of(ours, peers, &Cost::wall);
  const double cpu = ratio_of(ours, peers, &Cost::cpu);
  fmt::print("{:<20} wall {:.2f}  cpu {:.2f}  peak {:.2f} | {} | {} | {} pairs{}{}{}\n", comparison.name, wall, cpu,
             ratio_of(ours, peers, &Cost::peak), figures(comparison.ours, ours), figures(comparison.peer, peers),
             comparison.pairs, verdict("wall", comparison.wall_goal, wall), verdict("cpu", comparison.cpu_goal, cpu),
             verdict("peak MiB", comparison.peak_goal, median_of(ours, &Cost::peak)));
  std::fflush(stdout);
  return {};
}

}  // namespace dosvc::bench
