#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "origin/behaviour.h"
#include "origin/record.h"
#include "origin/site.h"
#include "origin/tls.h"
#include "origin/wire.h"

namespace dosvc::origin {

// A web server on 127.0.0.1 that is right where nothing else is said and wrong exactly as told. It listens when the
// constructor returns; each connection has a thread of its own, and the destructor wakes and joins them all.
// Its functions may be called from any thread.
class Origin {
 public:
  struct Options {
    std::uint16_t port = 0;       // 0: any free one
    bool everywhere = false;      // at all addresses of its network namespace, not at 127.0.0.1 alone
    std::string tls_directory{};  // not empty: https as well, on a port of its own; see make_tls()
    TlsOptions tls{};
  };

  Origin() : Origin(Options{}) {}
  explicit Origin(const Options& options);
  ~Origin();
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;

  // Why it doesn't listen (port taken, no TLS); empty when it does.
  const std::string& error() const { return error_; }

  // `path` begins with '/' and stands in the URL as given, nothing encoded.
  std::string url(const std::string& path) const;
  std::string tls_url(const std::string& path) const;
  std::uint16_t port() const { return port_; }

  // See Site: the path is without query. Requests already being answered aren't touched.
  void serve(const std::string& path, Resource resource) { site_.serve(path, std::move(resource)); }
  void remove(const std::string& path) { site_.remove(path); }
  void intercept(std::optional<Behaviour> behaviour) { site_.intercept(std::move(behaviour)); }

  const Record& record() const { return record_; }
  Record& record() { return record_; }
  std::vector<Request> requests() const { return record_.requests(); }
  std::vector<Request> requests_of(const std::string& path) const { return record_.requests_of(path); }
  std::uint64_t bytes_sent(const std::string& path) const { return record_.bytes_sent(path); }
  std::uint64_t connections() const { return record_.connections(); }

 private:
  struct Worker {
    std::thread thread;
    std::atomic<bool> done{false};
  };

  void accept_until_stopped();
  void accept_one(int listener, bool tls);

  std::string error_;
  Fd stop_;
  Fd plain_;
  Fd secure_;
  std::uint16_t port_ = 0;
  std::uint16_t tls_port_ = 0;
  std::unique_ptr<Tls> tls_;
  Site site_;
  Record record_;
  std::list<Worker> workers_;  // touched by the acceptor alone, and by the destructor after it
  std::thread acceptor_;
};

}  // namespace dosvc::origin
