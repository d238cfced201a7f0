#include "store/columns.h"

#include <gtest/gtest.h>

#include "store/sample_queue.h"

namespace dosvc {
namespace {

// Each column's value as GoogleTest shows it.
class Shown {
 public:
  template <class T>
  void operator()(const char* name, const T& value) {
    EXPECT_TRUE(values.emplace(name, testing::PrintToString(value)).second) << name << " stands there twice";
  }
  template <class T, class List>
  void together(const std::optional<T>& value, List list) {
    const T any{};
    list(*this, value ? *value : any);
  }

  std::map<std::string, std::string> values;
};

void expect_all_different(const Shown& a, const Shown& b) {
  EXPECT_EQ(a.values.size(), b.values.size());
  for (const auto& [name, value] : a.values) EXPECT_NE(value, b.values.at(name)) << name;
}

// A column for which a sample holds nothing of its own would seem to survive without having been written.
TEST(Columns, of_the_samples_none_holds_what_a_bare_job_or_file_has) {
  Job job = full_job();
  job.download = full_download();
  const Job bare_job;
  const File file = full_file(1), bare_file;
  Shown of_full_job, of_bare_job, of_full_file, of_bare_file;
  job_columns(of_full_job, job);
  job_columns(of_bare_job, bare_job);
  file_columns(of_full_file, file);
  file_columns(of_bare_file, bare_file);
  expect_all_different(of_full_job, of_bare_job);
  expect_all_different(of_full_file, of_bare_file);
}

}  // namespace
}  // namespace dosvc
