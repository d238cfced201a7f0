#pragma once

#include "fakes/engine_fixture.h"
#include "property/chance.h"
#include "property/script.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace dosvc {

// Plays a script to its end, and says what was wrong:
//   while it goes on, the store claims nothing that the disk doesn't hold, of one version;
//   when all servers answer well again and every program wants its files, each job is TRANSFERRED within
//   settling_time(), or in ERROR with a cause that the script gives; Resume mends what isn't for good; Complete brings
//   files that are each one version, served at its address, as a whole, and the one with the digest that was asked for;
//   nothing else is left on the disk; every call is answered.
class Play : public EngineFixture {
 public:
  explicit Play(Script script);
  ~Play() override;

  std::vector<std::string> run();  // what was wrong
  std::string trace() const;       // the requests that were made

 private:
  void TestBody() override {}

  struct RunningJob {
    JobId id;
    std::shared_ptr<RecordingListener> listener;
    bool cancel_asked = false;
  };
  struct Call {
    std::string text;
    std::size_t job = 0;
    JobCommand command = JobCommand::resume;
    Pending<CommandOutcome> answer;
  };

  // The course of events.
  void set_the_scene();
  void create(std::size_t number);
  void perform(const PlannedEvent& event);
  void next_version(std::size_t site);
  void call(std::size_t job, JobCommand command);
  void move(std::size_t job, std::size_t site);
  void power(FakeFiles::Crash crash);
  void restart_in_order();
  void listen();
  void end_of_troubles();
  void settle();

  // What must hold.
  void wrong(const std::string& what);
  void check_calls();
  void check_claims();
  void check_claim(const Job& job, const File& file);
  void check_rest(std::size_t job, bool may_be_in_error);
  void check_error(std::size_t job, const Job& now);
  void check_told(std::size_t job, JobState state);
  void check_resume_mends(std::size_t job);
  void check_end();
  bool finished(std::size_t job);
  void check_disk();

  // What may be.
  Clock::duration settling_time() const;
  bool may_fail(const PlannedJob& job, const JobError& error) const;
  bool must_succeed(std::size_t job) const;
  const PlannedAnswer* answer_of(const FakeTransport::Request& request) const;
  std::vector<FakeContentPtr> brought(const std::set<std::string>& urls) const;
  const FakeContent& served(const std::string& url) const;
  const PlannedFile& planned(const std::string& local_name) const;
  std::string standing(std::size_t job);

  const Script script_;
  Chance disk_speed_;
  std::vector<RunningJob> jobs_;
  std::vector<Call> calls_;
  std::map<std::string, std::size_t> versions_;        // served now, by URL
  std::map<std::string, std::set<std::string>> urls_;  // at which each local file's content was, by local name
  std::map<std::string, std::string> last_url_;        // and is now
  bool disk_failed_ = false;
  bool commit_failed_ = false;
  Clock::time_point began_{};
  std::vector<std::string> complaints_;
};

}  // namespace dosvc
