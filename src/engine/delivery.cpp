#include "engine/delivery.h"

#include "core/retry_policy.h"

namespace dosvc {
namespace {

constexpr auto kModificationSpacing = std::chrono::milliseconds(500);

bool wants(const Job& job, std::uint32_t flag) {
  return (job.notify_flags & kNotifyDisable) == 0 && (job.notify_flags & flag) != 0;
}

}  // namespace

void Delivery::update(JobSnapshotPtr snapshot, std::uint64_t occurrence) {
  const bool happened_again = occurrence != occurrence_;
  occurrence_ = occurrence;
  snapshot_ = std::move(snapshot);
  if (happened_again) start_over();
  reconsider();
  tell_modification();
}

void Delivery::listen(std::shared_ptr<JobListener> listener) {
  listener_ = std::move(listener);
  modification_unanswered_ = false;
  start_over();
  reconsider();
}

bool Delivery::due() const {
  if (!listener_ || !snapshot_) return false;
  switch (snapshot_->job.state()) {
    case JobState::error:
      return wants(snapshot_->job, kNotifyError);
    case JobState::transferred:
      return wants(snapshot_->job, kNotifyTransferred);
    default:
      return false;
  }
}

void Delivery::start_over() {
  ++call_;
  repeat_.reset();
  attempts_ = 0;
  telling_ = Telling::idle;
}

void Delivery::reconsider() {
  if (!due()) {
    // What was taken stays taken while the job stays where it is: taking the flag away and back tells nothing twice.
    if (telling_ == Telling::calling || telling_ == Telling::repeating) start_over();
  } else if (telling_ == Telling::idle) {
    tell();
  }
}

void Delivery::tell() {
  telling_ = Telling::calling;
  ++attempts_;
  const auto kind = snapshot_->job.state() == JobState::error ? NotificationKind::error : NotificationKind::transferred;
  listener_->notify({kind, snapshot_},
                    [this, mailbox = mailbox_, call = ++call_, alive = std::weak_ptr<const char>(alive_)](bool taken) {
                      mailbox->post([this, call, taken, alive] {
                        if (!alive.expired()) answered(call, taken);
                      });
                    });
}

void Delivery::answered(std::uint64_t call, bool taken) {
  if (call != call_ || telling_ != Telling::calling) return;
  if (taken) {
    telling_ = Telling::taken;
    return;
  }
  telling_ = Telling::repeating;
  repeat_ = loop_.after(notification_delay(attempts_), [this] { tell(); });
}

void Delivery::tell_modification() {
  const JobState state = snapshot_->job.state();
  if (!listener_ || !wants(snapshot_->job, kNotifyModification) || state == JobState::error ||
      state == JobState::transferred) {
    modification_waits_ = false;
    return;
  }
  if (modification_pause_ || modification_unanswered_) {
    modification_waits_ = true;
    return;
  }
  modification_waits_ = false;
  modification_unanswered_ = true;
  modification_pause_ = loop_.after(kModificationSpacing, [this] {
    modification_pause_ = {};
    if (modification_waits_) tell_modification();
  });
  listener_->notify({NotificationKind::modification, snapshot_},
                    [this, mailbox = mailbox_, alive = std::weak_ptr<const char>(alive_)](bool) {
                      mailbox->post([this, alive] {
                        if (alive.expired()) return;
                        modification_unanswered_ = false;
                        if (modification_waits_) tell_modification();
                      });
                    });
}

}  // namespace dosvc
