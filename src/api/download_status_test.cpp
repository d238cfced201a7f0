#include "api/download_status.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace dosvc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr HRESULT k503 = BG_E_HTTP_ERROR_503;

struct Made {
  JobState state = JobState::suspended;
  bool resumed = true;
  HRESULT error = S_OK;
  bool no_progress = false;
};

JobSnapshot download_in(const Made& how, bool to_stream = false) {
  JobSnapshot shot;
  shot.job = Job::restored(how.state);
  shot.job.view = ApiView::delivery_optimization;
  shot.job.resumed = how.resumed;
  shot.job.download = DownloadSettings{};
  shot.job.download->to_stream = to_stream;
  if (FAILED(how.error)) shot.job.error = JobError{{how.error}, 0, 0, how.no_progress};
  shot.progress.bytes_total = 100;
  shot.progress.bytes_transferred = how.state == JobState::transferred ? 100 : 60;
  return shot;
}

void expect_status(const DO_DOWNLOAD_STATUS& status, DODownloadState state, HRESULT error, HRESULT extended) {
  EXPECT_EQ(status.State, state);
  EXPECT_EQ(status.Error, error);
  EXPECT_EQ(status.ExtendedError, extended);
}

TEST(DownloadStatus, each_state_of_the_job_shows_as_one_of_the_download) {
  const struct {
    Made made;
    DODownloadState state;
    HRESULT error = S_OK, extended = S_OK;
  } kCases[] = {
      {{JobState::suspended, false}, DODownloadState_Created},
      {{JobState::suspended}, DODownloadState_Paused},
      {{JobState::queued}, DODownloadState_Transferring},
      {{JobState::connecting}, DODownloadState_Transferring},
      {{JobState::transferring}, DODownloadState_Transferring},
      // A job that tries again keeps its error until something comes; a download is transferring again.
      {{JobState::queued, true, k503}, DODownloadState_Transferring},
      {{JobState::connecting, true, k503}, DODownloadState_Transferring},
      {{JobState::transient_error, true, k503}, DODownloadState_Paused, S_OK, k503},
      {{JobState::error, true, BG_E_HTTP_ERROR_404}, DODownloadState_Paused, BG_E_HTTP_ERROR_404, S_OK},
      {{JobState::error, true, k503, true}, DODownloadState_Paused, DO_E_DOWNLOAD_NO_PROGRESS, k503},
      {{JobState::error, true, BG_E_INSUFFICIENT_RANGE_SUPPORT},
       DODownloadState_Paused,
       DO_E_INSUFFICIENT_RANGE_SUPPORT},
      {{JobState::transient_error, true, BG_E_NETWORK_DISCONNECTED},
       DODownloadState_Paused,
       S_OK,
       DO_E_BLOCKED_BY_NO_NETWORK},
      {{JobState::transferred}, DODownloadState_Transferred},
      {{JobState::acknowledged}, DODownloadState_Finalized},
      {{JobState::cancelled}, DODownloadState_Aborted},
      {{JobState::cancelled, false}, DODownloadState_Aborted},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(std::string(name_of(c.made.state)) + (FAILED(c.made.error) ? " with an error" : ""));
    expect_status(download_status(download_in(c.made), nullptr), c.state, c.error, c.extended);
  }
}

TEST(DownloadStatus, a_total_that_is_not_known_is_zero) {
  JobSnapshot shot = download_in({JobState::transferring});
  EXPECT_EQ(download_status(shot, nullptr).BytesTotal, 100u);
  EXPECT_EQ(download_status(shot, nullptr).BytesTransferred, 60u);
  shot.progress.bytes_total.reset();
  EXPECT_EQ(download_status(shot, nullptr).BytesTotal, 0u);
}

TEST(DownloadStatus, a_stream_says_how_far_a_download_to_it_is) {
  const struct {
    const char* what;
    Made made;
    std::optional<StreamProgress> stream;
    DODownloadState state;
    std::uint64_t bytes = 0;
    HRESULT error = S_OK, extended = S_OK;
  } kCases[] = {
      {"new", {JobState::suspended, false}, StreamProgress{}, DODownloadState_Created, 60},
      {"runs", {JobState::transferring}, StreamProgress{50, true}, DODownloadState_Transferring, 50},
      {"all here, not all written",
       {JobState::transferred},
       StreamProgress{99, true},
       DODownloadState_Transferring,
       99},
      {"all written", {JobState::transferred}, StreamProgress{100, true}, DODownloadState_Transferred, 100},
      {"all written, then Pause", {JobState::transferred}, StreamProgress{100}, DODownloadState_Transferred, 100},
      {"paused", {JobState::suspended}, StreamProgress{50}, DODownloadState_Paused, 50},
      {"paused when all was here", {JobState::transferred}, StreamProgress{50}, DODownloadState_Paused, 50},
      {"a Write failed",
       {JobState::transferring},
       StreamProgress{50, true, E_FAIL},
       DODownloadState_Paused,
       50,
       E_FAIL},
      {"the last Write failed",
       {JobState::transferred},
       StreamProgress{50, true, E_FAIL},
       DODownloadState_Paused,
       50,
       E_FAIL},
      {"failed twice",
       {JobState::error, true, BG_E_HTTP_ERROR_404},
       StreamProgress{50, true, E_FAIL},
       DODownloadState_Paused,
       50,
       BG_E_HTTP_ERROR_404},
      {"tries again",
       {JobState::transient_error, true, k503},
       StreamProgress{50, true},
       DODownloadState_Paused,
       50,
       S_OK,
       k503},
      {"nobody takes it", {JobState::transferring}, std::nullopt, DODownloadState_Paused, 0},
      {"nobody took it", {JobState::transferred}, std::nullopt, DODownloadState_Paused, 0},
      {"over", {JobState::acknowledged}, std::nullopt, DODownloadState_Finalized, 60},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.what);
    const auto status = download_status(download_in(c.made, true), c.stream ? &*c.stream : nullptr);
    expect_status(status, c.state, c.error, c.extended);
    EXPECT_EQ(status.BytesTransferred, c.bytes);
  }
}

