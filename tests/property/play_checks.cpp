// What must hold while a script is played, and at its end.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "property/play.h"

namespace dosvc {
namespace {

using std::chrono::seconds;

constexpr seconds kLongestDelay{3600 + 360};  // of decide_retry(), lengthened by a tenth

}  // namespace

// The longest that a job may take to come to rest after the end of troubles:
//   what is under way then ends: a server that thinks, then sends each piece at its slowest, then falls silent;
//   and fails, so that its job waits; or another job fails to find a place before that. One delay, of an hour or what
//     the server wished for, which is no more, lengthened by a tenth;
//   then the job has its turn when those before it are through, or, at the latest, when they have stood still for 10 s
//     and a look at the line comes by, which it does every 10 s;
//   then each of its files comes: at once, or anew when what is held is of another version. 64 KiB take 10 ms, and each
//     file costs some calls of the disk, each of less than 2 s: open, checkpoint, sync, digest, twice.
Clock::duration Play::settling_time() const {
  const Clock::duration under_way = kLongestThought + kMostPieces * kSlowestPace + kSilence;
  Clock::duration transfers{};
  for (const PlannedJob& job : script_.jobs) {
    transfers += seconds(20);
    for (const PlannedFile& file : job.files) {
      const std::uint64_t pieces = script_.sites[file.site].largest() / (64 * 1024) + 1;
      transfers += 2 * pieces * std::chrono::milliseconds(10) + 2 * 4 * seconds(2);
    }
  }
  return under_way + kLongestDelay + transfers;
}

void Play::wrong(const std::string& what) { complaints_.push_back("at " + text_of(loop.now() - began_) + ": " + what); }

std::string Play::standing(std::size_t job) {
  const auto now = snapshot(jobs_[job].id);
  if (!now) return "job " + std::to_string(job) + " is gone";
  std::string text = "job " + std::to_string(job) + " is " + std::string(name_of(now->job.state())) + ", waits for " +
                     std::string(name_of(now->wait)) + ", has " + std::to_string(now->progress.bytes_transferred) +
                     " bytes in " + std::to_string(now->progress.files_transferred) + " of " +
                     std::to_string(now->progress.files_total) + " files";
  if (now->next_attempt) {
    text += ", next attempt in " +
            text_of(std::chrono::duration_cast<Clock::duration>(*now->next_attempt - host.wall_now()));
  }
  if (now->job.error) text += ", error: " + now->job.error->error.message;
  text += "; " + std::to_string(transport.open().size()) + " fetches are open, " + std::to_string(loop.timer_count()) +
          " timers wait";
  return text;
}

void Play::check_calls() {
  for (const Call& call : calls_) {
    if (!call.answer->has_value()) {
      wrong(call.text + " was not answered");
    } else if (const Result<CommandOutcome>& answer = **call.answer; !answer) {
      const HRESULT code = answer.error().code;
      const bool may_be = code == BG_E_INVALID_STATE || code == BG_E_NOT_FOUND || disk_failed_ || commit_failed_;
      if (!may_be) wrong(call.text + " was answered: " + answer.error().message);
    }
  }
  calls_.clear();
}

// ---- The disk and the store

std::vector<FakeContentPtr> Play::brought(const std::set<std::string>& urls) const {
  std::vector<FakeContentPtr> contents;
  for (const FakeTransport::Request& request : transport.requests()) {
    const bool known = std::find(contents.begin(), contents.end(), request.content) != contents.end();
    if (request.taken && !known && urls.count(request.url) != 0) contents.push_back(request.content);
  }
  return contents;
}

const PlannedFile& Play::planned(const std::string& local_name) const {
  for (const PlannedJob& job : script_.jobs) {
    for (const PlannedFile& file : job.files) {
      if (file.local_name == local_name) return file;
    }
  }
  throw std::out_of_range(local_name);
}

// What the store says is on the disk is there, after any crash, and of one version.
void Play::check_claims() {
  for (const StoredJob& stored : store.committed()) {
    for (const File& file : stored.files) check_claim(stored.job, file);
  }
}

void Play::check_claim(const Job& job, const File& file) {
  if (file.done.empty() || script_.sites[planned(file.local_name).site].lies) return;
  auto inode = files.inode(file.temp_name);
  if (!inode || inode->identity != file.identity) inode = files.inode(file.local_name);
  if (!inode || inode->identity != file.identity) return;  // it will be seen, and fetched anew
  const std::string& disk = inode->synced;
  const auto is_there = [&](const FakeContentPtr& version) {
    if (file.stage != FileStage::waiting) return packed(version->bytes, file.ranges) == disk;
    const std::string front = packed_front(version->bytes, file.ranges);
    const auto ranges = file.done.ranges();
    return std::all_of(ranges.begin(), ranges.end(), [&](const ByteRange& range) {
      return range.end <= front.size() && range.end <= disk.size() &&
             front.compare(range.begin, range.length(), disk, range.begin, range.length()) == 0;
    });
  };
  const auto versions = brought(urls_[file.local_name]);
  if (std::any_of(versions.begin(), versions.end(), is_there)) return;
  wrong("the store says of " + file.local_name + " (" + std::string(name_of(job.state())) + ") that bytes " +
        file.done.text() + " are on the disk, and they aren't there of any version");
}

void Play::check_disk() {
  for (const std::string& name : files.names()) {
    if (name.ends_with(".part")) {
      wrong("a temporary file is left behind: " + name);
      continue;
    }
    const PlannedFile& plan = planned(name);
    const std::string content = *files.content(name);
    const auto versions = brought(urls_[name]);
    const bool one = std::any_of(versions.begin(), versions.end(), [&](const FakeContentPtr& version) {
      return packed(version->bytes, plan.ranges) == content;
    });
    if (!one && !script_.sites[plan.site].lies) wrong(name + " is no version that was ever served");
    if (!plan.digest_of) continue;
    const auto wanted = packed(script_.sites[plan.site].versions[*plan.digest_of]->bytes, plan.ranges);
    if (wanted && content != *wanted) wrong(name + " hasn't the digest that was asked for");
  }
}

// ---- Where a job comes to rest

void Play::check_rest(std::size_t job, bool may_be_in_error) {
  if (!in_queue(jobs_[job].id)) return;
  const auto now = snapshot(jobs_[job].id);
  const JobState state = now->job.state();
  if (state == JobState::error && may_be_in_error) {
    check_error(job, now->job);
  } else if (state != JobState::transferred) {
    wrong("not at rest: " + standing(job));
  }
  if (state == JobState::error || state == JobState::transferred) check_told(job, state);
}

void Play::check_error(std::size_t job, const Job& now) {
  if (!now.error) return wrong("no error object: " + standing(job));
  const Error& error = now.error->error;
  if (SUCCEEDED(error.code) || error.message.empty() || error.context == ErrorContext::none) {
    wrong("an error without code, context or message: " + standing(job));
  }
  if (!may_fail(script_.jobs[job], *now.error)) wrong("no reason for an error: " + standing(job));
}

void Play::check_told(std::size_t job, JobState state) {
  const auto& heard = jobs_[job].listener->heard;
  const NotificationKind kind = state == JobState::error ? NotificationKind::error : NotificationKind::transferred;
  if (heard.empty() || heard.back().kind != kind) wrong("the program was not told: " + standing(job));
}

// Whether the script gives a reason.
bool Play::may_fail(const PlannedJob& job, const JobError& error) const {
  if (error.no_progress) return true;
  if (error.error.context == ErrorContext::local_file) return disk_failed_;
  for (const PlannedFile& file : job.files) {
    if (file.digest_of && error.error.code == BG_E_VALIDATION_FAILED) return true;
    const std::set<std::string>& urls = urls_.at(file.local_name);
    bool refuses_parts = false;
    bool chunked = false;
    for (const FakeTransport::Request& request : transport.requests()) {
      const PlannedAnswer* answer = urls.count(request.url) != 0 ? answer_of(request) : nullptr;
      if (answer && answer->may_be_fatal) return true;
      refuses_parts = refuses_parts || (answer && answer->refuses_parts);
      chunked = chunked || (answer && answer->how.alter);
    }
    if (file.told_wrong && chunked) return true;
    if (file.ranges.empty()) continue;
    if (refuses_parts) return true;
    for (const Site& site : script_.sites) {
      for (const FakeContentPtr& version : site.versions) {
        if (urls.count(site.url) != 0 && !packed(version->bytes, file.ranges)) return true;
      }
    }
  }
  return false;
}

// Whether the servers have what the job wants.
bool Play::must_succeed(std::size_t job) const {
  const PlannedJob& plan = script_.jobs[job];
  return std::all_of(plan.files.begin(), plan.files.end(), [&](const PlannedFile& file) {
    const auto now = packed(served(last_url_.at(file.local_name)).bytes, file.ranges);
    if (!now || !file.digest_of) return now.has_value();
    return now == packed(script_.sites[file.site].versions[*file.digest_of]->bytes, file.ranges);
  });
}

const FakeContent& Play::served(const std::string& url) const {
  for (const Site& site : script_.sites) {
    if (site.url == url) return *site.versions[versions_.at(url)];
  }
  throw std::out_of_range(url);
}

void Play::check_resume_mends(std::size_t job) {
  const JobId id = jobs_[job].id;
  if (!in_queue(id) || state_of(id) != JobState::error) return;
  for (std::size_t i = 0; i < script_.jobs[job].files.size(); ++i) {
    const auto file = file_snapshot(id, static_cast<std::uint32_t>(i));
    last_url_[file->file.local_name] = file->file.remote_name;
  }
  // Of each file the job may hold bytes that only its digest shows to be wrong.
  const std::size_t tries = script_.jobs[job].files.size() + 1;
  for (std::size_t i = 0; i < tries && state_of(id) == JobState::error; ++i) {
    call(job, JobCommand::resume);
    loop.advance(settling_time());
    check_calls();
  }
  check_rest(job, !must_succeed(job));
}

// ---- The end

// Complete takes what is whole, Cancel the rest away.
bool Play::finished(std::size_t job) {
  const bool whole = state_of(jobs_[job].id) == JobState::transferred;
  call(job, whole ? JobCommand::complete : JobCommand::cancel);
  loop.advance(seconds(60));
  const Pending<CommandOutcome> answer = calls_.back().answer;
  return answer->has_value() && (*answer)->ok() && (*answer)->value().code == S_OK;
}

void Play::check_end() {
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    if (!in_queue(jobs_[i].id)) continue;
    check_rest(i, true);
    const bool whole = state_of(jobs_[i].id) == JobState::transferred;
    const bool cancel_was_asked = jobs_[i].cancel_asked;
    bool done = finished(i);
    if (!done && cancel_was_asked) {
      // A Cancel that the store or a crash undid had already removed the files: Resume fetches them again.
      call(i, JobCommand::resume);
      loop.advance(settling_time());
      done = finished(i);
    }
    if (!done) wrong((whole ? "Complete" : "Cancel") + std::string(" did not succeed: ") + standing(i));
    if (in_queue(jobs_[i].id)) wrong("still in the queue: " + standing(i));
    for (const PlannedFile& file : script_.jobs[i].files) {
      if (whole && !cancel_was_asked && !files.exists(file.local_name))
        wrong(file.local_name + " isn't there after Complete");
    }
  }
  check_disk();
  if (!store.committed().empty()) wrong("jobs are left in the store");
}

}  // namespace dosvc
