#pragma once

#include <string>

#include "origin/request.h"

namespace dosvc::origin {

// A name and password that requests must bring (RFC 7617, RFC 7616 with MD5).
struct Login {
  enum class Scheme { basic, digest };
  Scheme scheme = Scheme::basic;
  std::string user;
  std::string password;
  bool proxy = false;  // the origin asks as a proxy
};

bool admits(const Login& login, const Request& request);

// The value of WWW-Authenticate or Proxy-Authenticate.
std::string challenge_of(const Login& login);

}  // namespace dosvc::origin
