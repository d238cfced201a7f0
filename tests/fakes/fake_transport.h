#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/loop.h"
#include "engine/transport.h"

namespace dosvc {

// One version of a file on a server.
struct FakeContent {
  std::string bytes;
  Validator validator;
};
using FakeContentPtr = std::shared_ptr<const FakeContent>;

// How one request is answered. By default as a good server would, with the whole of what was asked for.
struct FakeBehaviour {
  std::optional<Failure> fail{};                    // there is no answer, but this
  bool never_answer = false;                        // nor does it ever end
  bool by_hand = false;                             // the test drives it: see FakeTransport::open()
  int status = 0;                                   // in place of 200 or 206; 400 and above bring no body
  bool ignore_range = false;                        // 200 and the whole file, whatever was asked for
  std::optional<std::uint64_t> cut_after{};         // the connection breaks after this many bytes of the body
  std::optional<std::uint64_t> stall_after{};       // nothing comes any more after this many bytes of the body
  std::function<void(ResponseHead& head)> alter{};  // makes the head wrong
  FakeContentPtr instead{};         // this is served and not what is there: another node's file, or a portal's page
  bool ignore_if_range = false;     // parts are brought whatever version they are wanted of
  bool terse = false;               // a 206 to an If-Range doesn't repeat what that said
  std::int64_t shift_range = 0;     // the part begins so many bytes later than was asked for, and says so
  std::uint64_t shorten_range = 0;  // and ends so many bytes earlier, and says so
  std::optional<std::uint64_t> ends_after{};  // the body ends after this many bytes, as if in good order
  Clock::duration answer_after{};             // the time until the server answers, or the failure comes
  std::optional<std::uint64_t> chunk{};       // in place of set_chunk() and set_pace()
  std::optional<Clock::duration> pace{};
  std::optional<Clock::duration> gives_up_after{};  // of silence: then it fails, as the real transport does
  int tag = -1;                                     // the test's own name for it: see FakeTransport::Request
};

// A fetch under way, as the other side sees it. answer(), bytes() and the endings are for fetches driven by hand, and
// act at once; once the fetch ended or was dropped they do nothing.
class FakeFetch : public std::enable_shared_from_this<FakeFetch> {
 public:
  const FetchRequest& request() const { return request_; }
  bool is_open() const { return events_ != nullptr; }
  std::uint64_t end() const { return end_; }  // the bytes of request().into up to here are written

  void answer();                    // as a good server would
  void answer(ResponseHead head);   // judge() decides, as in the real transport
  void bytes(std::uint64_t count);  // the next bytes of what is served
  void bytes(std::string_view body);
  void finish();  // the body ended; short of what was announced it is a failure for now
  void fail(Failure failure);

 private:
  friend class FakeTransport;

  FakeFetch(class FakeTransport& origin, FetchRequest request, FetchEvents& events);
  void done(FetchEnd end);
  std::uint64_t remote_end() const { return request_.asked.offset + (end_ - request_.into_offset); }
  void step();  // one turn of the loop
  void step_body();
  std::uint64_t body_left() const;  // of what the server sends
  void fall_silent();

  FakeTransport& origin_;
  const FetchRequest request_;
  FetchEvents* events_;  // null: ended or dropped
  FakeBehaviour behaviour_;
  std::optional<TakeBody> take_;
  bool has_length_ = false;  // the head says how long the body is
  FakeContentPtr content_;   // of which the body is; as an open file, it stays what it is when another is served
  ByteRange body_;           // what of it the server means to send
  std::uint64_t end_ = 0;
  std::uint64_t body_sent_ = 0;
  std::size_t number_ = 0;  // of the request
  bool silent_ = false;
  Timer next_;
};

// A scripted network in memory: what is served at which URL, and how requests are answered. Each answer goes through
// judge() and each body into request.into, in chunks, one in a turn of the loop.
class FakeTransport final : public Transport {
 public:
  explicit FakeTransport(Loop& loop) : loop_(loop) {}
  FakeTransport(const FakeTransport&) = delete;
  FakeTransport& operator=(const FakeTransport&) = delete;
  ~FakeTransport() override = default;

  Fetch start(FetchRequest request, FetchEvents& events) override;
  void distrust_connections() override { ++distrusted; }

  // Replaces what was served there. Any other URL answers 404.
  void serve(const std::string& url, std::string content,
             Validator validator = {"\"v1\"", "Tue, 01 Jan 2030 00:00:00 GMT"});
  void serve(const std::string& url, FakeContentPtr content);
  // The next request for `url` not yet spoken for is answered so; when none is left, by always().
  void next(const std::string& url, FakeBehaviour behaviour);
  void always(const std::string& url, FakeBehaviour behaviour);
  void behave(const std::string& url);  // forgets both

  void set_chunk(std::uint64_t bytes) { chunk_ = bytes; }
  void set_pace(Clock::duration between_chunks) { pace_ = between_chunks; }  // 0: the next turn, without moving time

  // Every request ever made, and those still open, in order. A request's `into` is kept no longer than the fetch.
  struct Request {
    std::string url;
    Asked asked;
    HttpOptions http;
    std::uint64_t into_offset = 0;
    std::shared_ptr<const std::string> trusted;
    Clock::time_point at{};
    int tag = -1;              // of the behaviour that it met
    int status = 0;            // of the answer; 0: there is none yet
    bool taken = false;        // judge() took the body
    FakeContentPtr content{};  // of which the answer brings bytes
  };
  const std::vector<Request>& requests() const { return requests_; }
  std::vector<std::shared_ptr<FakeFetch>> open() const;
  std::shared_ptr<FakeFetch> open(const std::string& url) const;  // the latest, or empty
  std::size_t most_open() const { return most_open_; }            // at the same time, so far

  std::size_t distrusted = 0;  // how often connections were said to be dead

  // What a connection broken in the middle, a refused one, one that fell silent and a body that is too long look like.
  static Failure broken();
  static Failure refused();
  static Failure timed_out();
  static Failure too_long();

 private:
  friend class FakeFetch;

  FakeBehaviour behaviour_for(const std::string& url);
  ResponseHead head_for(const FetchRequest& request, const FakeBehaviour& behaviour) const;
  FakeContentPtr content_of(const std::string& url) const;  // empty: there is none

  Loop& loop_;
  std::map<std::string, FakeContentPtr> served_;
  std::map<std::string, std::deque<FakeBehaviour>> next_;
  std::map<std::string, FakeBehaviour> always_;
  std::vector<Request> requests_;
  std::vector<std::weak_ptr<FakeFetch>> open_;
  std::uint64_t chunk_ = 64 * 1024;
  Clock::duration pace_{};
  std::size_t most_open_ = 0;
};

}  // namespace dosvc
