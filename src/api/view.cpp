#include "api/view.h"

namespace dosvc {

HRESULT reported_code(ApiView view, HRESULT code) {
  if (view == ApiView::bits) return code;
  switch (code) {
    case BG_E_NOT_FOUND:
      return DO_E_JOB_NOT_FOUND;
    case BG_E_INVALID_STATE:
      return DO_E_INVALID_STATE;
    case BG_E_EMPTY:
      return DO_E_JOB_EMPTY;
    case BG_E_FILE_NOT_AVAILABLE:
      return DO_E_FILE_NOT_AVAILABLE;
    case BG_E_ERROR_INFORMATION_UNAVAILABLE:
      return DO_E_ERROR_INFORMATION_UNAVAILABLE;
    case BG_E_NETWORK_DISCONNECTED:
      return DO_E_BLOCKED_BY_NO_NETWORK;
    case BG_E_NO_PROGRESS:
      return DO_E_DOWNLOAD_NO_PROGRESS;
    case BG_E_INSUFFICIENT_RANGE_SUPPORT:
      return DO_E_INSUFFICIENT_RANGE_SUPPORT;
    case BG_E_INVALID_RANGE:
      return DO_E_INVALID_RANGE;
    case BG_E_OVERLAPPING_RANGES:
      return DO_E_OVERLAPPING_RANGES;
    case BG_E_UNKNOWN_PROPERTY_ID:
      return DO_E_UNKNOWN_PROPERTY_ID;
    case BG_E_READ_ONLY_PROPERTY:
      return DO_E_READ_ONLY_PROPERTY;
    case BG_E_BLOCKED_BY_COST_TRANSFER_POLICY:
      return DO_E_BLOCKED_BY_COST_TRANSFER_POLICY;
    default:
      return code;
  }
}

BG_JOB_STATE reported_state(ApiView view, JobState state) {
  if (view == ApiView::delivery_optimization && state == JobState::connecting) return BG_JOB_STATE_TRANSFERRING;
  return static_cast<BG_JOB_STATE>(state);
}

BG_ERROR_CONTEXT reported_context(ApiView view, const JobError& error) {
  if (view == ApiView::bits) return static_cast<BG_ERROR_CONTEXT>(error.error.context);
  return error.http_status == 403 ? BG_ERROR_CONTEXT_REMOTE_FILE : BG_ERROR_CONTEXT_NONE;
}

const JobError* shown_error(const Job& job) {
  if (!job.error || is_final(job.state())) return nullptr;
  if (reported_state(job.view, job.state()) == BG_JOB_STATE_TRANSFERRING) return nullptr;
  return &*job.error;
}

}  // namespace dosvc
