#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dosvc {

enum class ProxyUsage : std::uint8_t {
  preconfigured = 0,
  none = 1,
  listed = 2,
  detected = 3
};  // as BG_JOB_PROXY_USAGE

// As the program gave them: the lists are for ProxyUsage::listed alone.
struct ProxySettings {
  ProxyUsage usage = ProxyUsage::preconfigured;
  std::string proxies;  // separated by spaces or semicolons
  std::string bypass;

  friend bool operator==(const ProxySettings&, const ProxySettings&) = default;
};

enum class AuthTarget : std::uint8_t { server = 1, proxy = 2 };                           // as BG_AUTH_TARGET
enum class AuthScheme : std::uint8_t { basic = 1, digest = 2, ntlm = 3, negotiate = 4 };  // as BG_AUTH_SCHEME

// Both texts empty with NTLM or Negotiate: the identity that the owner has already.
struct Credentials {
  AuthTarget target = AuthTarget::server;
  AuthScheme scheme = AuthScheme::basic;
  std::string user;
  std::string password;

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

struct ClientCertificate {
  std::uint32_t store_location = 0;  // as BG_CERT_STORE_LOCATION
  std::string store;                 // its name, "MY"; empty: it was given as bytes
  std::string sha1;                  // of the certificate, 40 hex digits in lower case
  std::string subject;
  std::string pem;  // the certificate, those that lead to its root, and its key: a secret

  friend bool operator==(const ClientCertificate&, const ClientCertificate&) = default;
};

// Bits of the security flags, BG_SSL_… and BG_HTTP_REDIRECT_POLICY_…
// ("IBackgroundCopyJobHttpOptions::SetSecurityFlags").
namespace security {
inline constexpr std::uint32_t kCheckRevocation = 0x0001;
inline constexpr std::uint32_t kIgnoreName = 0x0002;
inline constexpr std::uint32_t kIgnoreDate = 0x0004;
inline constexpr std::uint32_t kIgnoreUnknownCa = 0x0008;
inline constexpr std::uint32_t kIgnoreUsage = 0x0010;
inline constexpr std::uint32_t kRedirectPolicy = 0x0700;
inline constexpr std::uint32_t kRedirectSilently = 0x0000;
inline constexpr std::uint32_t kRedirectReported = 0x0100;  // the file's remote name becomes the final address
inline constexpr std::uint32_t kRedirectRefused = 0x0200;
inline constexpr std::uint32_t kRedirectToHttp = 0x0800;  // https may lead to http
}  // namespace security

// How the job's requests are made. Holds secrets: never logged; only without_secrets() is shown.
struct HttpOptions {
  std::string method;                     // empty: GET
  std::vector<std::string> headers;       // "Name: value", sent with every request
  bool headers_hidden = false;            // the program wants them never to be read back
  std::vector<std::string> auth_headers;  // sent over https only, to a server that answered 401
  std::vector<Credentials> credentials;   // one for a target and scheme; those for the server go to the first host only
  std::optional<ClientCertificate> client_certificate;
  std::uint32_t security_flags = 0;
  ProxySettings proxy;
  std::string ca_file;  // absolute path of a PEM bundle used in place of the system's
  // The proxy variables of the program that made the job, for ProxyUsage::preconfigured; empty: direct.
  std::string http_proxy;
  std::string https_proxy;
  std::string no_proxy;

  // What may be shown to the owner: without names, passwords and keys.
  HttpOptions without_secrets() const;
  friend bool operator==(const HttpOptions&, const HttpOptions&) = default;
};

}  // namespace dosvc
