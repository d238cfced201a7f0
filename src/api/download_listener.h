#pragma once

#include "api/program_listener.h"
#include "api/status_teller.h"
#include "api/stream_pump.h"

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

namespace dosvc {

// A download as this process takes part in it, one for all objects of the download: its program's callback and stream,
// and the calls of Start that wait for its end. Thread-safe.
class DownloadListener final : public ProgramListener, public std::enable_shared_from_this<DownloadListener> {
 public:
  DownloadListener(std::shared_ptr<Session> session, const std::shared_ptr<JobView>& view);
  // The one that is registered; made and registered if there is none yet. Waits for the service.
  static Result<std::shared_ptr<DownloadListener>> of(const std::shared_ptr<Session>& session,
                                                      const std::shared_ptr<JobView>& view);
  // Empty when there is none.
  static std::shared_ptr<DownloadListener> find(const JobView& view);

  // How the download shows now; `listener` may be empty.
  static DO_DOWNLOAD_STATUS status(const JobView& view, const DownloadListener* listener);

  void notify(Notification notification, std::function<void(bool taken)> answer) override;
  void disconnect() override;

  // What was registered before lets go of the program's object here, or when the call of it that runs has returned.
  void set_callback(com_ptr<IDODownloadStatusCallback> callback);  // empty: none
  void set_stream(com_ptr<ISequentialStream> stream);              // empty: none; begins with the first byte
  StatusTeller::Callback::Held callback() const;
  std::shared_ptr<StreamPump> stream() const;

  // Something is new of the download, with the service or with the program's stream. Nothing may be locked.
  void look();

  void set_blocking(bool blocking);
  bool blocking() const;
  // Waits until the download that was started is transferred, S_OK, or stands still for good. The error that it has;
  // E_ABORT: somebody paused or aborted it.
  HRESULT wait_for_end();

 private:
  void wake();

  const std::weak_ptr<JobView> view_;  // weak: the view holds its listener

  mutable std::mutex mutex_;  // for the rest; never held while calling out
  std::condition_variable wake_;
  std::uint64_t changes_ = 0;
  bool over_ = false;
  bool blocking_ = false;
  std::shared_ptr<StatusTeller> teller_;
  std::shared_ptr<StreamPump> pump_;
};

}  // namespace dosvc
