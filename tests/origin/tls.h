#pragma once

#include <memory>
#include <string>

#include "origin/wire.h"

namespace dosvc::origin {

// The https side: an authority and a certificate for 127.0.0.1 and localhost, made anew for each origin. Nothing signs
// by it but itself, so a client trusts the origin only when given the file. May be used from any thread.
class Tls {
 public:
  virtual ~Tls() = default;
  // Speaks to one client; the Tls outlives the channel.
  virtual std::unique_ptr<Channel> channel(int socket) = 0;
};

// Writes the authority's certificate to DIRECTORY/ca.pem. Null when that fails, and in a build without OpenSSL.
std::unique_ptr<Tls> make_tls(const std::string& directory);

}  // namespace dosvc::origin
