// What one file's transfer tells the engine.

#include "engine/engine_core.h"

#include <utility>

namespace dosvc {
namespace {

// What comes in about the time of a round trip or two.
constexpr std::uint64_t kSmallFile = 256 * 1024;

}  // namespace

void TransferReports::open_temp(const File& file, OpenTemp how, Reply<TempFilePtr> reply) {
  engine_.open_temp(record_, file, how, std::move(reply));
}

void TransferReports::content_began() {
  if (file_.file.size.value_or(0) > kSmallFile) record_.small_files_in_a_row = 0;
  engine_.host_answered(record_, file_);
  if (record_.job.state() == JobState::connecting) (void)engine_.apply(record_, JobEvent::content_began);
  engine_.show(record_, file_);
}

// "BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE": counted over all files of the job. And what the user
// whose they are may have of the disk.
Result<void> TransferReports::check_size() {
  const std::optional<std::uint64_t>& limit = record_.job.maximum_size;
  record_.recount(file_);
  if (!limit || std::max(record_.tally.size(), record_.tally.bytes) <= *limit) {
    return engine_.check_room(record_, file_);
  }
  return Error{BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED, ErrorContext::remote_file,
               "the job's files have more than the " + std::to_string(*limit) + " bytes that it may fetch"};
}

void TransferReports::bytes_arrived(bool beyond_before) {
  record_.moved_at = engine_.ports_.loop.now();
  if (beyond_before) {
    record_.failures = 0;
    record_.progress_at = engine_.awake_now();
    record_.job.modified = engine_.ports_.host.wall_now();
  }
  engine_.tell_ranges(record_, file_);
  engine_.show(record_, file_);
}

void TransferReports::file_changed() {
  record_.recount(file_);
  engine_.commits_.save_file(record_.job.id, file_.file.index);
}

void TransferReports::body_complete() {
  if (!record_.moves()) return;
  if (file_.progress.received.total() <= kSmallFile) ++record_.small_files_in_a_row;
  --record_.on_the_line;
  engine_.run_files(record_);
}

void TransferReports::all_wanted_is_here() {
  --record_.on_the_line;
  if (file_.transfer->halt()) engine_.left(record_, file_);
}

void TransferReports::file_transferred() {
  record_.recount(file_);
  engine_.tell_transferred(record_, file_);
  engine_.left(record_, file_);
}

void TransferReports::file_failed(Failure failure) { engine_.file_failed(record_, file_, std::move(failure)); }

void TransferReports::halt_finished() { engine_.left(record_, file_); }

// Told when it is on disk.
void Engine::tell_transferred(JobRecord& record, FileRecord& file) {
  commits_.then([this, id = record.job.id, index = file.file.index](const Result<void>& committed) {
    JobRecord* job = this->record(id);
    if (committed && job) job->delivery.file_event(NotificationKind::file_transferred, index);
  });
}

// On demand: what the program asked for in one call is here.
void Engine::tell_ranges(JobRecord& record, FileRecord& file) {
  std::vector<FileRange> here;
  std::erase_if(file.asked, [&](const FileRange& range) {
    const std::uint64_t end =
        range.length == FileRange::kToEnd ? file.file.size.value_or(range.length) : range.offset + range.length;
    const bool came = file.progress.received.contains({range.offset, end});
    if (came) here.push_back({range.offset, end - range.offset});
    return came;
  });
  if (here.empty()) return;
  record.delivery.file_event(NotificationKind::ranges_transferred, file.file.index, std::move(here));
}

}  // namespace dosvc
