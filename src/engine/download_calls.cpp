// Downloads of IDOManager: a job of one file whose parts are chosen at each start ("IDODownload::Start").

#include "engine/engine_core.h"

#include "core/file_layout.h"
#include "core/names.h"

#include <limits>
#include <utility>

namespace dosvc {
namespace {

Error refuse(HRESULT code, std::string why) { return {code, ErrorContext::none, std::move(why)}; }

// Whether a download that is told to start has all it needs.
Result<void> check_start(const Job& job, const File& file, const std::optional<std::vector<FileRange>>& ranges) {
  if (file.remote_name.empty()) return refuse(DO_E_DOWNLOAD_NO_URI, "the download has no address yet: set it first");
  if (file.local_name.empty() && !job.download->to_stream) {
    return refuse(DO_E_FILE_DOWNLOADSINK_UNSPECIFIED, "the download has neither a local path nor a stream: set one");
  }
  const bool parts = !FileLayout(ranges && !ranges->empty() ? *ranges : file.ranges, {}).whole();
  if (job.download->to_stream && !job.resumed && (!ranges || ranges->empty())) {
    return refuse(DO_E_DOWNLOAD_RANGES_EXPECTED, "a download to a stream needs ranges: 0 to the end is all");
  }
  if (file.integrity_mandatory && file.integrity.url.empty()) {
    return refuse(DO_E_INTEGRITYCHECKINFO_UNSPECIFIED, "a check was made mandatory, but not what to check by");
  }
  if (file.integrity_mandatory && parts) {
    return refuse(DO_E_DOWNLOAD_RANGES_UNEXPECTED, "only a whole file can be checked, and parts of it were asked for");
  }
  if (ranges) DO_TRY(check_ranges(*ranges));
  return {};
}

std::vector<FileRange> asked_for(const File& file) {
  return file.ranges.empty() ? std::vector<FileRange>{FileRange{}} : file.ranges;
}

std::vector<FileRange> together(std::vector<FileRange> ranges, const std::vector<FileRange>& more) {
  ranges.insert(ranges.end(), more.begin(), more.end());
  return ranges;
}

// Together they must be no more than a file can hold.
Result<void> check_total(const std::vector<FileRange>& ranges) {
  std::uint64_t room = std::numeric_limits<std::int64_t>::max();
  for (const FileRange& range : ranges) {
    if (range.length == FileRange::kToEnd) continue;
    if (range.length > room) return refuse(BG_E_INVALID_RANGE, "the ranges are more than a file can hold");
    room -= range.length;
  }
  return {};
}

}  // namespace

void Engine::start_download(const Caller& caller, const JobId& id, std::optional<std::vector<FileRange>> ranges,
                            Reply<void> reply) {
  on_job<void>(caller, id, std::move(reply), [this, caller, id, ranges](JobRecord& record, auto answer) {
    Job& job = record.job;
    if (!job.download || is_final(job.state())) return answer(invalid_state(job));
    if (is_running(job.state()) || job.state() == JobState::queued) return answer(Result<void>{});
    File& file = record.files.front().file;
    if (auto may = check_start(job, file, ranges); !may) return answer(may.error());
    if (job.resumed) {
      if (auto going = launch(record, ranges); !going) return answer(going.error());
      return when_committed<void>(std::move(answer));
    }
    if (job.download->to_stream) {
      auto folder = ports_.host.spool_folder(job.files_of);
      if (!folder) return answer(folder.error());
      file.local_name = *folder + "/" + job.id.text();
      file.temp_name = temp_name_for(file.local_name, ports_.host.random());
    }
    make_way(record, guarded<void>([this, caller, id, ranges, answer](Result<void> made) {
               if (!made) return answer(made.error());
               on_job<void>(caller, id, answer, [this, ranges](JobRecord& ready, auto started) {
                 if (auto going = launch(ready, ranges); !going) return started(going.error());
                 when_committed<void>(std::move(started));
               });
             }));
  });
}

// The folders on the way to the file, and whether it can be made there.
void Engine::make_way(JobRecord& record, Reply<void> made) {
  const uid_t files_of = record.job.files_of;
  const std::string name = record.files.front().file.local_name;
  ports_.files.make_folders(files_of, name, record.job.umask,
                            guarded<void>([this, files_of, name, made](Result<void> folders) {
                              if (!folders) return made(folders.error());
                              ports_.files.check_destination(files_of, {name}, made);
                            }));
}

// Without ranges it goes on with what is missing. New ones come behind what earlier starts asked for and got, and take
// the place of what the last one asked for and didn't get to its end.
Result<void> Engine::launch(JobRecord& record, const std::optional<std::vector<FileRange>>& ranges) {
  FileRecord& file = record.files.front();
  DownloadSettings& download = *record.job.download;
  if (ranges) {
    const FileLayout layout(file.file.ranges, file.file.size);
    if (file.file.stage == FileStage::transferred) download.finished = file.file.done.total();
    const std::vector<FileRange> more = ranges->empty() ? std::vector<FileRange>{FileRange{}} : *ranges;
    const bool again = record.job.resumed && file.file.stage == FileStage::waiting &&
                       together(layout.front(download.finished), more) == asked_for(file.file);
    // What a stream has got can't be taken back.
    const std::uint64_t kept = download.to_stream ? file.progress.received.contiguous_end(0) : download.finished;
    std::vector<FileRange> all = together(layout.front(kept), more);
    DO_TRY(check_total(all));
    if (!again) {
      if (file.transfer) file.transfer->ranges_changed();
      file.file.ranges = std::move(all);
      file.file.stage = FileStage::waiting;
      keep_front(file, kept);
    }
    record.next_file = 0;
    record.recount(file);
    commits_.save_file(record.job.id, file.file.index);
  }
  return resume(record);
}

// Forgets what lies behind so many bytes.
void Engine::keep_front(FileRecord& file, std::uint64_t bytes) {
  const ByteRange behind{bytes, FileRange::kToEnd};
  file.progress.received.remove(behind);
  file.file.done.remove(behind);
}

}  // namespace dosvc
