#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "origin/request.h"

namespace dosvc::origin {

// What the origin saw and gave: the part of it that a test asserts on. Every function may be called from any thread.
class Record {
 public:
  std::vector<Request> requests() const;
  std::vector<Request> requests_of(const std::string& path) const;
  // Bytes of bodies handed to the system, pages and content alike. The client may have read less, by what fits into the
  // buffers of the two sockets.
  std::uint64_t bytes_sent(const std::string& path) const;
  std::uint64_t bytes_sent() const;
  std::uint64_t connections() const;

  // Wait until it's so; false when it isn't within the time.
  bool wait_for_requests(const std::string& path, std::size_t count, std::chrono::milliseconds at_most) const;
  bool wait_for_bytes(const std::string& path, std::uint64_t count, std::chrono::milliseconds at_most) const;

  // Forgets everything so far, connections included.
  void clear();

  // For the server. Connections are numbered from 1 on, whatever was forgotten meanwhile.
  std::uint64_t count_connection();
  void add(const Request& request);
  void add_bytes(const std::string& path, std::uint64_t bytes);

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Request> requests_;
  std::map<std::string, std::size_t> counts_;
  std::map<std::string, std::uint64_t> bytes_;
  std::uint64_t connections_ = 0;
  std::uint64_t forgotten_connections_ = 0;
};

}  // namespace dosvc::origin
