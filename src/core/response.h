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
  std::string date;  // of the answer itself
  std::string content_type;
  std::string content_encoding;  // all of them, separated by commas
  std::string content_range;
  std::string retry_after;
  std::string content_disposition;
  std::string asked_url;                        // before redirects; empty: as effective_url
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
  // No If-Range is sent; the answer's own validators tell. After a StartAnew with `ask_without_if_range`.
  bool without_if_range = false;
  // For parts that the program asked for: they can't come in one piece, so where no validator can prove that the bytes
  // held are of the same version, it must do that none says otherwise. Never for parts that whoever asks has chosen.
  bool unproven_will_do = false;
  // What the program's own headers say that it takes (see note_wishes() of the transport): codings, pages of HTML.
  bool any_coding = false;
  bool any_page = false;
};

// What goes with the request as If-Range; empty: nothing does.
std::string_view if_range_of(const Asked& asked);

// The body is the file from `offset` on.
struct TakeBody {
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> end;   // of the body within the file; empty: where the body ends
  std::optional<std::uint64_t> size;  // of the whole file; empty: it ends where the body ends
  // Well-formed, so that it can be sent back, and only what may prove a version; for a resume never less than the held
  // one.
  Validator validator;
  std::optional<WallTime> modified;

  friend bool operator==(const TakeBody&, const TakeBody&) = default;
};

// What we hold is of another version, or can't be continued on this server: forget it and ask for the whole file.
struct StartAnew {
  std::string why;
  // Before it is forgotten it is worth to ask for the same again, once, with Asked::without_if_range: the server seems
  // to have the same file and to mishandle If-Range, or is one of several nodes with ETags of their own. Never set in
  // the judgement of such a second answer. Who doesn't know this may start anew, and loses only time.
  bool ask_without_if_range = false;

  friend bool operator==(const StartAnew&, const StartAnew&) = default;
};

using Judgement = std::variant<TakeBody, StartAnew, Failure>;

// Decides what an answer's body is before a byte of it is written. Pure. `now` is for a Retry-After that is a date.
//   offset 0:  200 is the file. 206 is the file when its Content-Range is the whole file, else a failure. A size told
//              beforehand that the server contradicts is forgotten; one that it doesn't mention stays.
//              When we hold bytes, as of others that are on their way, one that isn't of the same version means
//              StartAnew.
//   offset >0: 206 is the rest when it is of the same version, its Content-Range begins at the offset and ends at the
//              end of the file; the validator taken on is the held one and what was added to it. A 206 of another
//              version or not to the end, a 200, a 416, and a 412 to an If-Range mean StartAnew.
//   part:      206 is the part when its Content-Range is exactly what was asked for. When we hold bytes and it isn't of
//              the same version, that means StartAnew, and so does a 200 then. Without bytes, a 200 is
//              BG_E_INSUFFICIENT_RANGE_SUPPORT unless the part is the whole. A total below the part's end, and a 416
//              unless we hold bytes and know the size, are BG_E_INVALID_RANGE.
//   Of the same version is a 206 whose total isn't another than the size we know, and which carries the strong ETag
//   that we hold; or, where one of the two has none, the date that we hold; or, with another ETag, that date and the
//   known size as its total. No date is ever held but a strong one: at least a minute older than the answer that
//   brought it (RFC 9110, section 8.8.2.2). A program that asked for codings gets by with a strong ETag only: the other
//   forms of a file have the same date. A 206 whose Content-Range is missing, unreadable, not what was asked for or not
//   as long as the body, or which is of several parts, a content coding that nobody asked for (core/body_kind.h), and a
//   status outside 100 to 999, are BG_E_INVALID_SERVER_RESPONSE. So is the page of a network that wants a login
//   (core/body_kind.h), for now: what we hold stays. Everything else is a failure, classified by
//   classify_http_status().
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
