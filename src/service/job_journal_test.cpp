#include "service/job_journal.h"

#include "base/log.h"
#include "fakes/engine_fixture.h"

namespace dosvc::service {
namespace {

// Before the first line is written.
const bool kEverythingIsWritten = [] {
  log_unasked_from(LogLevel::info);
  return true;
}();

class Journal : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    transport.serve("http://origin/a.bin", std::string(1000, 'a'));
  }
  // What is written while `work` runs.
  template <class Work>
  std::string written_by(Work work) {
    ::testing::internal::CaptureStderr();
    work();
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(Journal, tells_once_that_a_job_is_transferred) {
  const auto journal = JobJournal::of(*engine);
  JobId job;
  const std::string told = written_by([&] {
    job = start_job("http://origin/a.bin");
    loop.run_until_idle();
  });
  EXPECT_EQ(told, "dosvc: Job " + job.text() + " of user 1000 is transferred.\n");
  JobChange other_name;
  other_name.display_name = "another";
  EXPECT_EQ(written_by([&] { EXPECT_TRUE(change(job, other_name)); }), "");
}

TEST_F(Journal, tells_each_time_that_a_job_has_failed) {
  const auto journal = JobJournal::of(*engine);
  JobId job;
  const std::string told = written_by([&] {
    job = start_job("http://origin/not-there");
    loop.run_until_idle();
  });
  EXPECT_TRUE(told.starts_with("dosvc: warning: Job " + job.text() + " of user 1000 has failed (0x80190194): "))
      << told;
  EXPECT_EQ(written_by([&] {
              EXPECT_TRUE(resume(job));
              loop.run_until_idle();
            }),
            told);
}

TEST_F(Journal, says_nothing_of_what_happened_before) {
  const JobId job = start_job("http://origin/not-there");
  loop.run_until_idle();
  const auto journal = JobJournal::of(*engine);
  JobChange other_name;
  other_name.display_name = "another";
  EXPECT_EQ(written_by([&] { EXPECT_TRUE(change(job, other_name)); }), "");
}

}  // namespace
}  // namespace dosvc::service
