#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "dbus/authority.h"
#include "dbus/bus_connection.h"

namespace dosvc::service {

// Root manages all jobs; others do when polkit, asked over the system bus, allows them the action org.dosvc1.manage.
// Without polkit, without a bus, and for callers who aren't on it: root alone. On the bus loop's thread.
class PolkitAuthority final : public Authority {
 public:
  // The connection on which polkit is asked; null: none.
  using Connection = std::function<BusConnection*()>;
  explicit PolkitAuthority(Connection connection) : connection_(std::move(connection)) {}

  void is_administrator(uid_t uid, const std::string& bus_name, bool interactive,
                        std::function<void(bool)> answer) override;

 private:
  const Connection connection_;
  std::map<std::uint64_t, PendingCall> asked_;
  std::uint64_t last_ = 0;
};

// One user's service: root alone.
class RootAuthority final : public Authority {
 public:
  void is_administrator(uid_t uid, const std::string&, bool, std::function<void(bool)> answer) override {
    answer(uid == 0);
  }
};

}  // namespace dosvc::service
