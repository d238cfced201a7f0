#include "crash/plan.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/unique_fd.h"

namespace dosvc::crash {

void write_plan(const std::string& path, const Plan& plan) {
  std::ofstream out(path);
  for (const PlannedJob& job : plan) {
    out << "job " << job.name << ' ' << static_cast<int>(job.view) << ' ' << static_cast<int>(job.priority) << ' '
        << static_cast<int>(job.end) << '\n';
    for (const PlannedFile& file : job.files) out << "file " << file.url << ' ' << file.local_name << '\n';
  }
}

Plan read_plan(const std::string& path) {
  Plan plan;
  std::ifstream in(path);
  std::string kind;
  while (in >> kind) {
    if (kind == "job") {
      PlannedJob& job = plan.emplace_back();
      int view = 0;
      int priority = 0;
      int end = 0;
      in >> job.name >> view >> priority >> end;
      job.view = static_cast<ApiView>(view);
      job.priority = static_cast<Priority>(priority);
      job.end = static_cast<End>(end);
    } else {
      PlannedFile& file = plan.back().files.emplace_back();
      in >> file.url >> file.local_name;
    }
  }
  return plan;
}

void Journal::append(Step step, const std::string& job) const {
  const std::string line = std::to_string(static_cast<int>(step)) + ' ' + job + '\n';
  const UniqueFd file(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  const bool written = ::write(file.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size());
  if (!written || ::fsync(file.get()) != 0) std::abort();
}

std::map<std::string, Step> Journal::read() const {
  std::map<std::string, Step> steps;
  std::ifstream in(path_);
  std::string line;
  while (std::getline(in, line) && !in.eof()) {
    std::istringstream words(line);
    int step = 0;
    std::string job;
    words >> step >> job;
    steps[job] = static_cast<Step>(step);
  }
  return steps;
}

}  // namespace dosvc::crash
