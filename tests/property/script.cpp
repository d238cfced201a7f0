#include "property/script.h"

#include <algorithm>
#include <utility>

#include "property/answers.h"
#include "property/chance.h"

namespace dosvc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string random_bytes(std::uint64_t size, Chance& chance) {
  std::string bytes(size, '\0');
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t word = chance.next();
    bytes.replace(at, std::min(sizeof word, bytes.size() - at), reinterpret_cast<const char*>(&word),
                  std::min(sizeof word, bytes.size() - at));
  }
  return bytes;
}

std::string two_digits(std::uint64_t number) { return std::to_string(100 + number % 100).substr(1); }

// What a server tells of its versions.
enum class Telling : std::uint8_t { etag_and_date, etag, weak_etag_and_date, weak_etag, date, nothing };

class Author {
 public:
  explicit Author(std::uint64_t seed) : chance_(seed) { script_.seed = seed; }

  Script write() {
    const bool lies = chance_.one_in(6);
    const std::uint64_t sites = chance_.between(1, 3);
    for (std::uint64_t i = 0; i < sites; ++i) add_site(lies);
    const std::uint64_t jobs = chance_.pick<std::uint64_t>({1, 1, 1, 2, 2, 3, 5});
    for (std::uint64_t i = 0; i < jobs; ++i) add_job(i);
    add_events();
    script_.slow_disk = chance_.one_in(3);
    return std::move(script_);
  }

