#pragma once

#include "core/failure.h"
#include "core/http_date.h"
#include "core/job.h"
#include "core/validator.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace dosvc {

// The head of a final answer (not 1xx, not a redirect that is being followed). Every field is the server's word:
// hostile.
struct ResponseHead {
  int status = 0;
  std::string etag;
  std::string last_modified;
  std::string content_range;
  std::string retry_after;
  std::string content_disposition;
  std::string effective_url;                    // after redirects
  std::string location;                         // of a redirect that is not followed: the full address, a usable URL
  std::string address;                          // of the server, or of the proxy on the way, as text
  std::string lines;                            // the whole head as it came, the status line first; each ends in CR LF
  std::optional<std::uint64_t> content_length;  // empty: chunked, or until the connection ends
  std::chrono::nanoseconds waited{};            // from the request until the answer began
};

// What was asked of the server.
struct Asked {
  std::uint64_t offset = 0;  // first byte wanted; above 0 a Range is sent, with If-Range where `validator` has one
  Validator validator;       // of the bytes we hold; empty when we hold none
  std::optional<std::uint64_t> size;  // of the whole file, when we know it
  // A part was asked for by the program, or is missing in the midst: a Range is sent whatever the offset, and only a
  // 206 is an answer. The part ends at `end`, or, when that is empty, where the file ends.
  bool part = false;
  std::optional<std::uint64_t> end;
  bool holds_bytes = false;  // of this file, wherever: an answer of another version means StartAnew
};

// The body is the file from `offset` on.
struct TakeBody {
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> end;   // of the body within the file; empty: where the body ends
  std::optional<std::uint64_t> size;  // of the whole file; empty: it ends where the body ends
  Validator validator;  // well-formed, so that it can be sent back; for a resume never less than the held one
  std::optional<WallTime> modified;

  friend bool operator==(const TakeBody&, const TakeBody&) = default;
};

// What we hold is of another version, or can't be continued on this server: forget it and ask for the whole file.
struct StartAnew {
  std::string why;

  friend bool operator==(const StartAnew&, const StartAnew&) = default;
};

using Judgement = std::variant<TakeBody, StartAnew, Failure>;

// Decides what an answer's body is before a byte of it is written. Pure. `now` is for a Retry-After that is a date.
//   offset 0:  200 is the file. 206 is the file when its Content-Range is the whole file, else a failure. A size told
//              beforehand that the server contradicts is forgotten; one that it doesn't mention stays.
//   offset >0: 206 is the rest when we hold a validator, its Content-Range begins at the offset and ends at the end of
//              the file, and neither total nor validator changed; the validator taken on is the held one and what was
//              added to it. A 206 of another version or not to the end, a 200, and a 416 mean StartAnew.
//   part:      206 is the part when its Content-Range is exactly what was asked for. When it contradicts the validator
//              or the size of the bytes we hold, that means StartAnew, and so does a 200 then. Without bytes, a 200 is
//              BG_E_INSUFFICIENT_RANGE_SUPPORT unless the part is the whole. A total below the part's end, and a 416
//              unless we hold bytes and know the size, are BG_E_INVALID_RANGE.
//   A 206 whose Content-Range is missing, unreadable, not what was asked for or not as long as the body, and a status
//   outside 100 to 999, are BG_E_INVALID_SERVER_RESPONSE.
//   Everything else is a failure, classified by classify_http_status().
Judgement judge(const Asked& asked, const ResponseHead& head, WallTime now);

// "bytes 0-99/1234": nothing when it isn't exactly that, or speaks of more bytes than a file can have. The total may be
// "*".
struct ContentRange {
  ByteRange range;
  std::optional<std::uint64_t> total;

  friend bool operator==(const ContentRange&, const ContentRange&) = default;
};
std::optional<ContentRange> parse_content_range(std::string_view text);

}  // namespace dosvc
