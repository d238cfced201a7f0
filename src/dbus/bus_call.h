#pragma once

#include "core/job_service.h"
#include "dbus/bus_client.h"
#include "dbus/bus_listener.h"
#include "dbus/finished_jobs.h"
#include "dbus/owed_answers.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace dosvc {

// What the calls of all clients work on.
struct ServiceSide {
  Loop& loop;
  JobService& service;
  std::shared_ptr<OwedAnswers> owed;
  BusListeners listeners;
  FinishedJobs finished;
};

// A method call that is carried out, once or, when an administrator's right is needed first, a second time from the
// beginning: nothing is done before allow_administrators_only() and find_job() have let it pass.
class BusCall {
 public:
  BusCall(ServiceSide& side, std::shared_ptr<BusClient> client, sd_bus_message* message)
      : side_(side), client_(std::move(client)), message_(message) {}

  ServiceSide& side() { return side_; }
  JobService& service() { return side_.service; }
  const std::shared_ptr<BusClient>& client() const { return client_; }
  const Caller& caller() const { return client_->caller; }
  sd_bus_message* message() const { return message_; }
  const JobId& id() const { return id_; }  // of the job whose object was called

  // The job is one that the caller may use. One that isn't in the queue has no view, or that of a job finished a short
  // while ago: the service then says what it thinks of the call.
  Result<void> find_job(const JobId& id);
  const std::shared_ptr<JobView>& job() const { return job_; }
  bool in_queue() const { return in_queue_; }
  Result<std::shared_ptr<JobView>> any_job() const;  // BG_E_NOT_FOUND

  Result<void> allow_administrators_only();
  bool needs_administrator() const { return needs_administrator_; }

  // The next arguments, each type of one letter. A message may be malformed where its signature doesn't show it.
  template <class... Value>
  Result<void> read(const char* types, Value*... values) {
    if (sd_bus_message_read(message_, types, values...) > 0) return {};
    return malformed();
  }
  static Error malformed() { return {E_INVALIDARG, ErrorContext::none, "the call's arguments can't be read"}; }

  // At once.
  void answer(const std::function<void(MessageWriter&)>& write) {
    answer_if([&](MessageWriter& answer) { return write(answer), true; });
  }
  bool answer_if(const std::function<bool(MessageWriter&)>& write) { return answer_call(*client_, message_, write); }
  void refuse(const char* name, const std::string& sentence) { refuse_call(*client_, message_, name, sentence); }

  // With what the service replies.
  template <class T>
  Reply<T> reply(typename AnswerWriter<T>::Function write, std::function<void(bool ok)> done = nullptr) {
    owed_ = true;
    return side_.owed->owe<T>(client_, keep(message_), std::move(write), std::move(done));
  }
  bool owed() const { return owed_; }

 private:
  ServiceSide& side_;
  const std::shared_ptr<BusClient> client_;
  sd_bus_message* const message_;
  JobId id_{};
  std::shared_ptr<JobView> job_;
  bool in_queue_ = false;
  bool needs_administrator_ = false;
  bool owed_ = false;
};

}  // namespace dosvc
