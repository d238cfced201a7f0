#pragma once

#include "api/service.h"
#include "core/job_service.h"

#include <memory>
#include <utility>

namespace dosvc {

// What the service tells of one job is passed on to objects of the program's.
class ProgramListener : public JobListener {
 public:
  // The one registered with a job; empty when there is none, or one of another kind.
  static std::shared_ptr<ProgramListener> of(const JobView& view) {
    return std::dynamic_pointer_cast<ProgramListener>(view.listener());
  }

  // Releases the program's objects on this thread, or when the calls of them that run have returned. From then on
  // nothing is passed on.
  virtual void disconnect() = 0;

  bool belongs_to(const Session& session) const { return session_.get() == &session; }

 protected:
  explicit ProgramListener(std::shared_ptr<Session> session) : session_(std::move(session)) {}

  const std::shared_ptr<Session> session_;
};

}  // namespace dosvc
