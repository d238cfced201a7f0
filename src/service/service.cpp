#include "service/service.h"

#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "service/configuration.h"
#include "service/end_deadline.h"

namespace dosvc::service {
namespace {

constexpr int kConnectionsPerUser = 256;
constexpr auto kShortBusPause = std::chrono::seconds(1);
constexpr auto kLongBusPause = std::chrono::minutes(1);
// Longer than an orderly end takes.
constexpr auto kWaitForPredecessor = std::chrono::seconds(4);
constexpr auto kLookForPredecessor = std::chrono::milliseconds(20);
constexpr std::uint64_t kBarrierMicroseconds = 5'000'000;
constexpr auto kOrderlyEnd = std::chrono::seconds(2);
// The unit has it in RestartForceExitStatus=: somebody called while the service was already leaving.
constexpr int kExitToComeBack = 75;

const Caller kAll{0, true};

// The state directory is ours while we run, and what an earlier service left there goes.
void remove_link(const std::string& path) {
  struct stat about {};
  if (::lstat(path.c_str(), &about) == 0 && S_ISLNK(about.st_mode)) ::unlink(path.c_str());
}

Error told_to_end() { return {E_ABORT, ErrorContext::none, "told to end while starting"}; }

std::uint64_t monotonic_microseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

}  // namespace

Service::Service(Options options, Timekeeper* time)
    : options_(std::move(options)), time_(time), report_(options_.ready_fd) {}

Service::~Service() = default;

Result<int> Service::run() {
  const auto begin = [this]() -> Result<void> {
    if (options_.kind == Kind::system && ::geteuid() != 0) {
      return Error{
          E_ACCESSDENIED, ErrorContext::none,
          "the system service works with the rights of its users, and so must be started by root: dosvcd --own is "
          "a service of your own"};
    }
    places_ = DO_TRY(find_places(options_));
    real_loop_ = DO_TRY(SdEventLoop::create());
    if (time_) moved_loop_ = time_->loop_over(*real_loop_);
    loop_ = moved_loop_ ? moved_loop_.get() : real_loop_.get();
    DO_TRY(open_engine());
    return open_doors();
  };
  if (auto begun = begin(); !begun) failure_ = begun.error();
  if (!failure_) real_loop_->run();
  if (failure_) {
    report_.failed(failure_->message);
    return *failure_;
  }
  log_info("The service ends.");
  end_at_the_latest_after(kOrderlyEnd, exit_code_);
  return exit_code_;
}

Result<void> Service::open_engine() {
  InProcessOptions engine;
  engine.state_directory = places_.state_directory;
  engine.settings = DO_TRY(read_configuration(places_.configuration, default_settings(options_.kind)));
  engine.time = time_;
  if (options_.kind == Kind::system) engine.serves = Serves::everybody;
  const auto until = std::chrono::steady_clock::now() + kWaitForPredecessor;
  for (;;) {
    auto opened = open_in_process(engine);
    if (opened) {
      engine_ = std::move(opened).take();
      journal_ = JobJournal::of(*engine_);
      return {};
    }
    // One user's service leaves by itself, and may be just about to when the next is started.
    const bool in_use = opened.error().code == HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION);
    if (options_.kind == Kind::system || !in_use || std::chrono::steady_clock::now() > until) return opened.error();
    if (Signals::end_within(kLookForPredecessor)) return told_to_end();
  }
}

Result<void> Service::open_doors() {
  signals_ = DO_TRY(Signals::watch(
      *loop_, [this] { end(); }, [this] { reload(); }));
  watchdog_.emplace(*loop_, *engine_);
  if (options_.kind == Kind::system) {
    logins_.emplace(*loop_, [this](Presence who) { engine_->set_presence(std::move(who)); });
    authority_ = std::make_unique<PolkitAuthority>([this] { return bus_ ? bus_->connection() : nullptr; });
  } else {
    authority_ = std::make_unique<RootAuthority>();
  }
  adaptor_ = std::make_unique<BusAdaptor>(*loop_, *engine_, *authority_);
  if (!places_.socket.empty()) {
    remove_link(link_to_socket());
    own_socket_ = DO_TRY(SocketServer::open(*loop_, {places_.socket, false, options_.ready_fd.has_value()},
                                            [this](UniqueFd fd, uid_t peer) { connected(std::move(fd), peer); }));
    // Where there can be no link it is only harder to find.
    if (places_.socket != link_to_socket()) (void)!::symlink(places_.socket.c_str(), link_to_socket().c_str());
  }
  if (!options_.listen.empty()) {
    further_socket_ = DO_TRY(SocketServer::open(*loop_, {options_.listen, options_.kind == Kind::system, false},
                                                [this](UniqueFd fd, uid_t peer) { connected(std::move(fd), peer); }));
  }
  if (options_.kind == Kind::own) {
    started();
    return {};
  }
  return open_bus();
}

