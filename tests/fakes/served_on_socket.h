#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "base/loop_thread.h"
#include "dbus/adaptor.h"

namespace dosvc {

class NobodyElse final : public Authority {
 public:
  void is_administrator(uid_t uid, const std::string&, bool, std::function<void(bool)> answer) override {
    answer(uid == 0);
  }
};

// A JobService at a socket, as dosvcd would serve it, on a thread of its own. It goes and comes as the test wants; the
// service behind it stays.
class ServedOnSocket {
 public:
  ServedOnSocket(JobService& service, std::string path) : service_(service), path_(std::move(path)) { begin(); }
  ~ServedOnSocket() { end(); }
  ServedOnSocket(const ServedOnSocket&) = delete;
  ServedOnSocket& operator=(const ServedOnSocket&) = delete;

  std::string address() const { return "unix:path=" + path_; }

  void begin() {
    auto thread = LoopThread::create("test-service");
    ASSERT_TRUE(thread);
    thread_ = std::move(thread).take();
    thread_->run_and_wait([&] {
      adaptor_ = std::make_unique<BusAdaptor>(thread_->loop(), service_, authority_);
      socket_ = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      sockaddr_un name{};
      name.sun_family = AF_UNIX;
      path_.copy(name.sun_path, sizeof name.sun_path - 1);
      ASSERT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
      ASSERT_EQ(::listen(socket_.get(), 64), 0);
      watch_ = thread_->loop().watch(socket_.get(), Interest::readable, [this](Interest) { accept(); });
    });
  }
  // As if killed: what is underway is not answered.
  void end() {
    if (!thread_) return;
    thread_->run_and_wait([&] {
      watch_.reset();
      socket_.reset();
      ::unlink(path_.c_str());
      adaptor_.reset();
    });
    thread_.reset();
  }

 private:
  void accept() {
    UniqueFd peer(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!peer) return;
    auto connection = BusConnection::accept(thread_->loop(), std::move(peer), ::geteuid());
    ASSERT_TRUE(connection) << connection.error().message;
    adaptor_->serve(std::move(connection).take(), [] {});
  }

  JobService& service_;
  const std::string path_;
  NobodyElse authority_;
  std::unique_ptr<LoopThread> thread_;
  std::unique_ptr<BusAdaptor> adaptor_;
  UniqueFd socket_;
  Watch watch_;
};

}  // namespace dosvc