class Pace : public testing::Test {
 protected:
  static DO_DOWNLOAD_STATUS moving(std::uint64_t bytes, std::uint64_t total = 1000) {
    return {total, bytes, DODownloadState_Transferring, S_OK, S_OK};
  }
  bool tells(const DO_DOWNLOAD_STATUS& now, milliseconds at) {
    return pace.tells(now, settings, CallbackPace::Time(at));
  }
  static DownloadSettings paced_by(std::uint32_t percent, seconds interval) {
    DownloadSettings settings;
    settings.callback_percent = percent;
    settings.callback_interval = interval;
    return settings;
  }

  DownloadSettings settings;  // every second
  CallbackPace pace{moving(0), {}};
};

TEST_F(Pace, a_change_of_the_state_is_told_at_once) {
  DO_DOWNLOAD_STATUS now = moving(0);
  for (const auto state : {DODownloadState_Paused, DODownloadState_Transferring, DODownloadState_Transferred}) {
    now.State = state;
    EXPECT_TRUE(tells(now, milliseconds(1)));
    EXPECT_FALSE(tells(now, milliseconds(1))) << "once";
  }
  now.Error = E_FAIL;
  EXPECT_TRUE(tells(now, milliseconds(1)));
  now.ExtendedError = E_FAIL;
  EXPECT_TRUE(tells(now, milliseconds(1)));
}

TEST_F(Pace, the_end_is_not_told) {
  for (const auto state : {DODownloadState_Finalized, DODownloadState_Aborted}) {
    DO_DOWNLOAD_STATUS now = moving(5);
    now.State = state;
    EXPECT_FALSE(tells(now, seconds(9)));
  }
}

TEST_F(Pace, by_time_bytes_are_told_when_the_interval_is_over) {
  EXPECT_FALSE(tells(moving(10), milliseconds(999)));
  EXPECT_TRUE(tells(moving(20), milliseconds(1000)));
  EXPECT_FALSE(tells(moving(30), milliseconds(1999)));
  EXPECT_TRUE(tells(moving(30), milliseconds(2000)));
  EXPECT_FALSE(tells(moving(30), seconds(60))) << "nothing new";
  settings = paced_by(0, seconds(5));
  EXPECT_FALSE(tells(moving(40), milliseconds(6999)));
  EXPECT_TRUE(tells(moving(40), milliseconds(7000)));
}

TEST_F(Pace, by_percent_bytes_are_told_when_so_many_are_done) {
  settings = paced_by(10, seconds(0));
  EXPECT_FALSE(tells(moving(99), seconds(60)));
  EXPECT_TRUE(tells(moving(100), seconds(60)));
  EXPECT_FALSE(tells(moving(199), seconds(60)));
  EXPECT_TRUE(tells(moving(950), seconds(60)));
  EXPECT_FALSE(tells(moving(400), seconds(60))) << "begun anew: nothing more is done";
  EXPECT_TRUE(tells(moving(500), seconds(60)));
  EXPECT_FALSE(tells(moving(5000, 0), seconds(60))) << "of an unknown total";
}

TEST_F(Pace, by_both_whichever_comes_first) {
  settings = paced_by(50, seconds(1));
  EXPECT_TRUE(tells(moving(1), seconds(1)));
  EXPECT_TRUE(tells(moving(501), milliseconds(1100)));
  EXPECT_FALSE(tells(moving(502), milliseconds(2099)));
  EXPECT_TRUE(tells(moving(503), milliseconds(2100)));
}

TEST_F(Pace, by_neither_only_the_state_counts) {
  settings = paced_by(0, seconds(0));
  EXPECT_FALSE(tells(moving(999), seconds(60)));
  DO_DOWNLOAD_STATUS done = moving(1000);
  done.State = DODownloadState_Transferred;
  EXPECT_TRUE(tells(done, seconds(60)));
}

}  // namespace
}  // namespace dosvc
