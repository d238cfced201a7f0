#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dosvc {

inline constexpr std::size_t kMaxUrlLength = 2200;  // of the whole text ("IBackgroundCopyJob::AddFile")

// The parts of an http or https URL, as parse_url() found them. Nothing is decoded: percent signs and dot segments
// stand as they were written.
struct Url {
  std::string scheme;                 // "http" or "https"
  std::string user_info;              // "user:password", empty when there is none: a secret, see redacted()
  std::string host;                   // lower case; an IPv6 address in one form, without its brackets
  std::optional<std::uint16_t> port;  // only when written
  std::string path;                   // begins with '/'
  std::string query;                  // without the '?'

  std::string text() const;  // the URL again, secrets included
  friend bool operator==(const Url&, const Url&) = default;
};

// Takes apart a URL from a stranger. Strict, so that no later reader of the same text can see another host in it:
// printable ASCII only, no backslash before the query, one '@' at most, a host name, dotted IPv4 address or bracketed
// IPv6 address, a port from 1 to 65535, at most kMaxUrlLength characters. A fragment is dropped.
//
// Fails with E_INVALIDARG; the message never shows more of the text than its scheme.
Result<Url> parse_url(std::string_view text);

// Whether two addresses have the same scheme, host and port, the scheme's own where none is written: what is for one
// server is for no other. False for what isn't a URL.
bool same_server(std::string_view a, std::string_view b);

// For logs and messages: neither the password (nor a user name standing alone, which is often a token) nor the values
// of the query are shown. The second form takes any text, and shows nothing of it if it isn't a URL.
std::string redacted(const Url& url);
std::string redacted(std::string_view text);

}  // namespace dosvc
