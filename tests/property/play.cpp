// The course of a script; what must hold then is in play_checks.cpp.
#include "property/play.h"

#include <utility>

namespace dosvc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kAnswersOfASite = 1000;

Error disk_error() {
  return {HRESULT_FROM_WIN32(ERROR_WRITE_FAULT), ErrorContext::local_file, "the disk has an error of its own"};
}

}  // namespace

Play::Play(Script script) : script_(std::move(script)), disk_speed_(script_.seed) {}

Play::~Play() {
  if (engine) stop();
}

std::vector<std::string> Play::run() {
  set_the_scene();
  began_ = loop.now();
  for (const PlannedEvent& event : script_.events) {
    loop.advance(event.at - (loop.now() - began_));
    perform(event);
    check_claims();
    if (!complaints_.empty()) return complaints_;
  }
  end_of_troubles();
  settle();
  return complaints_;
}

void Play::set_the_scene() {
  if (script_.slow_disk) {
    files.take_time([this](FakeFiles::Op) {
      const auto some = [this] { return milliseconds(disk_speed_.pick({0, 0, 1, 5, 40, 900})); };
      return FakeFiles::Delays{some(), some()};
    });
  }
  for (std::size_t i = 0; i < script_.sites.size(); ++i) {
    const Site& site = script_.sites[i];
    transport.serve(site.url, site.versions.front());
    versions_[site.url] = 0;
    for (std::size_t j = 0; j < site.answers.size(); ++j) {
      FakeBehaviour how = site.answers[j].how;
      how.tag = static_cast<int>(i) * kAnswersOfASite + static_cast<int>(j);
      transport.next(site.url, std::move(how));
    }
  }
  transport.set_pace(milliseconds(10));
  start();
  for (std::size_t i = 0; i < script_.jobs.size(); ++i) create(i);
  listen();
}

void Play::create(std::size_t number) {
  const PlannedJob& plan = script_.jobs[number];
  const Pending<std::shared_ptr<JobView>> made = ask<std::shared_ptr<JobView>>([&](auto reply) {
    NewJob spec;
    spec.view = plan.view;
    spec.priority = plan.priority;
    engine->create_job(user, spec, reply);
  });
  loop.advance(seconds(2));
  const JobId id = (*made)->value()->id();
  std::vector<NewFile> list;
  for (const PlannedFile& file : plan.files) {
    const Site& site = script_.sites[file.site];
    NewFile added{site.url, file.local_name};
    added.ranges = file.ranges;
    added.size = file.told_size;
    if (file.digest_of) added.sha256 = FakeFiles::sha256_of(site.versions[*file.digest_of]->bytes);
    if (auto whole = file.digest_of ? packed(site.versions[*file.digest_of]->bytes, file.ranges) : std::nullopt) {
      added.sha256 = FakeFiles::sha256_of(*whole);
    }
    urls_[file.local_name] = {site.url};
    last_url_[file.local_name] = site.url;
    list.push_back(std::move(added));
  }
  JobChange change;
  change.minimum_retry_delay = plan.retry_delay;
  change.no_progress_timeout = plan.no_progress_timeout;
  if (plan.high_performance) change.high_performance = true;
  const auto changed = ask<void>([&](auto reply) { engine->change(user, id, change, reply); });
  const auto added = ask<std::uint32_t>([&](auto reply) { engine->add_files(user, id, list, reply); });
  loop.advance(seconds(5));
  if (!added->has_value() || !(*added)->ok()) wrong("job " + std::to_string(number) + " could not be made");
  jobs_.push_back({id, nullptr, false});
}

// A listener lives in the program; after a restart it is there again.
void Play::listen() {
  for (RunningJob& job : jobs_) {
    job.listener = std::make_shared<RecordingListener>(loop);
    if (in_queue(job.id)) (void)ask<void>([&](auto reply) { engine->set_listener(user, job.id, job.listener, reply); });
  }
}

