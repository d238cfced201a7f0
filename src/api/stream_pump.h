#pragma once

#include "api/callee.h"
#include "api/download_status.h"
#include "api/spool.h"
#include "core/job_service.h"

#include <dosvc/stream.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace dosvc {

// Hands the bytes of a download to the program's stream, in order and as they come, one block after the other, each on
// a thread that may call out ("DODownloadProperty_StreamInterface"). A download whose content is checked comes when all
// of it was. Thread-safe.
class StreamPump : public std::enable_shared_from_this<StreamPump> {
 public:
  // The object that Write is called on. E_NOINTERFACE: it is no stream.
  static Result<com_ptr<ISequentialStream>> stream_of(IUnknown& object);

  // On the thread that registers the stream: see Callee. `changed` is called, with nothing locked and on any thread,
  // when progress() has changed.
  StreamPump(std::shared_ptr<Session> session, std::weak_ptr<JobView> view, com_ptr<ISequentialStream> stream,
             std::function<void()> changed);

  // An error when this stream can't be gone on with.
  Result<void> check() const;
  // Begins, or goes on after pause() or a Write that failed.
  void run();
  // No other block is begun.
  void pause();
  // The service has something new of the download. Never waits.
  void look();
  StreamProgress progress() const;

  Callee<ISequentialStream>::Held stream() const { return stream_->held(); }
  void disconnect() { stream_->disconnect(); }

 private:
  bool due(const FileSnapshot& now) const;
  void write(ISequentialStream* stream);
  Result<std::uint64_t> write_block(ISequentialStream& stream);
  Result<bool> open_spool(const FileSnapshot& file);
  void stop_service();

  const std::shared_ptr<Session> session_;
  const std::weak_ptr<JobView> view_;  // weak: the view holds its listener, which holds this
  const std::shared_ptr<Callee<ISequentialStream>> stream_;
  const std::function<void()> changed_;

  // Of the block that is being written.
  std::optional<Spool> spool_;
  std::vector<std::byte> block_;

  mutable std::mutex mutex_;  // for the rest
  StreamProgress progress_;
  FileIdentity source_;  // where what was written came from
  bool writing_ = false;
  bool looked_ = false;  // while it was writing
};

}  // namespace dosvc
