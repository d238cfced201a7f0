#include "engine/delivery.h"

#include "core/retry_policy.h"

namespace dosvc {
namespace {

std::uint32_t flag_of(NotificationKind kind) {
  return kind == NotificationKind::ranges_transferred ? kNotifyRangesTransferred : kNotifyFileTransferred;
}

// Why it doesn't move, and nothing else: no modification ("IBackgroundCopyCallback::JobModification").
bool waits_otherwise(const JobSnapshot& before, const JobSnapshot& now) {
  return (before.wait != now.wait || before.next_attempt != now.next_attempt) &&
         before.job.state() == now.job.state() && before.job.modified == now.job.modified &&
         before.progress == now.progress;
}

}  // namespace

bool Delivery::wants(std::uint32_t flag) const {
  const std::uint32_t flags = snapshot_ ? snapshot_->job.notify_flags : kNotifyDisable;
  return (flags & kNotifyDisable) == 0 && (flags & flag) != 0;
}

void Delivery::update(JobSnapshotPtr snapshot, std::uint64_t occurrence) {
  const bool happened_again = occurrence != occurrence_;
  occurrence_ = occurrence;
  const bool moved = !snapshot_ || happened_again || !waits_otherwise(*snapshot_, *snapshot);
  snapshot_ = std::move(snapshot);
  if (happened_again) {
    state_taken_ = false;
    if (!about_file_) start_over();
  }
  if (moved) tell_modification();
  // What its files have to tell of the same turn comes first, and is noted after this.
  loop_.post([this, alive = std::weak_ptr<const char>(alive_)] {
    if (!alive.expired()) reconsider();
  });
}

void Delivery::listen(std::shared_ptr<JobListener> listener) {
  listener_ = std::move(listener);
  modification_unanswered_ = false;
  state_taken_ = false;
  start_over();
  reconsider();
}

void Delivery::file_event(NotificationKind kind, std::uint32_t file, std::vector<FileRange> ranges) {
  if (!listener_ || !wants(flag_of(kind))) return;
  file_events_.push_back({kind, file, std::move(ranges)});
  reconsider();
}

bool Delivery::has_command() const { return !snapshot_->job.notify_command.program.empty(); }

bool Delivery::state_is_due() const {
  const Job& job = snapshot_->job;
  const bool told_by_command = job.command_done || !has_command();
  if (state_taken_ || job.download || (!listener_ && told_by_command)) return false;
  switch (job.state()) {
    case JobState::error:
      return wants(kNotifyError);
    case JobState::transferred:
      return wants(kNotifyTransferred);
    default:
      return false;
  }
}

bool Delivery::due() const { return snapshot_ && (!file_events_.empty() || state_is_due()); }

void Delivery::start_over() {
  ++call_;
  repeat_.reset();
  attempts_ = 0;
  about_file_ = false;
  telling_ = Telling::idle;
}

void Delivery::reconsider() {
  while (!file_events_.empty() && (!listener_ || !wants(flag_of(file_events_.front().kind)))) {
    file_events_.pop_front();
    if (about_file_) start_over();
  }
  if (!due()) {
    if (telling_ != Telling::idle) start_over();
  } else if (telling_ == Telling::idle) {
    tell();
  }
}

void Delivery::tell() {
  telling_ = Telling::calling;
  ++attempts_;
  if (listener_) return call_listener();
  run_command();
}

void Delivery::call_listener() {
  Notification told{NotificationKind::transferred, snapshot_};
  about_file_ = !file_events_.empty();
  if (about_file_) {
    const FileEvent& event = file_events_.front();
    told = {event.kind, snapshot_, event.file, event.ranges};
  } else if (snapshot_->job.state() == JobState::error) {
    told.kind = NotificationKind::error;
  }
  listener_->notify(std::move(told),
                    [this, mailbox = mailbox_, call = ++call_, alive = std::weak_ptr<const char>(alive_)](bool taken) {
                      mailbox->post([this, call, taken, alive] {
                        if (!alive.expired()) answered(call, taken);
                      });
                    });
}

void Delivery::answered(std::uint64_t call, bool taken) {
  if (call != call_ || telling_ != Telling::calling) return;
  if (taken) return done_telling();
  if (!about_file_ && has_command() && !snapshot_->job.command_done) return run_command();
  repeat_after(notification_delay(attempts_));
}

// What was called for needs no repetition: on to the next.
void Delivery::done_telling() {
  if (about_file_) {
    file_events_.pop_front();
  } else {
    state_taken_ = true;
    if (has_command()) command_.done(snapshot_->job.id);
  }
  start_over();
  reconsider();
}

void Delivery::run_command() {
  command_.run(snapshot_->job, [this, call = ++call_, alive = std::weak_ptr<const char>(alive_)](Result<int> exited) {
    if (alive.expired() || call != call_ || telling_ != Telling::calling) return;
    if (exited && *exited == 0) return done_telling();
    repeat_after(snapshot_->job.minimum_retry_delay);
  });
}

void Delivery::repeat_after(std::chrono::seconds delay) {
  telling_ = Telling::repeating;
  repeat_ = loop_.after(delay, [this] { tell(); });
}

void Delivery::tell_modification() {
  const Job& job = snapshot_->job;
  const bool silent = !job.download && (!wants(kNotifyModification) || job.state() == JobState::error ||
                                        job.state() == JobState::transferred);
  if (!listener_ || silent) {
    modification_waits_ = false;
    return;
  }
  const bool at_once = job.download && job.state() != modified_state_;
  if (!at_once && (modification_pause_ || modification_unanswered_)) {
    modification_waits_ = true;
    return;
  }
  modification_waits_ = false;
  modification_unanswered_ = true;
  modified_state_ = job.state();
  modification_pause_ = loop_.after(job.notify_interval, [this] {
    modification_pause_ = {};
    if (modification_waits_) tell_modification();
  });
  tell_once_more();
  listener_->notify({NotificationKind::modification, snapshot_},
                    [this, mailbox = mailbox_, alive = std::weak_ptr<const char>(alive_)](bool) {
                      mailbox->post([this, alive] {
                        if (alive.expired()) return;
                        modification_unanswered_ = false;
                        if (modification_waits_ && !modification_pause_) tell_modification();
                      });
                    });
}

// Of a download whose bytes move, or have just stopped to.
void Delivery::tell_once_more() {
  constexpr auto kSurely = std::chrono::milliseconds(50);  // the listener has a clock of its own
  const Job& job = snapshot_->job;
  once_more_.reset();
  if (!job.download || job.download->callback_interval.count() == 0 || job.state() != JobState::transferring) return;
  once_more_ = loop_.after(job.download->callback_interval + kSurely, [this] {
    tell_modification();
    once_more_.reset();
  });
}

}  // namespace dosvc
