#pragma once

#include "base/loop.h"
#include "core/failure.h"
#include "core/job.h"
#include "core/response.h"
#include "engine/files.h"

#include <atomic>
#include <memory>
#include <string>
#include <variant>

namespace dosvc {

struct FetchRequest {
  std::string url;
  HttpOptions http;
  Asked asked;  // where to begin, and what must not have changed
  TempFilePtr into;
  std::uint64_t into_offset = 0;  // where in `into` the byte at asked.offset belongs, and the others behind it
  // The content of http.ca_file, which the transport doesn't read: it isn't the job's owner. Empty: there is none.
  std::shared_ptr<const std::string> trusted = {};
  // Bytes of `into` from here on aren't wanted any more: the body ends early, as if it had come to its end. May be
  // lowered at any time, from the engine's thread. Empty: all are wanted.
  std::shared_ptr<const std::atomic<std::uint64_t>> until = {};
  // One more request for a file of which others are under way: over a connection of its own.
  bool beside = false;
};

// How a fetch ended.
struct BodyTaken {
  std::uint64_t end = 0;  // the bytes of `into` up to here are written; the body ended as announced, or as wanted
};
using FetchEnd = std::variant<BodyTaken, StartAnew, Failure>;

// What happens to a fetch; called on the engine's thread, in this order: on_answer at most once, on_progress any number
// of times, on_done exactly once and last (never after the Fetch was dropped).
class FetchEvents {
 public:
  virtual ~FetchEvents() = default;
  // A server answered. `take` is NULL when judge() took no body from it: on_done() follows and tells why. Else the body
  // is being written from into_offset on.
  virtual void on_answer(const TakeBody* take, const ResponseHead& head) = 0;
  // The bytes of `into` up to `end` are written (to the page cache). Some four times a second, and every 16 MiB.
  virtual void on_progress(std::uint64_t end) = 0;
  // Written bytes count even when it failed: everything up to the last on_progress, which is always sent before.
  virtual void on_done(FetchEnd end) = 0;
};

// A transfer under way; dropping it cancels. Cancelled fetches write nothing once a fetch started later has written.
class [[nodiscard]] Fetch : public CancelOnDestroy {
 public:
  using CancelOnDestroy::CancelOnDestroy;
};

// Port: the network. It follows redirects, asks judge() before it writes a byte of a body, and never writes what
// judge() didn't take. `events` must outlive the Fetch.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual Fetch start(FetchRequest request, FetchEvents& events) = 0;
  // Connections made before are likely to be dead, without anybody having said so: requests made from now on use new
  // ones.
  virtual void distrust_connections() {}
};

}  // namespace dosvc
