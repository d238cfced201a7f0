#pragma once

#include <gtest/gtest.h>
#include <systemd/sd-bus.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "cli/program.h"
#include "fakes/temp_folder.h"
#include "origin/origin.h"

namespace dosvc::service_tests {

// No wait of these tests is longer; none comes near it unless something is wrong.
inline constexpr std::chrono::seconds kPatience{30};

// What a service tells systemd, in the order told.
class Notifications {
 public:
  explicit Notifications(const std::string& path);
  // Reads on until one has this line. False when none comes in time.
  bool wait_for(const std::string& line);
  std::vector<std::string> all;

 private:
  UniqueFd socket_;
};

// A program on a service's socket, without anything of ours between.
class Client {
 public:
  explicit Client(const std::string& socket_path, std::string job = {});
  // "": it went well; else the name of the error.
  std::string create_job(const std::string& name = "job");
  std::string add_file(const std::string& url, const std::string& local_name);
  std::string call_job(const char* method);  // without arguments
  std::string job() const { return job_; }   // the path of the last that was made
  // Empty when it can't be read.
  std::string text_property(const char* name);
  std::uint32_t number_property(const char* name);
  std::uint64_t large_property(const char* name);

 private:
  struct BusUnref {
    void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
  };
  std::unique_ptr<sd_bus, BusUnref> bus_;
  std::string job_;
};

// Real services on directories of the test's own; beside them the origin.
class ServiceTest : public testing::Test {
 protected:
  ServiceTest();

  // Starts dosvcd with these words behind its name, and where to find things.
  std::unique_ptr<cli_tests::Program> start(std::vector<std::string> words, const std::string& program = DOSVC_SERVICE);
  // One user's, ready; null (and a failure) when it isn't.
  std::unique_ptr<cli_tests::Program> start_own(std::vector<std::string> words = {},
                                                const std::string& program = DOSVC_SERVICE);
  // That of all users, without a bus, on system_socket_.
  std::unique_ptr<cli_tests::Program> start_system(std::vector<std::string> words = {});
  // The exit code and the output, when it ends by itself or was told to.
  static cli_tests::Finished end(cli_tests::Program& program, int signal = 0);
  // Tells the test clock of a service that was started with it.
  void move_clock(std::chrono::nanoseconds by) const;

  TempFolder home_;
  const std::string state_ = home_ / "state";
  const std::string socket_ = state_ + "/socket";
  const std::string system_socket_ = home_ / "system-socket";
  const std::string configuration_ = home_ / "dosvc.toml";
  const std::string downloads_ = home_ / "downloads";
  std::map<std::string, std::string> environment_;
  Notifications systemd_{home_ / "notify"};
  origin::Origin origin_;
};

// Runs `work` in a child process as that user; true when it says so.
bool as_user(uid_t user, const std::function<bool()>& work);
// Connects by way of the folder, which must be open already where the user may not go.
UniqueFd connect_to(const std::string& path);
// True when the other end closes it without having said anything.
bool is_turned_away(int socket);

}  // namespace dosvc::service_tests
