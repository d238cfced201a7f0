#pragma once

#include <memory>
#include <string>

#include "origin/wire.h"

namespace dosvc::origin {

// The https side: an authority and a certificate, made anew for each origin. Nothing signs by it but itself, so a
// client trusts the origin only when given the file. May be used from any thread.
class Tls {
 public:
  virtual ~Tls() = default;
  // Speaks to one client; the Tls outlives the channel.
  virtual std::unique_ptr<Channel> channel(int socket) = 0;
};

// What the server proves about itself, and what it wants proved. The default is right.
struct TlsOptions {
  enum class Staple { none, good, revoked };
  std::string names = "IP:127.0.0.1,DNS:localhost";
  std::string usage{};  // extended key usage, such as "clientAuth"; empty: any
  int first_day = -1;   // of the certificate, counted from today
  int last_day = 30;
  Staple staple = Staple::none;  // the OCSP response sent along, by the authority; the authority's certificate too
  bool wants_client_certificate = false;
};

// Writes to DIRECTORY: ca.pem, the authority's certificate; client.pem, a client's certificate that the authority
// signed, with its key; stranger.pem, one that nobody signed. Null when that fails.
std::unique_ptr<Tls> make_tls(const std::string& directory, const TlsOptions& options);

}  // namespace dosvc::origin
