#pragma once

#include <string>

#include "lab/net_namespace.h"

namespace dosvc::lab {

// The socket's side of a network interface: who has the descriptor reads the frames that the kernel sends there, and
// writes those that it is to receive.
struct Tap {
  UniqueFd frames;
  std::string name;
};

// All of these are about the calling thread's namespace.

// Makes an interface and sets it up, without an address. It goes with its descriptor.
Result<Tap> make_tap(const std::string& name);
Result<void> give_address(const std::string& interface, const std::string& address);  // in a network of 24 bits
Result<void> set_up(const std::string& interface);
Result<std::string> hardware_address(const std::string& interface);  // six bytes
// Who has an address on the far side of an interface, so that the kernel need not ask there.
Result<void> tell_neighbour(const std::string& interface, const std::string& address, const std::string& hardware);

}  // namespace dosvc::lab