void Service::connected(UniqueFd socket, uid_t peer) {
  int& count = connections_[peer];
  if (count >= kConnectionsPerUser && peer != 0) {
    write_log(LogLevel::warning, "A user has too many connections, and was refused another.", {{}, peer});
    return;
  }
  auto accepted = BusConnection::accept(*loop_, std::move(socket), peer);
  if (!accepted) return log_warning("A connection can't be served: {}.", accepted.error().message);
  ++count;
  adaptor_->serve(std::move(accepted).take(), [this, peer] {
    if (--connections_[peer] == 0) connections_.erase(peer);
  });
}

Result<void> Service::open_bus() {
  std::string address = options_.kind == Kind::system ? DO_TRY(system_bus_address()) : DO_TRY(session_bus_address());
  bus_ = std::make_unique<BusName>(*loop_, *adaptor_, std::move(address),
                                   [this](const Result<void>& how) { bus_changed(how); });
  bus_->acquire();
  return {};
}

void Service::bus_changed(const Result<void>& how) {
  if (how) {
    bus_pause_ = {};
    return started();
  }
  if (!started_ && options_.listen.empty()) {
    failure_ = how.error();
    return real_loop_->stop();
  }
  // The jobs go on meanwhile, and so do direct connections.
  bus_pause_ = std::clamp<Clock::duration>(bus_pause_ * 2, kShortBusPause, kLongBusPause);
  log_warning("The service can't be reached on the bus: {}; it is tried again.", how.error().message);
  bus_retry_ = loop_->after(bus_pause_, [this] { bus_->acquire(); });
  started();
}

void Service::started() {
  if (std::exchange(started_, true)) return;
  if (options_.kind != Kind::system) {
    idle_.emplace(
        *loop_, [this] { return has_nothing_to_do(); }, [this] { try_to_leave(); });
    adaptor_->on_activity([this] { idle_->activity(); });
  }
  ::sd_notify(0, "READY=1");
  report_.ready();
  log_info("The service is ready with the queue in {}.", places_.state_directory);
}

void Service::reload() {
  ::sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu", static_cast<unsigned long long>(monotonic_microseconds()));
  const auto settings = read_configuration(places_.configuration, default_settings(options_.kind));
  if (settings) {
    engine_->use(*settings);
    log_info("The configuration was read anew.");
  } else {
    log_error("{}; the settings stay as they were.", settings.error().message);
  }
  ::sd_notify(0, "READY=1");
}

void Service::end() {
  ::sd_notify(0, "STOPPING=1");
  // So that a program which comes now waits for the end before it starts another service; best effort.
  if (own_socket_ && own_socket_->begin_leaving()) leave_socket();
  real_loop_->stop();
}

void Service::leave_socket() {
  remove_link(link_to_socket());
  leaving_ = own_socket_->leave();
}

bool Service::has_nothing_to_do() const {
  const auto jobs = engine_->list(kAll, true);
  return adaptor_->direct_connections() == 0 && adaptor_->calls_underway() == 0 && jobs && jobs->empty();
}

// Beside the socket's rule (see SocketServer) there is the bus's: a call to a name that nobody has starts a service.
// Told beforehand that this one ends, systemd starts the next when it has. What came before the name was given back is
// served, and if that was a reason to stay systemd is asked for a new start, since it can't be told otherwise any more.
void Service::try_to_leave() {
  if (bus_asked_) return;
  if (own_socket_ && !own_socket_->begin_leaving()) return idle_->activity();
  if (!bus_) return leave_or_stay();
  systemd_was_told_ = ::sd_notify(0, "STOPPING=1") > 0;
  if (systemd_was_told_) ::sd_notify_barrier(0, kBarrierMicroseconds);
  bus_asked_ = true;
  bus_->release([this] { leave_or_stay(); });
}

void Service::leave_or_stay() {
  bus_asked_ = false;
  const bool wanted = !has_nothing_to_do() || (own_socket_ && own_socket_->somebody_waits());
  if (wanted && !systemd_was_told_) {
    if (own_socket_) own_socket_->stay();
    if (bus_) bus_->acquire();
    return idle_->activity();
  }
  if (wanted) exit_code_ = kExitToComeBack;
  if (own_socket_) leave_socket();
  log_info("There is nothing to do.");
  real_loop_->stop();
}

}  // namespace dosvc::service
