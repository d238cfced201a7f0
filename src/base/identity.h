#pragma once

#include <sys/types.h>

#include <optional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/users.h"

namespace dosvc {

// While it lives, its thread, and no other, makes, opens, renames and removes files as somebody else: with his user,
// group and groups, and without the capabilities that look past the rights of files. Paths resolve as for him. Signals
// and everything but files stay those of the process. It takes CAP_SETUID and CAP_SETGID.
//
// Must end on the thread on which it began, and before another begins there. If a thread couldn't be itself again the
// process ends, as by kill -9: whatever it did next it would do as the wrong user.
class ActingAs {
 public:
  // As the user of this process there is nothing to change, and no right needed. E_ACCESSDENIED: this process may not
  // act for others.
  static Result<ActingAs> begin(const User& user);
  static Result<ActingAs> begin(Users& users, uid_t uid);

  ActingAs(ActingAs&& other) noexcept : own_groups_(std::exchange(other.own_groups_, std::nullopt)) {}
  ActingAs& operator=(ActingAs&&) = delete;
  ~ActingAs();

 private:
  ActingAs() = default;
  explicit ActingAs(std::vector<gid_t> own_groups) : own_groups_(std::move(own_groups)) {}

  std::optional<std::vector<gid_t>> own_groups_;  // to go back to; empty: nothing was changed
};

// While it lives, what its thread writes into open files takes up space that `uid` may use. Filesystems keep some for
// root, and ask who writes, not whose the file is. As for ActingAs otherwise; quicker.
class WritingAs {
 public:
  static Result<WritingAs> begin(uid_t uid);

  WritingAs(WritingAs&& other) noexcept : changed_(std::exchange(other.changed_, false)) {}
  WritingAs& operator=(WritingAs&&) = delete;
  ~WritingAs();

 private:
  explicit WritingAs(bool changed) : changed_(changed) {}

  bool changed_;
};

// Before any thread is started: the process looks past quotas no more, nor uses space that is kept for root, if it had
// the capability to. What it writes is mostly for others.
void keep_within_quotas();

// This thread is `user` from now on, in every respect and without any capability; meant for a child before it becomes
// another program. Makes system calls and nothing else. False, and errno: it may not.
[[nodiscard]] bool become_for_good(const User& user) noexcept;

}  // namespace dosvc
