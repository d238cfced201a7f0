#pragma once

#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "dbus/bus_daemon.h"
#include "fakes/adaptor_fixture.h"

namespace dosvc {

// The same as on direct connections, with a real message bus between the service and the programs.
class BusDaemonFixture : public AdaptorFixture {
 protected:
  void SetUp() override;
  void TearDown() override;

  void start_bus(const std::string& policy);
  BusPeer& program();
  // With the effective uid that it names, which is what the bus sees. Only root can.
  BusPeer& program_of(uid_t uid);
  // Waits for what other processes send, until `done`; no longer than half a minute.
  void turn_until(const std::function<bool()>& done) override;
  // Until everything that was sent before is here.
  void settle();
  // What it prints; with its exit status at the end when that isn't 0.
  std::string busctl(const std::vector<std::string>& arguments);

  std::unique_ptr<BusDaemon> bus;
  BusConnection* served = nullptr;  // until it is closed

 private:
  std::vector<UniqueFd> awaited_;
};

}  // namespace dosvc
