#include "client/own_service.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <optional>

#include "base/text.h"
#include "client/detached_program.h"
#include "client/own_file.h"
#include "core/own_place.h"
#include "core/private_folder.h"

namespace dosvc {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

Error no_service(std::string sentence) { return Error{DO_E_NO_SERVICE, ErrorContext::none, std::move(sentence)}; }

// As values of a D-Bus address are written.
std::string address_of(const std::string& path) {
  std::string address = "unix:path=";
  for (const char c : path) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || std::strchr("-_/.", c) != nullptr;
    address += plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return address;
}

// Where dosvcd lies, seen from the program or library that this is part of: installed, or in the build tree.
std::string installed_program() {
  const fs::path folder = own_file().parent_path();
  for (const char* place : {"dosvcd", "../bin/dosvcd", DOSVC_BIN_FROM_LIB "/dosvcd"}) {
    const fs::path path = (folder / place).lexically_normal();
    if (::access(path.c_str(), X_OK) == 0) return path.string();
  }
  return {};
}

// Held while a service is started. The file stays: to remove it would let two programs each have a lock.
class StartLock {
 public:
  static Result<StartLock> take(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    int locked = -1;
    while (fd && (locked = ::flock(fd.get(), LOCK_EX)) != 0 && errno == EINTR) continue;
    if (locked == 0) return StartLock(std::move(fd));
    return no_service(
        fmt::format("a service can't be started, since {} can't be locked: {}; DOSVC_STATE_DIR can name "
                    "another place for the queue",
                    escaped(path), std::strerror(errno)));
  }
  StartLock(StartLock&&) = default;
  StartLock& operator=(StartLock&&) = delete;
  ~StartLock() {
    // Not by closing alone: a child that was forked meanwhile has the descriptor as well.
    if (fd_) ::flock(fd_.get(), LOCK_UN);
  }

 private:
  explicit StartLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

// Everything that comes until the other end is closed, or until a first byte that is an end of line. Empty: the time is
// over.
std::optional<std::string> words_of(int pipe, steady_clock::time_point end) {
  std::string words;
  while (!words.starts_with('\n')) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - steady_clock::now()).count();
    pollfd waiting{pipe, POLLIN, 0};
    const int ready = left > 0 ? ::poll(&waiting, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::nullopt;
    char some[512];
    const ssize_t got = ::read(pipe, some, sizeof some);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    words.append(some, static_cast<std::size_t>(got));
  }
  return words;
}

}  // namespace

Result<FoundService> OwnService::find(bool start) {
  const std::string path = DO_TRY(own_socket_path());
  if (auto elsewhere = DO_TRY(find_by_link(path))) return *std::move(elsewhere);
  const fs::path folder = fs::path(path).parent_path();
  if (start || ::access(folder.c_str(), F_OK) == 0) folder_ = DO_TRY(make_private_folder(folder.string()));
  const std::string short_path = reachable(path);
  FoundService found;
  found.address.address = address_of(short_path);
  found.description = "own service at " + escaped(path);
  if (DO_TRY(answers(short_path))) return found;
  if (!start) return no_service("no service is running at " + escaped(path));
  const StartLock lock = DO_TRY(StartLock::take(path + ".lock"));
  if (DO_TRY(answers(short_path))) return found;
  DO_TRY(begin(path));
  if (DO_TRY(answers(short_path))) return found;
  return no_service(
      fmt::format("the service that was started doesn't listen on {}: it has ended already", escaped(path)));
}

// The service that this user's programs have started on the same queue, but with another environment.
Result<std::optional<FoundService>> OwnService::find_by_link(const std::string& usual_path) {
  const auto directory = default_state_directory();
  if (!directory || *directory + "/socket" == usual_path) return std::optional<FoundService>();
  const std::string path = *directory + "/socket";
  if (::access(path.c_str(), F_OK) != 0) return std::optional<FoundService>();
  folder_ = DO_TRY(make_private_folder(*directory));
  const std::string short_path = reachable(path);
  if (!DO_TRY(answers(short_path))) return std::optional<FoundService>();
  FoundService found;
  found.address.address = address_of(short_path);
  found.description = "own service at " + escaped(path);
  return std::optional<FoundService>(std::move(found));
}

std::string OwnService::reachable(const std::string& path) const {
  return path.size() < sizeof(sockaddr_un::sun_path) ? path : fmt::format("/proc/self/fd/{}/socket", folder_.get());
}

// Whether somebody takes a connection there. An error when it isn't this user.
Result<bool> OwnService::answers(const std::string& path) const {
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return no_service(std::string("a socket can't be made: ") + std::strerror(errno));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, sizeof name.sun_path - 1);
  int failed = -1;
  do {
    failed = ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name);
  } while (failed != 0 && errno == EINTR);
  if (failed != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR) return false;
    return no_service(fmt::format("the service at {} can't be reached: {}", escaped(path), std::strerror(errno)));
  }
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid()) return true;
  return Error{E_ACCESSDENIED, ErrorContext::none,
               fmt::format("the service at {} belongs to user {}, and this process runs as user {}: choose a place of "
                           "your own with DOSVC_STATE_DIR",
                           escaped(path), peer.uid, ::geteuid())};
}

// The lock is held.
Result<void> OwnService::begin(const std::string& path) {
  const std::string program = options_.program.empty() ? installed_program() : options_.program;
  if (program.empty()) {
    return no_service(
        "a service of one's own can't be started, since dosvcd isn't there: install dosvc again, or ask for transfers "
        "within the program with DOSVC_MODE=inproc");
  }
  const std::string directory = DO_TRY(default_state_directory());
  const UniqueFd words = DO_TRY(start_detached(
      {program, "--own", "--state-directory", directory, "--socket", path, "--ready-fd", std::to_string(kReadyFd)}));
  const auto said = words_of(words.get(), steady_clock::now() + options_.patience);
  if (!said) {
    return no_service(fmt::format("the service {} is not ready after {} s: its messages in the journal may tell why",
                                  escaped(program),
                                  std::chrono::ceil<std::chrono::seconds>(options_.patience).count()));
  }
  if (said->starts_with('\n')) return {};
  std::string why = said->empty() ? "it ended before it was ready" : *said;
  while (why.ends_with('\n')) why.pop_back();
  return no_service(fmt::format("the service {} can't be started: {}", escaped(program), escaped(why)));
}

ServiceWays service_ways(OwnService& own, bool start) {
  const char* address = ::getenv("DOSVC_ADDRESS");
  const char* directory = ::getenv("DOSVC_STATE_DIR");
  ServiceWays ways;
  if (address) ways.named_address = address;
  ways.state_directory_named = directory && *directory;
  ways.on_bus = [start](Bus bus) { return find_on_bus(bus, start); };
  ways.own = [&own, start] { return own.find(start); };
  return ways;
}

}  // namespace dosvc
