#pragma once

#include "base/loop.h"
#include "core/job.h"
#include "engine/delivery.h"
#include "engine/file_transfer.h"
#include "engine/published.h"
#include "engine/user_usage.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace dosvc {

// What a file adds to its job's progress.
struct Share {
  std::uint64_t bytes = 0;
  std::optional<std::uint64_t> size;
  bool transferred = false;
  std::uint64_t awaited = 0;  // bytes that are to come now
};

// A file in the engine's memory.
struct FileRecord {
  File file;
  FileProgress progress;
  Share share;                               // as last counted in JobRecord::tally
  std::shared_ptr<FileCell> cell;            // empty until it was first published
  std::vector<FileRange> asked;              // on demand: asked for, and the program not yet told that it is here
  std::unique_ptr<FileTransferOwner> owner;  // of `transfer`: outlives it
  std::unique_ptr<FileTransfer> transfer;    // while it runs or comes to a halt

  std::optional<std::uint64_t> room_for;  // the size with which it was let onto its user's share of the disk

  bool being_opened = false;  // an answer of Files::open_temp is still to come

  bool has_place() const { return !file.local_name.empty(); }  // else the program has still to tell it
};

// The sum of the files' shares, kept as they change: progress must not cost a walk over all files.
struct Tally {
  std::uint64_t bytes = 0;
  Wide known_size = 0;  // servers may name any sizes
  std::uint32_t unknown_sizes = 0;
  std::uint32_t transferred = 0;
  Wide awaited = 0;

  std::uint64_t size() const { return static_cast<std::uint64_t>(std::min<Wide>(known_size, ~std::uint64_t{1})); }
  void add(const Share& share) {
    bytes += share.bytes;
    known_size += share.size.value_or(0);
    unknown_sizes += share.size ? 0u : 1u;
    transferred += share.transferred ? 1u : 0u;
    awaited += share.awaited;
  }
  void subtract(const Share& share) {
    bytes -= share.bytes;
    known_size -= share.size.value_or(0);
    unknown_sizes -= share.size ? 0u : 1u;
    transferred -= share.transferred ? 1u : 0u;
    awaited -= share.awaited;
  }
};

// Why a job isn't moving, and until when where that is known.
struct Wait {
  WaitReason reason = WaitReason::none;
  std::optional<Clock::time_point> until;
};

// A job in the engine's memory. Engine thread only; others see its cell.
struct JobRecord {
  JobRecord(Loop& loop, std::shared_ptr<Mailbox> mailbox, Delivery::Command& command, UserUsage& all)
      : usage(all), delivery(loop, std::move(mailbox), command) {}

  Job job;
  std::deque<FileRecord> files;  // by index; a deque, for transfers hold references
  Tally tally;
  UsageShare usage;
  std::shared_ptr<JobCell> cell;
  Delivery delivery;
  std::uint64_t occurrence = 0;  // moves to ERROR or TRANSFERRED

  WaitReason shown_wait = WaitReason::none;  // as last published
  bool unsaved = false;                      // the store failed with it; it goes on when the store is tried again

  // Running.
  std::optional<Clock::time_point> running_since;  // connecting or transferring
  Timer download_time;                             // ends when the job has run for as long as it may
  std::uint32_t next_file = 0;                     // no file before this one waits for a transfer
  int on_the_line = 0;                             // files whose bytes are being fetched
  int small_files_in_a_row = 0;                    // that came whole, without one that isn't small between them
  Clock::time_point moved_at{};                    // its turn began, or bytes came
  int unfinished_opens = 0;                        // answers of Files::open_temp that are still to come

  // Trying again.
  int failures = 0;                          // in a row, without a new byte
  Clock::time_point progress_at{};           // the last new byte, or Resume; sleep of the machine doesn't count
  FailureKind failure = FailureKind::other;  // while it is in TRANSIENT_ERROR
  bool server_named_time = false;            // and with it a Retry-After
  std::optional<Clock::time_point> next_attempt;
  bool patience_ends_then = false;  // and there is no attempt
  Timer retry;

  // Complete or Cancel is at work on the disk: other calls wait until it is through.
  bool finishing = false;
  std::function<void()> when_quiet;
  std::vector<std::function<void()>> calls_waiting;

  bool moves() const { return is_running(job.state()) && !finishing; }
  bool any_transfer() const {
    return std::any_of(files.begin(), files.end(), [](const FileRecord& file) { return file.transfer != nullptr; });
  }
  // The first whose bytes are being fetched; null: there is none, or all that is missing is on its way to the disk.
  const FileRecord* first_on_the_line() const {
    const auto found = std::find_if(files.begin(), files.end(),
                                    [](const FileRecord& file) { return file.transfer && file.transfer->fetches(); });
    return found == files.end() ? nullptr : &*found;
  }
  const FileRecord* first_without_place() const {
    const auto found =
        std::find_if(files.begin(), files.end(), [](const FileRecord& file) { return !file.has_place(); });
    return found == files.end() ? nullptr : &*found;
  }
  bool all_transferred() const { return tally.transferred == files.size(); }
  JobSnapshotPtr snapshot(WallTime wall_now, Clock::time_point now, const Wait& wait) const;
  FileSnapshotPtr snapshot(const FileRecord& file) const;
  // Brings the tally up to date with one file.
  void recount(FileRecord& file);
  // And what its users have with the tally and the files.
  void count_usage() { usage.set(job.owner, files.size(), job.files_of, tally.bytes + tally.awaited); }
};

// Of two files with one name the last to be finished would take the other's place: E_INVALIDARG.
Result<void> check_names_differ(const JobRecord& record, const std::vector<std::string>& added);

}  // namespace dosvc