void Play::perform(const PlannedEvent& event) {
  switch (event.kind) {
    case EventKind::next_version:
      return next_version(event.target);
    case EventKind::command:
      return call(event.target, event.command);
    case EventKind::priority: {
      JobChange change;
      change.priority = static_cast<Priority>(event.value);
      (void)ask<void>([&](auto reply) { engine->change(user, jobs_[event.target].id, change, reply); });
      return;
    }
    case EventKind::move:
      return move(event.target, event.value);
    case EventKind::crash:
      return power(event.crash);
    case EventKind::restart:
      return restart_in_order();
    case EventKind::disk_is_full:
      return files.limit_space(event.value);
    case EventKind::disk_has_room:
      return files.limit_space(std::nullopt);
    case EventKind::write_fails:
      disk_failed_ = true;
      return files.fail_nth(FakeFiles::Op::write, event.value, disk_error());
    case EventKind::sync_fails:
      disk_failed_ = true;
      return files.fail_nth(FakeFiles::Op::sync, event.value, disk_error());
    case EventKind::open_fails:
      disk_failed_ = true;
      return files.fail_nth(FakeFiles::Op::open, event.value, disk_error());
    case EventKind::commit_fails:
      commit_failed_ = true;
      return store.fail_nth_commit(event.value, {E_FAIL, ErrorContext::queue, "the store has an error of its own"});
    case EventKind::clock_is_set:
      host.clock_set_by += seconds(event.value);
      return;
  }
}

void Play::next_version(std::size_t site) {
  const Site& at = script_.sites[site];
  std::size_t& version = versions_[at.url];
  version = (version + 1) % at.versions.size();
  transport.serve(at.url, at.versions[version]);
}

void Play::call(std::size_t job, JobCommand command) {
  const JobId id = jobs_[job].id;
  if (command == JobCommand::cancel) jobs_[job].cancel_asked = true;
  Call made{
      "command " + std::to_string(static_cast<int>(command)) + " to job " + std::to_string(job), job, command, {}};
  made.answer = ask<CommandOutcome>([&](auto reply) { engine->command(user, id, command, reply); });
  calls_.push_back(std::move(made));
}

void Play::move(std::size_t job, std::size_t site) {
  const std::string& local_name = script_.jobs[job].files.front().local_name;
  const std::string& url = script_.sites[site].url;
  urls_[local_name].insert(url);
  FileChange change;
  change.remote_name = url;
  (void)ask<void>([&](auto reply) { engine->change_file(user, jobs_[job].id, 0, change, reply); });
}

// What was asked and not answered is lost, done or not.
void Play::power(FakeFiles::Crash crash) {
  check_claims();
  calls_.clear();
  crash_and_restart(crash);
  listen();
}

// With an end in good order, as the service has it.
void Play::restart_in_order() {
  bool stopped = false;
  engine->stop([&] { stopped = true; });
  loop.advance(seconds(30));
  if (!stopped) wrong("the engine did not stop");
  check_claims();
  calls_.clear();
  stop();
  files.start_on(files.disk_after(FakeFiles::Crash::process));  // nothing of the old process is left
  start();
  listen();
}

// From here on every server answers well, the disk and the store work, and each program wants its files.
void Play::end_of_troubles() {
  for (const Site& site : script_.sites) transport.behave(site.url);
  files.limit_space(std::nullopt);
  for (const FakeFiles::Op op : {FakeFiles::Op::write, FakeFiles::Op::sync, FakeFiles::Op::open}) files.mend(op);
  store.mend();
  loop.advance(seconds(10));  // the store is asked again 5 s after it failed; calls are answered
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    if (in_queue(jobs_[i].id) && state_of(jobs_[i].id) == JobState::suspended) call(i, JobCommand::resume);
  }
}

void Play::settle() {
  loop.advance(settling_time());
  check_calls();
  for (std::size_t i = 0; i < jobs_.size(); ++i) check_rest(i, true);
  if (!complaints_.empty()) return;
  for (std::size_t i = 0; i < jobs_.size(); ++i) check_resume_mends(i);
  if (!complaints_.empty()) return;
  // What is at rest is on the disk.
  if (script_.seed % 2 == 0) power(FakeFiles::Crash::torn);
  loop.advance(seconds(10));
  check_claims();
  check_end();
}

const PlannedAnswer* Play::answer_of(const FakeTransport::Request& request) const {
  if (request.tag < 0) return nullptr;
  return &script_.sites[static_cast<std::size_t>(request.tag / kAnswersOfASite)]
              .answers[static_cast<std::size_t>(request.tag % kAnswersOfASite)];
}

std::string Play::trace() const {
  std::string text = "requests\n";
  for (const FakeTransport::Request& request : transport.requests()) {
    text +=
        "  at " + text_of(request.at - began_) + ": " + request.url + " from " + std::to_string(request.asked.offset);
    if (request.asked.end) text += " to " + std::to_string(*request.asked.end);
    if (request.asked.part) text += " (part)";
    const PlannedAnswer* answer = answer_of(request);
    text += ": " + (answer ? answer->text : std::string("answered well"));
    text += " -> " + std::to_string(request.status) + (request.taken ? ", taken\n" : "\n");
  }
  return text;
}

}  // namespace dosvc