 private:
  std::uint64_t some_size() {
    switch (chance_.below(10)) {
      case 0:
        return chance_.below(3);
      case 1:
      case 2:
        return chance_.between(1, 300);
      case 3:
      case 4:
      case 5:
        return chance_.between(1, 70'000);
      case 6:
      case 7:
        return chance_.between(1, 1u << 20);
      case 8:
        return chance_.between(1u << 20, 8u << 20);  // worth several connections
      default:
        return chance_.one_in(4) ? chance_.between(8u << 20, 20u << 20) : chance_.between(1, 4096);
    }
  }

  void add_site(bool lies) {
    Site site;
    site.url = "http://server" + std::to_string(script_.sites.size()) + "/file";
    site.lies = lies;
    if (!script_.sites.empty() && chance_.one_in(3)) {
      site.versions = script_.sites.back().versions;  // a mirror
    } else {
      add_versions(site);
    }
    const std::uint64_t answers = chance_.pick<std::uint64_t>({0, 1, 2, 3, 5, 8, 12, 25});
    AnswerWriter writer(chance_, site);
    for (std::uint64_t i = 0; i < answers; ++i) site.answers.push_back(writer.write());
    script_.sites.push_back(std::move(site));
  }

  void add_versions(Site& site) {
    const auto telling = static_cast<Telling>(chance_.pick<int>({0, 0, 0, 1, 1, 2, 3, 4, 4, 5}));
    const std::uint64_t versions = chance_.pick<std::uint64_t>({1, 1, 2, 2, 3});
    std::uint64_t size = some_size();
    const bool same_size = telling != Telling::nothing && chance_.one_in(2);
    for (std::uint64_t i = 0; i < versions; ++i) {
      // Where nothing tells one version from another, the size must.
      if (i > 0 && !same_size) size = std::max(size + chance_.between(1, 9), chance_.one_in(2) ? 0 : some_size());
      site.versions.push_back(
          std::make_shared<FakeContent>(FakeContent{random_bytes(size, chance_), next_validator(telling)}));
    }
  }

  // No two versions have the same one, wherever they are.
  Validator next_validator(Telling telling) {
    const std::uint64_t number = ++last_validator_;
    const std::string tag = "\"v" + std::to_string(number) + "\"";
    const std::string date = "Tue, 01 Jan 2030 00:" + two_digits(number / 60) + ":" + two_digits(number % 60) + " GMT";
    switch (telling) {
      case Telling::etag_and_date:
        return {tag, date};
      case Telling::etag:
        return {tag, {}};
      case Telling::weak_etag_and_date:
        return {"W/" + tag, date};
      case Telling::weak_etag:
        return {"W/" + tag, {}};
      case Telling::date:
        return {{}, date};
      case Telling::nothing:
        break;
    }
    return {};
  }

  void add_job(std::uint64_t number) {
    PlannedJob job;
    job.view = chance_.one_in(2) ? ApiView::bits : ApiView::delivery_optimization;
    job.priority = static_cast<Priority>(chance_.below(4));
    job.high_performance = job.view == ApiView::bits && chance_.one_in(3);
    job.retry_delay = seconds(chance_.pick({5, 5, 60, 600}));
    if (chance_.one_in(6)) job.no_progress_timeout = seconds(chance_.pick({0, 30, 600, 3600}));
    const std::uint64_t files = chance_.pick<std::uint64_t>({1, 1, 1, 2, 3, 10});
    for (std::uint64_t i = 0; i < files; ++i) {
      job.files.push_back(file("/dl/" + std::to_string(number) + "-" + std::to_string(i)));
    }
    script_.jobs.push_back(std::move(job));
  }

  PlannedFile file(std::string local_name) {
    PlannedFile file;
    file.local_name = std::move(local_name);
    file.site = chance_.below(script_.sites.size());
    const Site& site = script_.sites[file.site];
    if (chance_.one_in(4)) file.ranges = ranges_of(site);
    if (chance_.one_in(5)) {
      file.told_size = site.versions[0]->bytes.size();
      file.told_wrong = file.ranges.empty() && chance_.one_in(3);
      if (file.told_wrong) *file.told_size += chance_.one_in(2) || *file.told_size == 0 ? 1 : -1;
    }
    if (site.lies || chance_.one_in(4)) file.digest_of = chance_.below(site.versions.size());
    return file;
  }

  // Some stretches of the file, in any order; now and then one that isn't there in every version.
  std::vector<FileRange> ranges_of(const Site& site) {
    std::uint64_t size = site.largest();
    if (!chance_.one_in(5)) {
      for (const FakeContentPtr& version : site.versions) size = std::min<std::uint64_t>(size, version->bytes.size());
    }
    if (size < 8) return {};
    std::vector<std::uint64_t> cuts;
    for (std::uint64_t i = 0; i < 2 * chance_.between(1, 3); ++i) cuts.push_back(chance_.below(size));
    std::sort(cuts.begin(), cuts.end());
    std::vector<FileRange> ranges;
    for (std::size_t i = 0; i + 1 < cuts.size(); i += 2) {
      if (cuts[i] < cuts[i + 1]) ranges.push_back({cuts[i], cuts[i + 1] - cuts[i]});
    }
    if (!ranges.empty() && chance_.one_in(4)) ranges.back().length = FileRange::kToEnd;
    if (chance_.one_in(2)) std::reverse(ranges.begin(), ranges.end());
    return ranges;
  }

  void add_events() {
    for (std::size_t i = 0; i < script_.jobs.size(); ++i) {
      script_.events.push_back({milliseconds(chance_.one_in(2) ? 0 : chance_.below(3000)), EventKind::command, i});
    }
    const std::uint64_t horizon = chance_.pick<std::uint64_t>({1, 10, 100, 1000, 15'000}) * 1000;
    const std::uint64_t events = chance_.pick<std::uint64_t>({0, 1, 2, 3, 5, 8, 12});
    for (std::uint64_t i = 0; i < events; ++i) {
      PlannedEvent happens = event();
      happens.at = milliseconds(chance_.below(horizon));
      script_.events.push_back(happens);
    }
    std::stable_sort(script_.events.begin(), script_.events.end(),
                     [](const PlannedEvent& a, const PlannedEvent& b) { return a.at < b.at; });
  }

  PlannedEvent event() {
    PlannedEvent event;
    switch (chance_.below(16)) {
      case 0:
      case 1:
      case 2:
        event.kind = EventKind::next_version;
        event.target = chance_.below(script_.sites.size());
        return event;
      case 3:
      case 4:
      case 5:
        event.kind = EventKind::crash;
        event.crash = chance_.pick(
            {FakeFiles::Crash::process, FakeFiles::Crash::power, FakeFiles::Crash::torn, FakeFiles::Crash::torn});
        return event;
      case 6:
        event.kind = EventKind::restart;
        return event;
      case 7:
        return trouble_of_the_disk();
      case 8:
        event.kind = chance_.one_in(3) ? EventKind::clock_is_set : EventKind::commit_fails;
        event.value = event.kind == EventKind::clock_is_set ? chance_.between(1, 100'000) : chance_.between(1, 4);
        return event;
      case 9:
        return move();
      default:
        return call();
    }
  }

  PlannedEvent call() {
    PlannedEvent event;
    event.kind = EventKind::command;
    event.target = chance_.below(script_.jobs.size());
    if (chance_.one_in(6)) {
      event.kind = EventKind::priority;
      event.value = chance_.below(4);
    }
    event.command = chance_.pick({JobCommand::suspend, JobCommand::suspend, JobCommand::resume, JobCommand::resume,
                                  JobCommand::resume, JobCommand::resume, JobCommand::complete, JobCommand::cancel});
    return event;
  }

  PlannedEvent trouble_of_the_disk() {
    PlannedEvent event;
    event.kind = chance_.pick({EventKind::disk_is_full, EventKind::disk_is_full, EventKind::disk_has_room,
                               EventKind::write_fails, EventKind::sync_fails, EventKind::open_fails});
    event.value = event.kind == EventKind::disk_is_full ? chance_.below(3u << 20) : chance_.between(1, 4);
    return event;
  }

  // To another site, when something tells its versions from these.
  PlannedEvent move() {
    PlannedEvent event;
    event.kind = EventKind::move;
    event.target = chance_.below(script_.jobs.size());
    event.value = chance_.below(script_.sites.size());
    const PlannedFile& file = script_.jobs[event.target].files.front();
    const bool all_tell = std::all_of(script_.sites.begin(), script_.sites.end(),
                                      [](const Site& site) { return !site.versions.front()->validator.empty(); });
    if (file.ranges.empty() || all_tell) return event;
    return call();
  }

  Chance chance_;
  Script script_;
  std::uint64_t last_validator_ = 0;
};

}  // namespace

std::uint64_t Site::largest() const {
  std::uint64_t size = 0;
  for (const FakeContentPtr& version : versions) size = std::max<std::uint64_t>(size, version->bytes.size());
  return size;
}

Script make_script(std::uint64_t seed) { return Author(seed).write(); }

std::string packed_front(const std::string& bytes, const std::vector<FileRange>& ranges) {
  if (ranges.empty()) return bytes;
  std::string front;
  for (const FileRange& range : ranges) {
    const std::uint64_t there = bytes.size() - std::min<std::uint64_t>(bytes.size(), range.offset);
    const std::uint64_t length = range.length == FileRange::kToEnd ? there : range.length;
    if (length == 0 || length > there) break;
    front.append(bytes, range.offset, length);
  }
  return front;
}

std::optional<std::string> packed(const std::string& bytes, const std::vector<FileRange>& ranges) {
  for (const FileRange& range : ranges) {
    const std::uint64_t length = range.length == FileRange::kToEnd ? 1 : range.length;
    if (range.offset >= bytes.size() || length > bytes.size() - range.offset) return std::nullopt;
  }
  return packed_front(bytes, ranges);
}

}  // namespace dosvc
