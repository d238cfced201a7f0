#pragma once

#include "core/job_service.h"

#include <dosvc/do_types.h>

#include <chrono>
#include <cstdint>

namespace dosvc {

// How far a download has come with the program's stream, of which the service knows nothing.
struct StreamProgress {
  std::uint64_t written = 0;  // bytes that the stream has taken
  bool runs = false;          // bytes are handed to it: Start was called, and Pause not since
  HRESULT failure = S_OK;     // why no more can be
};

// How a download shows: "DODownloadState enumeration", "DO_DOWNLOAD_STATUS structure". The total is 0 until it is
// known. `stream` is that of a download to a stream; NULL: this process has none for it. Pure.
DO_DOWNLOAD_STATUS download_status(const JobSnapshot& job, const StreamProgress* stream);

// Which statuses of a download its program is told: each change of its state or errors, but that it is over; and while
// bytes move, whenever so many percent more are done, or so much time has gone by since it was last told, whichever
// comes first ("IDODownloadStatusCallback::OnStatusChange"). Pure but for what it remembers.
class CallbackPace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // From now on; `now` is known to the program.
  CallbackPace(const DO_DOWNLOAD_STATUS& now, Time at) : told_(now), told_at_(at) {}

  // Whether to tell it, which counts as done.
  bool tells(const DO_DOWNLOAD_STATUS& now, const DownloadSettings& settings, Time at);

 private:
  bool due(const DO_DOWNLOAD_STATUS& now, const DownloadSettings& settings, Time at) const;

  DO_DOWNLOAD_STATUS told_;
  Time told_at_;
};

// Neither the state nor an error is another.
bool same_state(const DO_DOWNLOAD_STATUS& a, const DO_DOWNLOAD_STATUS& b);

}  // namespace dosvc
