#pragma once

#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dosvc {

// Whether time alone may mend a failure. docs/decisions.md lists which is which.
enum class FailureClass : std::uint8_t { transient, fatal };

// What kind of thing went wrong. How long to wait follows from it (core/retry_policy.h), what is said of the wait
// (engine/waits.cpp), and whether others who want the same host had better wait, too (core/host_memory.h).
enum class FailureKind : std::uint8_t {
  other,
  name,         // of the server or the proxy can't be found
  connection,   // refused, out of reach, cut, silent for too long; a TLS handshake that was cut, too
  certificate,  // of the server or of the job: somebody must do something
  status,       // the answer of a server that is none of the next two
  rate_limit,   // 429: we ask too often
  overload,     // 502, 503, 504: the server, or what is behind it, can't keep up
  network,      // the machine has none
  disk_full,
  disk_quota,
  local  // a file, the user database
};
// "rate limit"
std::string_view name_of(FailureKind kind);

// Why a transfer stopped: the error as the program will see it, and what the retry policy needs to know.
struct Failure {
  Error error;
  FailureClass failure_class = FailureClass::fatal;
  int http_status = 0;                              // 0: no answer, or not HTTP's fault
  std::optional<std::chrono::seconds> retry_after;  // the server's wish
  FailureKind kind = FailureKind::other;

  friend bool operator==(const Failure&, const Failure&) = default;
};

// 0x80190000 + status ("BITS Return Values": BG_E_HTTP_ERROR_nnn).
constexpr HRESULT http_status_code(int status) {
  return static_cast<HRESULT>(0x80190000u | static_cast<unsigned>(status));
}

// Transient: 408, 429, 5xx but 501 and 505, and an odd 2xx or 3xx that time may change; all else is fatal.
FailureClass classify_http_status(int status);
FailureKind kind_of_http_status(int status);

// A failure of the disk or of what belongs to it: transient where a full disk, a quota or a user database that can't
// be asked is to blame.
Failure local_failure(Error error);

// A final answer of this status that doesn't bring the file. `url` is where it came from, secrets and all: the message
// shows it redacted.
Failure http_failure(int status, std::string_view url);

}  // namespace dosvc
