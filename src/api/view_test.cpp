#include "api/view.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

constexpr ApiView kBits = ApiView::bits;
constexpr ApiView kDelivery = ApiView::delivery_optimization;

// A job that got into `state` through `events`, with an error object from its failure.
Job job_after(std::initializer_list<JobEvent> events, ApiView view) {
  Job job;
  job.view = view;
  for (const JobEvent event : events) {
    const bool fails = event == JobEvent::failed || event == JobEvent::failed_for_now;
    EXPECT_TRUE(advance(job, event, {}, fails ? std::optional(JobError{}) : std::nullopt));
  }
  return job;
}

TEST(View, codes_change_for_delivery_optimization_only) {
  EXPECT_EQ(reported_code(kBits, BG_E_INVALID_STATE), BG_E_INVALID_STATE);
  EXPECT_EQ(reported_code(kDelivery, BG_E_INVALID_STATE), DO_E_INVALID_STATE);
  EXPECT_EQ(reported_code(kDelivery, BG_E_NOT_FOUND), DO_E_JOB_NOT_FOUND);
  EXPECT_EQ(reported_code(kDelivery, BG_E_EMPTY), DO_E_JOB_EMPTY);
  EXPECT_EQ(reported_code(kDelivery, BG_E_INSUFFICIENT_RANGE_SUPPORT), DO_E_INSUFFICIENT_RANGE_SUPPORT);
}

TEST(View, codes_without_a_twin_pass) {
  for (const HRESULT code : {S_OK, S_FALSE, E_INVALIDARG, BG_E_HTTP_ERROR_404, BG_S_PARTIAL_COMPLETE}) {
    EXPECT_EQ(reported_code(kDelivery, code), code);
  }
}

TEST(View, delivery_optimization_has_no_connecting) {
  EXPECT_EQ(reported_state(kBits, JobState::connecting), BG_JOB_STATE_CONNECTING);
  EXPECT_EQ(reported_state(kDelivery, JobState::connecting), BG_JOB_STATE_TRANSFERRING);
  EXPECT_EQ(reported_state(kDelivery, JobState::queued), BG_JOB_STATE_QUEUED);
  EXPECT_EQ(reported_state(kDelivery, JobState::cancelled), BG_JOB_STATE_CANCELLED);
}

TEST(View, contexts_are_fine_for_bits_and_coarse_for_delivery_optimization) {
  const JobError local{{E_ACCESSDENIED, ErrorContext::local_file, ""}, 0, 0};
  const JobError forbidden{{BG_E_HTTP_ERROR_403, ErrorContext::remote_file, ""}, 0, 403};
  const JobError missing{{BG_E_HTTP_ERROR_404, ErrorContext::remote_file, ""}, 0, 404};
  const JobError network{{WININET_E_TIMEOUT, ErrorContext::transport, ""}, 0, 0};
  EXPECT_EQ(reported_context(kBits, local), BG_ERROR_CONTEXT_LOCAL_FILE);
  EXPECT_EQ(reported_context(kBits, missing), BG_ERROR_CONTEXT_REMOTE_FILE);
  EXPECT_EQ(reported_context(kBits, network), BG_ERROR_CONTEXT_GENERAL_TRANSPORT);
  EXPECT_EQ(reported_context(kDelivery, forbidden), BG_ERROR_CONTEXT_REMOTE_FILE);
  for (const JobError* error : {&local, &missing, &network}) {
    EXPECT_EQ(reported_context(kDelivery, *error), BG_ERROR_CONTEXT_NONE);
  }
}

TEST(View, the_error_is_shown_until_the_job_shows_transferring) {
  using E = JobEvent;
  for (const ApiView view : {kBits, kDelivery}) {
    EXPECT_FALSE(shown_error(job_after({}, view)));
    EXPECT_TRUE(shown_error(job_after({E::resume, E::slot_granted, E::failed}, view)));
    EXPECT_TRUE(shown_error(job_after({E::resume, E::slot_granted, E::failed_for_now}, view)));
    EXPECT_TRUE(shown_error(job_after({E::resume, E::slot_granted, E::failed, E::resume}, view)));
    EXPECT_FALSE(shown_error(job_after({E::resume, E::slot_granted, E::failed, E::suspend}, view)));
    EXPECT_FALSE(shown_error(job_after({E::resume, E::slot_granted, E::failed, E::cancel}, view)));
    EXPECT_FALSE(shown_error(
        job_after({E::resume, E::slot_granted, E::failed, E::resume, E::slot_granted, E::content_began}, view)));
  }
  EXPECT_TRUE(shown_error(job_after({E::resume, E::slot_granted, E::failed, E::resume, E::slot_granted}, kBits)));
  EXPECT_FALSE(shown_error(job_after({E::resume, E::slot_granted, E::failed, E::resume, E::slot_granted}, kDelivery)));
}

}  // namespace
}  // namespace dosvc
