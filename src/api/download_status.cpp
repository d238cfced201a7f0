#include "api/download_status.h"

#include "api/view.h"

namespace dosvc {
namespace {

DODownloadState state_of(const Job& job) {
  switch (job.state()) {
    case JobState::suspended:
      return job.resumed ? DODownloadState_Paused : DODownloadState_Created;
    case JobState::queued:
    case JobState::connecting:
    case JobState::transferring:
      return DODownloadState_Transferring;
    case JobState::error:
    case JobState::transient_error:
      return DODownloadState_Paused;
    case JobState::transferred:
      return DODownloadState_Transferred;
    case JobState::acknowledged:
      return DODownloadState_Finalized;
    case JobState::cancelled:
      return DODownloadState_Aborted;
  }
  return DODownloadState_Created;
}

// A transient error is told by the second code alone; so is the last one before patience ended, beside the first.
void show_error(DO_DOWNLOAD_STATUS& status, const Job& job) {
  if (!job.error) return;
  const HRESULT code = reported_code(ApiView::delivery_optimization, job.error->error.code);
  if (job.state() == JobState::transient_error) {
    status.ExtendedError = code;
  } else if (job.state() == JobState::error) {
    status.Error = job.error->no_progress ? DO_E_DOWNLOAD_NO_PROGRESS : code;
    if (job.error->no_progress) status.ExtendedError = code;
  }
}

// Bytes count, and the download is through, when the program's stream has taken them.
void show_stream(DO_DOWNLOAD_STATUS& status, const StreamProgress& stream) {
  const bool all_here = status.State == DODownloadState_Transferred;
  const bool all_written = all_here && stream.written == status.BytesTransferred;
  status.BytesTransferred = stream.written;
  if (FAILED(stream.failure) && SUCCEEDED(status.Error)) {
    status.State = DODownloadState_Paused;
    status.Error = stream.failure;
    status.ExtendedError = S_OK;
  } else if (all_here && !all_written) {
    status.State = stream.runs ? DODownloadState_Transferring : DODownloadState_Paused;
  } else if (!all_here && !stream.runs) {
    status.State = DODownloadState_Paused;
  }
}

}  // namespace

DO_DOWNLOAD_STATUS download_status(const JobSnapshot& job, const StreamProgress* stream) {
  DO_DOWNLOAD_STATUS status{};
  status.BytesTotal = job.progress.bytes_total.value_or(0);
  status.BytesTransferred = job.progress.bytes_transferred;
  status.State = state_of(job.job);
  show_error(status, job.job);
  const bool to_stream = job.job.download && job.job.download->to_stream;
  if (to_stream && job.job.resumed && !is_final(job.job.state())) {
    show_stream(status, stream ? *stream : StreamProgress{});
  }
  return status;
}

bool same_state(const DO_DOWNLOAD_STATUS& a, const DO_DOWNLOAD_STATUS& b) {
  return a.State == b.State && a.Error == b.Error && a.ExtendedError == b.ExtendedError;
}

bool CallbackPace::due(const DO_DOWNLOAD_STATUS& now, const DownloadSettings& settings, Time at) const {
  if (now.State == DODownloadState_Finalized || now.State == DODownloadState_Aborted) return false;
  if (!same_state(now, told_)) return true;
  if (now.BytesTransferred == told_.BytesTransferred) return false;
  const bool in_time = settings.callback_interval.count() > 0 && at - told_at_ >= settings.callback_interval;
  // Bytes that are fetched again count from where they begin.
  const double more = static_cast<double>(now.BytesTransferred) - static_cast<double>(told_.BytesTransferred);
  const double step = static_cast<double>(now.BytesTotal) / 100 * settings.callback_percent;
  return in_time || (settings.callback_percent > 0 && now.BytesTotal > 0 && more >= step);
}

bool CallbackPace::tells(const DO_DOWNLOAD_STATUS& now, const DownloadSettings& settings, Time at) {
  if (!due(now, settings, at)) {
    if (now.BytesTransferred < told_.BytesTransferred) told_.BytesTransferred = now.BytesTransferred;
    return false;
  }
  told_ = now;
  told_at_ = at;
  return true;
}

}  // namespace dosvc
