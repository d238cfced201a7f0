#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>

#include "base/loop.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace dosvc::service {

// A socket at which programs reach the service directly. It belongs to the loop's thread.
//
// Programs that find nobody there start a service of their own, and a service that has nothing to do leaves; that they
// don't miss each other is the work of a lock (flock) on the file <socket>.lock. A program takes it, tries to connect
// again, starts the service, and keeps it until the service is ready. A service that leaves takes it, looks whether
// somebody is connecting, removes the socket and keeps the lock until its process ends. Whoever has connected without
// the lock meanwhile gets an end of file before any answer, and begins anew.
class SocketServer {
 public:
  struct Place {
    std::string path;
    bool for_everybody = false;  // else for the user of this process, and root; its folder is made, and is his alone
    bool starter_holds_lock = false;  // somebody has started the service for himself, and waits
  };
  using Connected = std::function<void(UniqueFd socket, uid_t peer)>;

  // Replaces a socket that a service has left behind. ERROR_SHARING_VIOLATION when one serves there.
  static Result<std::unique_ptr<SocketServer>> open(Loop& loop, Place place, Connected connected);
  ~SocketServer();  // removes the socket
  SocketServer(const SocketServer&) = delete;
  SocketServer& operator=(const SocketServer&) = delete;

  // Takes the lock; false when a program has it, which wants the service to be there.
  bool begin_leaving();
  void stay() { lock_.reset(); }
  // Whether somebody has connected and isn't served yet.
  bool somebody_waits() const;
  // Removes the socket, and hands over the lock, which is to be kept until the process ends.
  UniqueFd leave();

 private:
  SocketServer(Loop& loop, Place place, Connected connected);
  Result<void> find_folder();
  Result<UniqueFd> take_lock() const;
  Result<void> bind();
  Result<void> clear_place(const std::string& address) const;
  void listen_again();
  void accept();
  bool admits(uid_t uid) const;
  void remove_socket();

  Loop& loop_;
  const Place place_;
  const Connected connected_;
  UniqueFd folder_;
  std::string name_;  // of the socket, in the folder
  UniqueFd socket_;
  UniqueFd lock_;
  ino_t inode_ = 0;  // of the socket as a file, once it is ours
  Watch watch_;
  Timer pause_;
};

}  // namespace dosvc::service
