#include "transport/login.h"

#include <curl/curl.h>

namespace dosvc {
namespace {

unsigned long bit_of(AuthScheme scheme) {
  switch (scheme) {
    case AuthScheme::basic:
      return CURLAUTH_BASIC;
    case AuthScheme::digest:
      return CURLAUTH_DIGEST;
    case AuthScheme::ntlm:
      return CURLAUTH_NTLM;
    case AuthScheme::negotiate:
      return CURLAUTH_NEGOTIATE;
  }
  return CURLAUTH_NONE;
}

}  // namespace

std::optional<Login> login_for(AuthTarget target, const std::vector<Credentials>& given) {
  const Credentials* strongest = nullptr;
  for (const Credentials& each : given) {
    if (each.target == target && (!strongest || each.scheme > strongest->scheme)) strongest = &each;
  }
  if (!strongest) return {};
  Login login{strongest->user, strongest->password, 0};
  for (const Credentials& each : given) {
    if (each.target == target && each.user == login.user && each.password == login.password) {
      login.schemes |= bit_of(each.scheme);
    }
  }
  // Beside another bit libcurl waits for the server to ask.
  if (login.schemes != CURLAUTH_BASIC) login.schemes |= CURLAUTH_ONLY;
  return login;
}

}  // namespace dosvc
