#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/job_service.h"

// What the crash worker and the test that kills it agree upon: the plan, which the test writes, and the journal, which
// the worker appends to.
namespace dosvc::crash {

enum class End { complete, cancel, complete_early, cancel_early };  // "early": as soon as bytes come
constexpr bool keeps_files(End end) { return end == End::complete || end == End::complete_early; }
constexpr bool is_early(End end) { return end == End::complete_early || end == End::cancel_early; }

struct PlannedFile {
  std::string url;
  std::string local_name;
};

// One job, known by its display name.
struct PlannedJob {
  std::string name;
  ApiView view = ApiView::bits;
  Priority priority = Priority::normal;
  End end = End::complete;
  std::vector<PlannedFile> files;
};

using Plan = std::vector<PlannedJob>;

// No name has white space in it.
void write_plan(const std::string& path, const Plan& plan);
Plan read_plan(const std::string& path);

// How far a job has come as the worker told it. Each step is in the journal, on disk, before the next is begun.
enum class Step {
  unknown,  // nothing was promised yet
  queued,   // Resume was answered with S_OK
  ending,   // Complete or Cancel is about to be called
  ended,    // … and was answered with success
};

class Journal {
 public:
  explicit Journal(std::string path) : path_(std::move(path)) {}
  void append(Step step, const std::string& job) const;
  // The last step of each job. A line that was cut off counts as not written.
  std::map<std::string, Step> read() const;

 private:
  std::string path_;
};

}  // namespace dosvc::crash
