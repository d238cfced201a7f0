#pragma once

#include "api/service.h"
#include "api/values.h"
#include "api/view.h"
#include "base/log.h"

#include <memory>
#include <utility>
#include <vector>

namespace dosvc {

// What the objects of one job share: the job as it was last published, which getters read, and calls of the service
// about it, which everything else is. A value, cheap to copy. Thread-safe.
class JobCalls {
 public:
  JobCalls(std::shared_ptr<Session> session, std::shared_ptr<JobView> job)
      : session_(std::move(session)), job_(std::move(job)), view_(job_->known()->job.view) {}

  const std::shared_ptr<Session>& session() const { return session_; }
  const std::shared_ptr<JobView>& job() const { return job_; }
  ApiView view() const { return view_; }
  JobSnapshotPtr now() const { return job_->snapshot(); }

  // The body of a method, see view_edge().
  template <class Body>
  HRESULT edge(Body&& body) const {
    return view_edge(view_, std::forward<Body>(body));
  }
  // A getter whose answer needs nothing, and one that looks at the job as it is now; see give().
  template <class T, class Make>
  HRESULT give(T* out, Make&& make) const {
    return dosvc::give(view_, out, std::forward<Make>(make));
  }
  template <class T, class Look>
  HRESULT read(T* out, Look&& look) const {
    return give(out, [&]() -> Result<T> { return look(*now()); });
  }

  // One call of the service about this job: `start` gets the service, the caller, the job's id and the reply. A job
  // that is gone because it is final says so.
  template <class T, class Start>
  Result<T> ask(Start&& start) const {
    Result<T> answer = session_->ask<T>(
        [&](JobService& service, auto reply) { start(service, Caller::this_process(), job_->id(), std::move(reply)); });
    if (answer) return answer;
    log_debug("job {}: {}", job_->id().text(), answer.error().message);
    if (answer.error().code != BG_E_NOT_FOUND || !is_final(now()->job.state())) return answer;
    return failed_with(BG_E_INVALID_STATE, "the job is completed or cancelled");
  }

  // These look at their arguments first, whatever state the job is in.
  Result<void> change(JobChange change) const;
  Result<void> change_file(std::uint32_t index, FileChange change) const;
  Result<std::uint32_t> add_files(std::vector<NewFile> files) const;

 private:
  std::shared_ptr<Session> session_;
  std::shared_ptr<JobView> job_;
  ApiView view_;
};

}  // namespace dosvc
