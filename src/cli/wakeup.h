#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "base/result.h"
#include "base/unique_fd.h"

namespace dosvc::cli {

// What wakes the waiting main thread: a bell that other threads ring, and SIGHUP, SIGINT and SIGTERM, which from
// construction on come here in place of ending the process. Made before the service is, whose threads then can't take
// the signals.
class Wakeup {
 public:
  // Thread-safe; outlives the Wakeup for whoever holds it.
  class Bell {
   public:
    explicit Bell(UniqueFd fd) : fd_(std::move(fd)) {}
    void ring() const;
    int fd() const { return fd_.get(); }

   private:
    UniqueFd fd_;
  };

  static Result<Wakeup> create();

  std::shared_ptr<const Bell> bell() const { return bell_; }

  // Until the bell rings, a signal comes or the time is over. The signal's number, if it was that; from then on a
  // second signal ends the process at once, so that nobody has to wait for a tidy end.
  std::optional<int> wait(std::chrono::milliseconds at_most);

 private:
  Wakeup(std::shared_ptr<const Bell> bell, UniqueFd signals) : bell_(std::move(bell)), signals_(std::move(signals)) {}

  std::shared_ptr<const Bell> bell_;
  UniqueFd signals_;
};

}  // namespace dosvc::cli
