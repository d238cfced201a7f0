#include "core/job_state.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dosvc {
namespace {

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  for (std::size_t at = 1; at < line.size();) {
    const std::size_t end = std::min(line.find('|', at), line.size());
    const std::string cell = line.substr(at, end - at);
    const std::size_t first = cell.find_first_not_of(' ');
    cells.push_back(first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(' ') + 1 - first));
    at = end + 1;
  }
  return cells;
}

// The grid of docs/job-states.md: (event, state) to the state it leads to, in words.
std::map<std::pair<std::string, std::string>, std::string> grid_of_the_page() {
  std::map<std::pair<std::string, std::string>, std::string> grid;
  std::ifstream page(DOSVC_JOB_STATES_PAGE);
  std::vector<std::string> states;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with('|')) states.clear();
    if (!line.starts_with('|') || line.starts_with("|-")) continue;
    const std::vector<std::string> cells = cells_of(line);
    if (cells.size() != kJobStateCount + 1) continue;  // another table
    if (states.empty()) {
      states = cells;
      continue;
    }
    for (std::size_t i = 1; i < cells.size(); ++i) grid[{cells[0], states[i]}] = cells[i];
  }
  return grid;
}

TEST(JobState, table_is_the_grid_of_the_page) {
  const auto grid = grid_of_the_page();
  ASSERT_EQ(grid.size(), static_cast<std::size_t>(kJobStateCount * kJobEventCount));
  for (int s = 0; s < kJobStateCount; ++s) {
    for (int e = 0; e < kJobEventCount; ++e) {
      const auto state = static_cast<JobState>(s);
      const auto event = static_cast<JobEvent>(e);
      const auto next = next_state(state, event);
      const auto cell = grid.find({std::string(name_of(event)), std::string(name_of(state))});
      ASSERT_NE(cell, grid.end()) << name_of(event) << " in " << name_of(state);
      EXPECT_EQ(cell->second, next ? name_of(*next) : "–") << name_of(event) << " in " << name_of(state);
    }
  }
}

TEST(JobState, no_step_has_two_rules) {
  std::set<std::pair<JobState, JobEvent>> seen;
  for (const Rule& rule : job_rules()) {
    EXPECT_TRUE(seen.emplace(rule.from, rule.event).second) << name_of(rule.event) << " in " << name_of(rule.from);
  }
}

TEST(JobState, final_is_final) {
  for (int e = 0; e < kJobEventCount; ++e) {
    EXPECT_FALSE(next_state(JobState::acknowledged, static_cast<JobEvent>(e)));
    EXPECT_FALSE(next_state(JobState::cancelled, static_cast<JobEvent>(e)));
  }
}

TEST(JobState, program_may_always_call_until_the_job_is_final) {
  for (int s = 0; s < kJobStateCount; ++s) {
    const auto state = static_cast<JobState>(s);
    for (JobEvent call : {JobEvent::resume, JobEvent::suspend, JobEvent::cancel, JobEvent::complete}) {
      EXPECT_EQ(next_state(state, call).has_value(), !is_final(state)) << name_of(call) << " in " << name_of(state);
    }
  }
}

TEST(JobState, names_are_all_different) {
  std::set<std::string_view> states;
  for (int s = 0; s < kJobStateCount; ++s) states.insert(name_of(static_cast<JobState>(s)));
  EXPECT_EQ(states.size(), static_cast<std::size_t>(kJobStateCount));
  EXPECT_EQ(states.count("unknown"), 0U);
  std::set<std::string_view> events;
  for (int e = 0; e < kJobEventCount; ++e) events.insert(name_of(static_cast<JobEvent>(e)));
  EXPECT_EQ(events.size(), static_cast<std::size_t>(kJobEventCount));
  EXPECT_EQ(events.count("unknown"), 0U);
}

}  // namespace
}  // namespace dosvc
