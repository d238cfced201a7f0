#include "origin/login.h"

#include <openssl/evp.h>

#include <array>
#include <map>

namespace dosvc::origin {

namespace {

constexpr const char* kRealm = "origin";
constexpr const char* kNonce = "b7c1";  // the same for ever: nothing here is worth a replay

std::string base64(const std::string& text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string md5(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

// name=value, name="value": of what follows the scheme. Enough for values without commas and escapes.
std::map<std::string, std::string> parameters_of(std::string_view text) {
  std::map<std::string, std::string> found;
  while (!text.empty()) {
    const auto end = text.find(',');
    std::string_view pair = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    auto value = pair.substr(equals + 1);
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
    found.emplace(pair.substr(0, equals), value);
  }
  return found;
}

bool admits_digest(const Login& login, const Request& request, const std::string& said) {
  constexpr std::string_view kScheme = "Digest ";
  if (!said.starts_with(kScheme)) return false;
  auto given = parameters_of(std::string_view(said).substr(kScheme.size()));
  if (given["username"] != login.user || given["nonce"] != kNonce || given["uri"] != request.target) return false;
  const auto who = md5(login.user + ":" + kRealm + ":" + login.password);
  const auto what = md5(request.method + ":" + given["uri"]);
  return given["response"] ==
         md5(who + ":" + kNonce + ":" + given["nc"] + ":" + given["cnonce"] + ":" + given["qop"] + ":" + what);
}

}  // namespace

bool admits(const Login& login, const Request& request) {
  const auto said = request.header(login.proxy ? "Proxy-Authorization" : "Authorization");
  if (login.scheme == Login::Scheme::digest) return admits_digest(login, request, said);
  return said == "Basic " + base64(login.user + ":" + login.password);
}

std::string challenge_of(const Login& login) {
  const std::string realm = std::string("realm=\"") + kRealm + "\"";
  if (login.scheme == Login::Scheme::basic) return "Basic " + realm;
  return "Digest " + realm + ", nonce=\"" + kNonce + "\", algorithm=MD5, qop=\"auth\"";
}

}  // namespace dosvc::origin
