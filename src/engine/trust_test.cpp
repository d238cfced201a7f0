// The certificates that a job trusts are read for its owner, not by the transport.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

class Trust : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    transport.serve("https://origin/a", "content");
  }
  JobId start_trusting(const std::string& file) {
    NewJob spec;
    spec.http.ca_file = file;
    const JobId job = create_job(spec);
    EXPECT_TRUE(add_file(job, "https://origin/a", "/dl/a"));
    EXPECT_TRUE(resume(job));
    return job;
  }
};

TEST_F(Trust, the_transport_gets_what_is_in_the_file) {
  files.make_file("/home/ca.pem", "certificates");
  const JobId job = start_trusting("/home/ca.pem");
  EXPECT_EQ(state_of(job), JobState::transferred);
  ASSERT_TRUE(transport.requests().back().trusted);
  EXPECT_EQ(*transport.requests().back().trusted, "certificates");
  const JobId other = start_job("https://origin/a");
  EXPECT_EQ(state_of(other), JobState::transferred);
  EXPECT_FALSE(transport.requests().back().trusted);
}

TEST_F(Trust, without_it_nothing_is_asked) {
  const JobId job = start_trusting("/home/none.pem");
  EXPECT_EQ(state_of(job), JobState::error);
  EXPECT_EQ(snapshot(job)->job.error->error.code, CRYPT_E_FILE_ERROR);
  EXPECT_TRUE(transport.requests().empty());
  files.make_file("/home/none.pem", "certificates");
  ASSERT_TRUE(resume(job));
  EXPECT_EQ(state_of(job), JobState::transferred);
}

TEST_F(Trust, a_job_that_is_stopped_meanwhile_stays_so) {
  files.make_file("/home/ca.pem", "certificates");
  files.hold(FakeFiles::Op::certificate);
  const JobId job = start_trusting("/home/ca.pem");
  ASSERT_TRUE(suspend(job));
  files.release();
  loop.run_until_idle();
  EXPECT_EQ(state_of(job), JobState::suspended);
  EXPECT_TRUE(transport.requests().empty());
  ASSERT_TRUE(cancel(job));
}

}  // namespace
}  // namespace dosvc
