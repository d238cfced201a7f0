#pragma once

#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dosvc {

// Whether time alone may mend a failure. docs/decisions.md lists which is which.
enum class FailureClass : std::uint8_t { transient, fatal };

// Why a transfer stopped: the error as the program will see it, and what the retry policy needs to know.
struct Failure {
  Error error;
  FailureClass failure_class = FailureClass::fatal;
  int http_status = 0;                              // 0: no answer, or not HTTP's fault
  std::optional<std::chrono::seconds> retry_after;  // the server's wish

  friend bool operator==(const Failure&, const Failure&) = default;
};

// 0x80190000 + status ("BITS Return Values": BG_E_HTTP_ERROR_nnn).
constexpr HRESULT http_status_code(int status) {
  return static_cast<HRESULT>(0x80190000u | static_cast<unsigned>(status));
}

// Transient: 408, 429, 5xx but 501 and 505, and an odd 2xx or 3xx that time may change; all else is fatal.
FailureClass classify_http_status(int status);

// A final answer of this status that doesn't bring the file. `url` is where it came from, secrets and all: the message
// shows it redacted.
Failure http_failure(int status, std::string_view url);

}  // namespace dosvc
