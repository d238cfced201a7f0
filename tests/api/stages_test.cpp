#include "api/declared.h"
#include "api/job_methods.h"
#include "api/job_stage.h"

#include <set>

// Every method of jobs and files in every state and both views: what it answers, that bad arguments come before the
// state, and what remains after the last CoUninitialize.

namespace dosvc {
namespace {

class Stages : public EachStage {
 protected:
  // The objects are had before the job's end: a job that is final can't be found any more.
  void SetUp() override {
    EachStage::SetUp();
    job_ = job_at_stage();
    faces_.emplace(job_);
    faces_->url = wide(origin.url("/good"));
    faces_->local = wide(local("more"));
    ear_ = make_object<Ear>();
    EXPECT_EQ(ear_->QueryInterface(IID_PPV_ARGS(faces_->ear.put())), S_OK);
    end_of_stage(*job_);
  }
  void TearDown() override {
    faces_.reset();
    job_ = nullptr;
    EachStage::TearDown();
  }
  const Faces& on() const { return *faces_; }

  com_ptr<IBackgroundCopyJob> job_;
  std::optional<Faces> faces_;
  com_ptr<Ear> ear_;
};
FOR_EACH_STAGE(Stages);

TEST_P(Stages, getters_answer) {
  for (const Getter& each : getters()) {
    EXPECT_EQ(each.call(on()), view().said(each.expected)) << each.name;
    EXPECT_EQ(each.call_with_null(on()), each.of_null) << each.name;
  }
}

TEST_P(Stages, bad_arguments_are_refused_whatever_the_state) {
  BG_JOB_PROGRESS before{}, after{};
  EXPECT_EQ(job_->GetProgress(&before), S_OK);
  for (const BadArgument& each : bad_arguments()) {
    EXPECT_EQ(each.call(on()), view().said(each.expected)) << each.name << ": " << each.what;
  }
  EXPECT_EQ(job_->GetProgress(&after), S_OK);
  EXPECT_EQ(after.FilesTotal, before.FilesTotal);
  EXPECT_EQ(state_of(*job_), shown_state());
}

TEST_P(Stages, properties_can_be_set_until_the_job_is_final) {
  for (const Setter& each : setters()) {
    const HRESULT expected = stage().final()     ? BG_E_INVALID_STATE
                             : stage().resumed() ? each.in_a_known_job
                                                 : each.in_a_new_job;
    EXPECT_EQ(each.call(on()), view().said(expected)) << each.name;
  }
  EXPECT_EQ(state_of(*job_), shown_state());
}

TEST_P(Stages, getters_alone_answer_after_the_last_couninitialize) {
  CoUninitialize();
  for (const Getter& each : getters()) EXPECT_EQ(each.call(on()), view().said(each.expected)) << each.name;
  for (const Setter& each : setters()) EXPECT_EQ(each.call(on()), RPC_E_DISCONNECTED) << each.name;
  for (const BadArgument& each : bad_arguments()) {
    EXPECT_EQ(each.call(on()), view().said(each.expected)) << each.name << ": " << each.what;
  }
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
}

// ---- Nothing is left out

// Tested by what they do, and not by a row of a table.
const std::set<std::string> kElsewhere = {
    "IBackgroundCopyJob::Suspend",                                // life_cycle_test.cpp
    "IBackgroundCopyJob::Resume",                                 // life_cycle_test.cpp
    "IBackgroundCopyJob::Cancel",                                 // life_cycle_test.cpp
    "IBackgroundCopyJob::Complete",                               // life_cycle_test.cpp
    "IBackgroundCopyJob::TakeOwnership",                          // life_cycle_test.cpp
    "IBackgroundCopyJob::GetError",                               // life_cycle_test.cpp
    "IBackgroundCopyFile3::SetValidationState",                   // file_test.cpp
    "IBackgroundCopyJobHttpOptions::SetClientCertificateByID",    // requests_test.cpp
    "IBackgroundCopyJobHttpOptions::SetClientCertificateByName",  // requests_test.cpp
};

bool concerns_jobs(const Interface& one) {
  for (const char* prefix : {"IBackgroundCopyJob", "IBackgroundCopyFile", "IDeliveryOptimization"}) {
    if (one.name.starts_with(prefix)) return true;
  }
  return false;
}

TEST(StagesOfAll, every_declared_method_is_in_a_table) {
  std::set<std::string> known = kElsewhere;
  for (const Getter& each : getters()) known.insert(each.name);
  for (const Setter& each : setters()) known.insert(each.name);
  for (const BadArgument& each : bad_arguments()) known.insert(each.name);
  std::size_t methods = 0;
  for (const Interface& one : declared_interfaces(DOSVC_HEADERS)) {
    if (!concerns_jobs(one)) continue;
    for (const std::string& method : one.methods) {
      ++methods;
      EXPECT_EQ(known.count(one.full(method)), 1u) << one.full(method);
    }
  }
  EXPECT_EQ(methods, 86u);
}

}  // namespace
}  // namespace dosvc
