#pragma once

#include <memory>
#include <string>

#include "lab/emulator.h"
#include "lab/net_namespace.h"

namespace dosvc::lab {

inline constexpr const char* kServerAddress = "10.77.0.1";
inline constexpr const char* kClientAddress = "10.77.0.2";

// Two hosts and a link between them: a server in a network namespace of its own, a client in another. "Down" is from
// the server to the client. Both keep nothing from one connection for the next (tcp_no_metrics_save), and the server
// avoids congestion by `cubic`, whatever this machine does: bbr would hide what loss costs. All of it goes with this
// object, or with its process.
class Lab {
 public:
  // Why there can be none here, such as no right to make a network namespace; empty when there can.
  static std::string obstacle();
  static Result<Lab> create(const Link& link);

  const NetNamespace& server() const { return server_; }
  const NetNamespace& client() const { return client_; }
  Emulator& link() const { return *link_; }

  // By which algorithm the server's new connections avoid congestion, as the kernel says.
  Result<std::string> congestion_control() const;

 private:
  Lab(NetNamespace server, NetNamespace client, std::unique_ptr<Emulator> link)
      : server_(std::move(server)), client_(std::move(client)), link_(std::move(link)) {}

  NetNamespace server_;
  NetNamespace client_;
  std::unique_ptr<Emulator> link_;
};

}  // namespace dosvc::lab
