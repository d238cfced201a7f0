#pragma once

#include <chrono>
#include <string>

namespace dosvc {

struct TransportOptions {
  std::chrono::milliseconds connect_timeout{30'000};  // name, connection and TLS handshake together
  std::chrono::milliseconds stall_timeout{60'000};    // without a byte from the server; looked at every 250 ms
  long connections_per_host = 16;
  long connections = 64;  // in all; what is above waits its turn
  // Whether jobs may log in with the Kerberos tickets of this process: only where it is the user of all of them.
  bool own_tickets = true;
  std::string user_agent;  // empty: "dosvc/" and the version
};

}  // namespace dosvc
