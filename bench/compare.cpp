#include "compare.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

namespace dosvc::bench {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::string verdict(const std::string& what, std::optional<double> goal, double reached) {
  if (!goal) return {};
  return fmt::format("; goal {} <= {:.2f} {}", what, *goal, reached <= *goal ? "met" : "MISSED");
}

namespace {

using Costs = std::vector<Cost>;  // of one side, round by round

double median_of(const Costs& costs, double Cost::*figure) {
  std::vector<double> values;
  for (const Cost& cost : costs) values.push_back(cost.*figure);
  return median(std::move(values));
}

double ratio_of(const Costs& ours, const Costs& peers, double Cost::*figure) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(ours.size(), peers.size()); ++i) {
    ratios.push_back(ours[i].*figure / peers[i].*figure);
  }
  return median(std::move(ratios));
}

Result<Cost> run_once(const Comparison& comparison, const Side& side) {
  if (comparison.before_each) comparison.before_each();
  if (side.service) side.service->forget_peak();
  const double before = side.service ? side.service->cpu() : 0;
  Cost cost = DO_TRY(run_measured(side.command));
  if (side.service) {
    cost.cpu += side.service->cpu() - before;
    cost.peak += side.service->peak();
  }
  if (comparison.check_each) {
    if (auto right = comparison.check_each(); !right) return failed(side.label + ": " + right.error().message);
  }
  return cost;
}

bool takes_part(const Side& side, int round) { return side.rounds == 0 || (round > 0 && round <= side.rounds); }

std::string figures(const Side& side, const Costs& costs) {
  return fmt::format("{}: {:.3f} s, cpu {:.3f} s, peak {:.1f} MiB", side.label, median_of(costs, &Cost::wall),
                     median_of(costs, &Cost::cpu), median_of(costs, &Cost::peak));
}

struct Worst {
  double ratio = 0;
  std::string beside{};

  void add(double other, const std::string& label) {
    if (other > ratio) *this = {other, label};
  }
  std::string text() const { return fmt::format("{:.2f} ({})", ratio, beside); }
};

void report(const Comparison& comparison, const Costs& ours, const std::vector<Costs>& peers) {
  Worst wall;
  Worst cpu;
  for (std::size_t i = 0; i < peers.size(); ++i) {
    const Side& peer = comparison.peers[i];
    const double wall_ratio = ratio_of(ours, peers[i], &Cost::wall);
    const double cpu_ratio = ratio_of(ours, peers[i], &Cost::cpu);
    if (peer.is_aim) {
      wall.add(wall_ratio, peer.label);
      cpu.add(cpu_ratio, peer.label);
    }
    fmt::print("{:<20} wall {:.2f}  cpu {:.2f}  peak {:.2f} | {} | {} | {} rounds\n", comparison.name, wall_ratio,
               cpu_ratio, ratio_of(ours, peers[i], &Cost::peak), figures(comparison.ours, ours),
               figures(peer, peers[i]), peers[i].size());
  }
  const std::string verdicts = verdict("wall", comparison.wall_goal, wall.ratio) +
                               verdict("cpu", comparison.cpu_goal, cpu.ratio) +
                               verdict("peak MiB", comparison.peak_goal, median_of(ours, &Cost::peak));
  if (!verdicts.empty()) {
    fmt::print("{:<20} at worst wall {}, cpu {}{}\n", comparison.name, wall.text(), cpu.text(), verdicts);
  }
  std::fflush(stdout);
}

}  // namespace

Result<Cost> compare(const Comparison& comparison) {
  Costs ours;
  std::vector<Costs> peers(comparison.peers.size());
  for (int round = comparison.warm_up ? 0 : 1; round <= comparison.rounds; ++round) {
    const Cost own = DO_TRY(run_once(comparison, comparison.ours));
    if (round > 0) ours.push_back(own);
    for (std::size_t i = 0; i < peers.size(); ++i) {
      if (!takes_part(comparison.peers[i], round)) continue;
      const Cost other = DO_TRY(run_once(comparison, comparison.peers[i]));
      if (round > 0) peers[i].push_back(other);
    }
  }
  report(comparison, ours, peers);
  return Cost{median_of(ours, &Cost::wall), median_of(ours, &Cost::cpu), median_of(ours, &Cost::peak)};
}

}  // namespace dosvc::bench
