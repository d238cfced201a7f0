#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/http_options.h"

namespace dosvc {

// What libcurl can be told of a job's credentials for one target: one name and password, and CURLAUTH_ bits.
struct Login {
  std::string user;
  std::string password;
  unsigned long schemes = 0;

  friend bool operator==(const Login&, const Login&) = default;
};

// Of several credentials that of the strongest scheme counts (Negotiate, NTLM, Digest, Basic), and the other schemes
// that have the same name and password. Basic alone goes out with the first request, as with curl; all else is said
// when it is asked for. Nothing when there are none for this target.
std::optional<Login> login_for(AuthTarget target, const std::vector<Credentials>& given);

}  // namespace dosvc
