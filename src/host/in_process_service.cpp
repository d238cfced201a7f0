#include "host/in_process_service.h"

#include <chrono>
#include <future>
#include <optional>
#include <utility>

#include "base/loop_thread.h"
#include "core/own_place.h"
#include "engine/engine.h"
#include "files/posix_files.h"
#include "host/link_watch.h"
#include "host/state_directory.h"
#include "host/system_host.h"
#include "host/system_programs.h"
#include "store/sqlite_store.h"
#include "transport/curl_transport.h"

namespace dosvc {

namespace {

// What lives on the engine's thread, each above what uses it.
struct Parts {
  std::unique_ptr<Loop> moved_loop;  // in place of the thread's own, where tests move the time
  std::unique_ptr<SystemHost> host;
  std::unique_ptr<SystemPrograms> programs;
  std::unique_ptr<SqliteStore> store;
  std::unique_ptr<PosixFiles> files;
  std::unique_ptr<CurlTransport> transport;
  std::unique_ptr<RunningEngine> engine;
  std::optional<LinkWatch> links;
};

Result<std::unique_ptr<Parts>> make_parts(Loop& real_loop, const std::string& directory, const InProcessOptions& from) {
  auto parts = std::make_unique<Parts>();
  if (from.time) parts->moved_loop = from.time->loop_over(real_loop);
  Loop& loop = from.time ? *parts->moved_loop : real_loop;
  parts->host = std::make_unique<SystemHost>(directory, from.serves, from.time);
  parts->programs = std::make_unique<SystemPrograms>(loop);
  parts->store = DO_TRY(SqliteStore::open(directory + "/queue.db"));
  parts->files = std::make_unique<PosixFiles>(loop);
  TransportOptions transport = from.transport;
  transport.own_tickets = from.serves == Serves::one_user;
  parts->transport = DO_TRY(CurlTransport::create(loop, transport));
  EngineOptions options;
  options.transfers = from.transfers;
  options.settings = from.settings;
  parts->engine = DO_TRY(start_engine(
      EnginePorts{loop, *parts->store, *parts->transport, *parts->files, *parts->host, *parts->programs}, options));
  if (from.transfers) {
    parts->links.emplace(loop, [engine = parts->engine.get()](NetworkState network) { engine->set_network(network); });
  }
  return parts;
}

constexpr auto kPatience = std::chrono::seconds(2);

// The engine with its thread: made first, gone last, but for the lock on the directory.
struct Running {
  StateDirectoryLock lock;
  std::unique_ptr<LoopThread> thread;
  std::unique_ptr<Parts> parts;

  Running(StateDirectoryLock held, std::unique_ptr<LoopThread> loop_thread)
      : lock(std::move(held)), thread(std::move(loop_thread)) {}
  ~Running() {
    if (!parts) return;
    stop_in_order();
    thread->run_and_wait([this] { parts.reset(); });
  }

 private:
  // A disk that is too slow costs what came since the last checkpoint, not the user's patience.
  void stop_in_order() {
    auto stopped = std::make_shared<std::promise<void>>();
    thread->run_and_wait([&] { parts->engine->stop([stopped] { stopped->set_value(); }); });
    (void)stopped->get_future().wait_for(kPatience);
  }
};

class InProcessService final : public HostedEngine {
 public:
  explicit InProcessService(std::unique_ptr<Running> running) : running_(std::move(running)) {}

  ~InProcessService() override {
    LoopThread& thread = *running_->thread;
    end_thread_holder(thread, std::move(running_));
  }

  void use(ServiceSettings settings) override { engine().use(std::move(settings)); }
  void set_presence(Presence presence) override { engine().set_presence(std::move(presence)); }
  void create_job(const Caller& caller, NewJob spec, Reply<std::shared_ptr<JobView>> reply) override {
    engine().create_job(caller, std::move(spec), std::move(reply));
  }
  void add_files(const Caller& caller, const JobId& id, std::vector<NewFile> files,
                 Reply<std::uint32_t> reply) override {
    engine().add_files(caller, id, std::move(files), std::move(reply));
  }
  void command(const Caller& caller, const JobId& id, JobCommand command, Reply<CommandOutcome> reply) override {
    engine().command(caller, id, command, std::move(reply));
  }
  void change(const Caller& caller, const JobId& id, JobChange change, Reply<void> reply) override {
    engine().change(caller, id, std::move(change), std::move(reply));
  }
  void change_file(const Caller& caller, const JobId& id, std::uint32_t index, FileChange change,
                   Reply<void> reply) override {
    engine().change_file(caller, id, index, std::move(change), std::move(reply));
  }
  void replace_remote_prefix(const Caller& caller, const JobId& id, std::string old_prefix, std::string new_prefix,
                             Reply<std::uint32_t> reply) override {
    engine().replace_remote_prefix(caller, id, std::move(old_prefix), std::move(new_prefix), std::move(reply));
  }
  void set_client_certificate(const Caller& caller, const JobId& id, std::optional<CertificateChoice> choice,
                              Reply<void> reply) override {
    engine().set_client_certificate(caller, id, std::move(choice), std::move(reply));
  }
  void start_download(const Caller& caller, const JobId& id, std::optional<std::vector<FileRange>> ranges,
                      Reply<void> reply) override {
    engine().start_download(caller, id, std::move(ranges), std::move(reply));
  }
  void set_listener(const Caller& caller, const JobId& id, std::shared_ptr<JobListener> listener,
                    Reply<void> reply) override {
    engine().set_listener(caller, id, std::move(listener), std::move(reply));
  }
  Result<std::shared_ptr<JobView>> find(const Caller& caller, const JobId& id) const override {
    return engine().find(caller, id);
  }
  Result<std::vector<std::shared_ptr<JobView>>> list(const Caller& caller, bool all_users) const override {
    return engine().list(caller, all_users);
  }
  void observe(const Caller& caller, bool all_users, std::weak_ptr<QueueObserver> observer) override {
    engine().observe(caller, all_users, std::move(observer));
  }

 private:
  RunningEngine& engine() const { return *running_->parts->engine; }

  std::unique_ptr<Running> running_;
};

}  // namespace

Result<std::unique_ptr<HostedEngine>> open_in_process(InProcessOptions options) {
  std::string directory = std::move(options.state_directory);
  if (directory.empty()) directory = DO_TRY(default_state_directory());
  DO_TRY(prepare_state_directory(directory, options.serves));
  StateDirectoryLock lock = DO_TRY(StateDirectoryLock::take(directory));
  auto thread = DO_TRY(LoopThread::create("dosvc-engine"));
  auto running = std::make_unique<Running>(std::move(lock), std::move(thread));
  Loop& loop = running->thread->loop();
  running->parts = DO_TRY(running->thread->run_and_wait([&] { return make_parts(loop, directory, options); }));
  return std::unique_ptr<HostedEngine>(new InProcessService(std::move(running)));
}

}  // namespace dosvc
