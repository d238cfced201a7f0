#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "origin/login.h"
#include "origin/request.h"

// What the origin does: a Resource is content and the rules by which it is served. The default of every field is the
// right behaviour; a test names only what is wrong. All plain values, used by one thread at a time.
namespace dosvc::origin {

inline constexpr std::uint64_t kEndless = std::numeric_limits<std::uint64_t>::max();

enum class Etag { strong, weak, none };
enum class Framing { length, until_close, chunked };
// How a body ends that is cut: closed in order, closed by a reset, or held open in silence until the client leaves.
enum class Ending { fin, reset, stall };
enum class RangeAnswer {
  right,
  ignored,         // 200 and everything
  refused,         // 416 to any range
  always_partial,  // 206 even when no range was asked for
  multipart,       // multipart/byteranges with the one range as its only part (of at most 16 MiB)
};

// What becomes of a Range whose If-Range comes with it.
enum class IfRangeAnswer {
  right,        // 206 when it names this version, else 200 and everything
  ignored,      // 206 whatever it names
  never_holds,  // 200 and everything, whatever it names
  failed,       // 412, as if it were If-Match
  refused,      // 416
};

// Which of several nodes that hold the same content answers, and by what their answers can be told apart.
enum class NodeTurn { by_request, by_connection };
enum class NodeMark { etag, modified, both };

struct Behaviour {
  // Before the reply.
  std::chrono::milliseconds delay{0};  // before the first byte
  std::vector<int> interim{};          // 1xx replies sent first, such as 100

  // Instead of a reply: these bytes and then the end of the connection. "" closes without a word.
  std::optional<std::string> raw{};

  // A connection gets a 503 while so many others are open that have asked and came before it.
  std::uint64_t most_open = kEndless;

  // Who may have it: everybody else gets a 401 with a challenge, or a 407.
  std::optional<Login> login{};

  // Instead of the content: a page of HTML with this status (200 makes a captive portal; 204 and 304 have no body).
  int status = 0;
  std::string retry_after{};  // seconds or a date; "date+5" becomes the date five seconds after the reply
  std::string location{};

  // Another version than the Resource has.
  std::optional<std::uint64_t> seed{};
  std::optional<std::uint64_t> size{};
  std::optional<Etag> etag{};
  std::optional<bool> last_modified{};
  std::optional<std::string> content_type{};  // of the pages above too

  // Ranges. Shift and limit are honest: Content-Range tells what is really sent.
  RangeAnswer range = RangeAnswer::right;
  IfRangeAnswer if_range = IfRangeAnswer::right;
  std::int64_t range_shift = 0;                      // another place than asked, this much later (or earlier)
  std::uint64_t range_limit = kEndless;              // at most this much of the range
  std::uint64_t range_extra = 0;                     // so many bytes more than Content-Range tells of
  std::optional<std::string> content_range{};        // said in place of the truth; "" leaves the header out
  std::optional<std::string> content_range_total{};  // said in place of the size, such as "*"

  // Nodes of one content that each name its version in their own way, as servers do whose ETag is made of an inode.
  std::uint64_t nodes = 1;  // they take turns
  NodeTurn node_turn = NodeTurn::by_request;
  NodeMark node_mark = NodeMark::etag;
  std::uint64_t node = 0;  // the one that answers; choose() counts them off

  // Headers.
  Headers headers{};                  // added, exactly as given
  std::uint64_t padding_headers = 0;  // bytes of headers of no meaning added; kEndless never comes to an end
  std::optional<std::string> date{};  // said in place of the time; "" leaves the header out
  bool close = false;                 // Connection: close

  // Body. Counts are of the bytes of this one reply's body.
  Framing framing = Framing::length;
  std::int64_t length_lie = 0;                  // added to Content-Length, not to the body
  std::optional<std::string> content_length{};  // said in place of the truth, be it no number
  std::optional<std::string> chunk_size{};      // said in front of every chunk but the last, in place of the truth
  std::uint64_t rate = 0;                       // bytes per second; 0 is as fast as it goes
  std::optional<std::uint64_t> cut_after{};
  Ending ending = Ending::fin;
};

// A behaviour and the requests it is for. Requests are numbered from 1 among those that `among` names: with
// `ranged` and last = 2 it's for the first two requests that carry a Range. With `connection` it's connections that are
// numbered, in the order in which they first asked for the resource, and it's for every request on those.
struct Rule {
  enum class Among { any, ranged, whole, connection };
  Behaviour behaviour{};
  std::uint64_t first = 1;
  std::uint64_t last = kEndless;
  Among among = Among::any;
};

struct Resource {
  std::uint64_t size = 0;
  std::uint64_t seed = 1;
  Etag etag = Etag::strong;
  bool last_modified = true;
  std::string content_type = "application/octet-stream";
  std::vector<Rule> rules{};  // the first one that is for the request holds; none: served rightly
};

// Requests so far, the one being answered included.
struct Tally {
  std::uint64_t any = 0;
  std::uint64_t ranged = 0;
  std::uint64_t whole = 0;
  std::uint64_t connection = 0;  // the number of the one that `request` came on, in the order in which they first asked
  std::map<std::uint64_t, std::uint64_t> connections{};  // that number for each Request::connection
  std::set<std::uint64_t> open{};                        // those of them that have not ended
  void count(const Request& request);
};

// The tally already counts `request`.
Behaviour choose(const std::vector<Rule>& rules, const Request& request, const Tally& tally);

std::string etag_of(Etag kind, std::uint64_t seed, std::uint64_t node = 0);
// Each version has its own date, at least a minute from that of the next ones; that of a node is so many seconds later.
std::time_t modified_of(std::uint64_t seed, std::uint64_t node = 0);

Rule always(Behaviour behaviour);
Rule for_first(std::uint64_t requests, Behaviour behaviour);
Rule from_request(std::uint64_t number, Behaviour behaviour);
Rule for_ranged(Behaviour behaviour);
// Every request on the connections first to last, such as the third: on_connections(3, 3, …).
Rule on_connections(std::uint64_t first, std::uint64_t last, Behaviour behaviour);
// The first request gets the first behaviour and so on; the requests after the last one are served rightly.
std::vector<Rule> in_turn(std::vector<Behaviour> behaviours);

Behaviour cut_after(std::uint64_t bytes, Ending ending = Ending::fin);
Behaviour status(int code);
Behaviour unavailable(std::string retry_after);  // 503
Behaviour redirect(int code, std::string location);
Behaviour version(std::uint64_t seed);

}  // namespace dosvc::origin
