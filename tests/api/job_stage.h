#pragma once

#include "api/api_fixture.h"

#include <array>
#include <vector>

namespace dosvc {

// Where a job is in its life. Each stage is reached by calls of the API and by what the origin does, and stays.
enum class Stage {
  fresh,         // SUSPENDED, never resumed
  queued,        // waits behind others
  connecting,    // asked the server, which does not answer
  transferring,  // some bytes came, no more do
  transient_error,
  error,
  transferred,
  suspended,  // after it ran
  acknowledged,
  cancelled,
};

struct StageName {
  Stage stage;
  const char* name;
  BG_JOB_STATE state;  // in the BITS view

  bool resumed() const { return stage != Stage::fresh; }
  bool final() const { return stage == Stage::acknowledged || stage == Stage::cancelled; }
  friend std::ostream& operator<<(std::ostream& out, const StageName& shown) { return out << shown.name; }
};
inline const StageName kStages[] = {
    {Stage::fresh, "fresh", BG_JOB_STATE_SUSPENDED},
    {Stage::queued, "queued", BG_JOB_STATE_QUEUED},
    {Stage::connecting, "connecting", BG_JOB_STATE_CONNECTING},
    {Stage::transferring, "transferring", BG_JOB_STATE_TRANSFERRING},
    {Stage::transient_error, "transient_error", BG_JOB_STATE_TRANSIENT_ERROR},
    {Stage::error, "error", BG_JOB_STATE_ERROR},
    {Stage::transferred, "transferred", BG_JOB_STATE_TRANSFERRED},
    {Stage::suspended, "suspended", BG_JOB_STATE_SUSPENDED},
    {Stage::acknowledged, "acknowledged", BG_JOB_STATE_ACKNOWLEDGED},
    {Stage::cancelled, "cancelled", BG_JOB_STATE_CANCELLED},
};

// Tests of one stage, in one view.
class EachStage : public ApiTest, public testing::WithParamInterface<std::tuple<View, StageName>> {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    manager = manager_of(view().clsid);
    ASSERT_TRUE(manager);
    origin.serve("/good", {.size = 20'000, .seed = 5});
    origin.serve("/hangs", {.size = 10, .rules = {origin::always({.delay = std::chrono::hours(1)})}});
    origin.serve("/stalls",
                 {.size = 1 << 20, .rules = {origin::always(origin::cut_after(1000, origin::Ending::stall))}});
    origin.serve("/busy", {.rules = {origin::always(origin::unavailable("3600"))}});
    origin.serve("/missing", {.rules = {origin::always(origin::status(404))}});
  }
  void TearDown() override {
    others_.clear();
    manager = nullptr;
    ApiTest::TearDown();
  }

  static const View& view() { return std::get<0>(GetParam()); }
  static const StageName& stage() { return std::get<1>(GetParam()); }
  BG_JOB_STATE shown_state() const {
    const bool hidden = !view().bits() && stage().stage == Stage::connecting;
    return hidden ? BG_JOB_STATE_TRANSFERRING : stage().state;
  }

  // A job with one file, at the stage of the test. Nobody listens to it. A job that is to be final is brought to its
  // end by end_of_stage(), so that a test can have its objects before.
  com_ptr<IBackgroundCopyJob> job_at_stage() {
    const com_ptr<IBackgroundCopyJob> job = new_job(*manager);
    EXPECT_EQ(add(*job, page(), "file"), S_OK);
    if (!stage().resumed() || stage().final()) return job;
    if (stage().stage == Stage::queued) take_all_places();
    const auto ear = make_object<Ear>();
    EXPECT_EQ(job->SetNotifyFlags(BG_NOTIFY_JOB_MODIFICATION | BG_NOTIFY_JOB_ERROR | BG_NOTIFY_JOB_TRANSFERRED), S_OK);
    EXPECT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
    tell_at_once(*job);
    EXPECT_EQ(job->Resume(), S_OK);
    EXPECT_TRUE(ear->wait_until([&] { return at_stage(*job); }));
    EXPECT_EQ(job->SetNotifyInterface(nullptr), S_OK);
    if (stage().stage == Stage::suspended) {
      EXPECT_EQ(job->Suspend(), S_OK);
    }
    EXPECT_EQ(state_of(*job), shown_state());
    return job;
  }
  void end_of_stage(IBackgroundCopyJob& job) {
    if (stage().stage == Stage::cancelled) {
      EXPECT_EQ(job.Cancel(), S_OK);
    } else if (stage().stage == Stage::acknowledged) {
      EXPECT_EQ(job.Complete(), BG_S_PARTIAL_COMPLETE);
    }
    EXPECT_EQ(state_of(job), shown_state());
  }

  com_ptr<IBackgroundCopyManager> manager;

 private:
  const char* page() const {
    switch (stage().stage) {
      case Stage::queued:
      case Stage::connecting:
        return "/hangs";
      case Stage::transferring:
      case Stage::suspended:
        return "/stalls";
      case Stage::transient_error:
        return "/busy";
      case Stage::error:
        return "/missing";
      default:
        return "/good";
    }
  }
  bool at_stage(IBackgroundCopyJob& job) {
    BG_JOB_PROGRESS progress{};
    EXPECT_EQ(job.GetProgress(&progress), S_OK);
    if (stage().stage == Stage::transferring || stage().stage == Stage::suspended) {
      return progress.BytesTransferred == 1000;
    }
    return state_of(job) == shown_state();
  }
  // Half a second would pass between modifications else.
  static void tell_at_once(IBackgroundCopyJob& job) {
    com_ptr<IBackgroundCopyJob5> properties;
    BITS_JOB_PROPERTY_VALUE interval;
    interval.Dword = 1;
    EXPECT_EQ(job.QueryInterface(IID_PPV_ARGS(properties.put())), S_OK);
    EXPECT_EQ(properties->SetProperty(BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, interval), S_OK);
  }
  // Four background jobs run at once (docs/decisions.md).
  void take_all_places() {
    for (int i = 0; i < 4; ++i) {
      others_.push_back(new_job(*manager));
      EXPECT_EQ(add(*others_.back(), "/hangs", "other" + std::to_string(i)), S_OK);
      EXPECT_EQ(others_.back()->Resume(), S_OK);
    }
  }

  std::vector<com_ptr<IBackgroundCopyJob>> others_;
};

#define FOR_EACH_STAGE(Suite)                                                           \
  INSTANTIATE_TEST_SUITE_P(                                                             \
      , Suite, testing::Combine(testing::ValuesIn(kViews), testing::ValuesIn(kStages)), \
      [](const auto& each) { return std::string(std::get<0>(each.param).name) + "_" + std::get<1>(each.param).name; })

}  // namespace dosvc
