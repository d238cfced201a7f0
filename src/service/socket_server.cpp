#include "service/socket_server.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "core/private_folder.h"
#include "service/signals.h"

namespace dosvc::service {
namespace {

constexpr int kWaitingConnections = 256;
constexpr int kAcceptedAtOnce = 32;
constexpr auto kLockPatience = std::chrono::seconds(10);
constexpr auto kLockRetry = std::chrono::milliseconds(20);
constexpr auto kPauseWithoutDescriptors = std::chrono::seconds(1);

Error cant(const std::string& do_what, const std::string& path, int number) {
  const bool denied = number == EACCES || number == EPERM || number == EROFS;
  return {denied ? E_ACCESSDENIED : E_FAIL, ErrorContext::none,
          fmt::format("can't {} {}: {}", do_what, escaped(path), ::strerror(number))};
}

Error taken(const std::string& path, const char* how) {
  return {HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION), ErrorContext::none,
          fmt::format("the socket {} is in use: {}", escaped(path), how)};
}

bool fits(const std::string& address) { return address.size() < sizeof sockaddr_un{}.sun_path; }

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

template <class Call>
int with_address(const std::string& path, Call call) {
  const sockaddr_un address = address_of(path);
  return call(reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(sizeof address));
}

}  // namespace

SocketServer::SocketServer(Loop& loop, Place place, Connected connected)
    : loop_(loop), place_(std::move(place)), connected_(std::move(connected)) {}

Result<std::unique_ptr<SocketServer>> SocketServer::open(Loop& loop, Place place, Connected connected) {
  auto server = std::unique_ptr<SocketServer>(new SocketServer(loop, std::move(place), std::move(connected)));
  DO_TRY(server->find_folder());
  {
    const UniqueFd lock = DO_TRY(server->take_lock());
    DO_TRY(server->bind());
  }
  server->listen_again();
  return server;
}

SocketServer::~SocketServer() { remove_socket(); }

Result<void> SocketServer::find_folder() {
  const std::filesystem::path path = place_.path;
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  name_ = path.filename().string();
  if (!place_.for_everybody) {
    folder_ = DO_TRY(make_private_folder(folder));
    return {};
  }
  folder_ = UniqueFd(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder_) return cant("open the folder", folder, errno);
  return {};
}

// With a starter it is his, unless he has died.
Result<UniqueFd> SocketServer::take_lock() const {
  const std::string file = place_.path + ".lock";
  UniqueFd lock(::openat(folder_.get(), (name_ + ".lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!lock) return cant("open", file, errno);
  const auto until = std::chrono::steady_clock::now() + kLockPatience;
  while (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return cant("lock", file, errno);
    if (place_.starter_holds_lock) break;
    if (std::chrono::steady_clock::now() > until) return taken(place_.path, "another process is starting a service");
    if (Signals::end_within(kLockRetry)) return Error{E_ABORT, ErrorContext::none, "told to end while starting"};
  }
  return lock;
}

Result<void> SocketServer::bind() {
  // A path that is too long for an address has a short one in /proc.
  std::string address = place_.path;
  if (!fits(address)) address = fmt::format("/proc/self/fd/{}/{}", folder_.get(), name_);
  if (!fits(address)) return cant("listen at", place_.path, ENAMETOOLONG);
  DO_TRY(clear_place(address));
  socket_ = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket_) return cant("make a socket for", place_.path, errno);
  const auto do_bind = [this](const sockaddr* at, socklen_t size) { return ::bind(socket_.get(), at, size); };
  if (with_address(address, do_bind) != 0) return cant("listen at", place_.path, errno);
  struct stat file {};
  const mode_t mode = place_.for_everybody ? 0666 : 0600;
  if (::fchmodat(folder_.get(), name_.c_str(), mode, 0) != 0 ||
      ::fstatat(folder_.get(), name_.c_str(), &file, AT_SYMLINK_NOFOLLOW) != 0 ||
      ::listen(socket_.get(), kWaitingConnections) != 0) {
    return cant("listen at", place_.path, errno);
  }
  inode_ = file.st_ino;
  return {};
}

Result<void> SocketServer::clear_place(const std::string& address) const {
  struct stat file {};
  if (::fstatat(folder_.get(), name_.c_str(), &file, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? Result<void>() : cant("look at", place_.path, errno);
  }
  if (!S_ISSOCK(file.st_mode)) return cant("listen at", place_.path, ENOTSOCK);
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto connect = [&probe](const sockaddr* at, socklen_t size) { return ::connect(probe.get(), at, size); };
  if (with_address(address, connect) == 0 || errno == EAGAIN) return taken(place_.path, "a service is there already");
  if (errno != ECONNREFUSED) return cant("try", place_.path, errno);
  if (::unlinkat(folder_.get(), name_.c_str(), 0) != 0) return cant("remove the old socket", place_.path, errno);
  return {};
}

void SocketServer::listen_again() {
  watch_ = loop_.watch(socket_.get(), Interest::readable, [this](Interest) { accept(); });
}

void SocketServer::accept() {
  for (int i = 0; i < kAcceptedAtOnce; ++i) {
    UniqueFd accepted(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!accepted) {
      if (errno == EAGAIN) return;
      if (errno == ECONNABORTED || errno == EINTR) continue;
      log_warning("No connection can be accepted at {}: {}.", place_.path, ::strerror(errno));
      watch_.reset();
      pause_ = loop_.after(kPauseWithoutDescriptors, [this] { listen_again(); });
      return;
    }
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(accepted.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) continue;
    if (!admits(peer.uid)) {
      write_log(LogLevel::warning, fmt::format("User {} was refused at {}.", peer.uid, place_.path), {{}, peer.uid});
      continue;
    }
    connected_(std::move(accepted), peer.uid);
  }
}

bool SocketServer::admits(uid_t uid) const { return place_.for_everybody || uid == 0 || uid == ::geteuid(); }

bool SocketServer::begin_leaving() {
  lock_ = UniqueFd(::openat(folder_.get(), (name_ + ".lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (lock_ && ::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) return true;
  lock_.reset();
  return false;
}

bool SocketServer::somebody_waits() const {
  pollfd door{socket_.get(), POLLIN, 0};
  return ::poll(&door, 1, 0) > 0;
}

UniqueFd SocketServer::leave() {
  remove_socket();
  return std::move(lock_);
}

// Not one that somebody else has put there since.
void SocketServer::remove_socket() {
  watch_.reset();
  pause_.reset();
  struct stat file {};
  if (inode_ != 0 && ::fstatat(folder_.get(), name_.c_str(), &file, AT_SYMLINK_NOFOLLOW) == 0 &&
      file.st_ino == inode_) {
    ::unlinkat(folder_.get(), name_.c_str(), 0);
  }
  inode_ = 0;
  socket_.reset();
}

}  // namespace dosvc::service
