#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "engine/transport.h"
#include "transport/answer_head.h"
#include "transport/body_writer.h"
#include "transport/curl_handles.h"
#include "transport/curl_request.h"
#include "transport/fetch_delivery.h"
#include "transport/transport_options.h"

namespace dosvc {

// One transfer: its answer, and its body on the way into the file. Lives on the transport's thread; libcurl calls it
// while the handle is in the multi, which must be over before this goes.
class CurlFetch {
 public:
  // `options` outlive it.
  CurlFetch(std::uint64_t id, FetchRequest request, std::shared_ptr<FetchDelivery> delivery, EasyHandle easy,
            const TransportOptions& options);

  // Makes the request ready; false when it can't be made, and what can't is the end.
  bool prepare();
  std::uint64_t id() const { return id_; }
  CURL* easy() const { return easy_.get(); }
  EasyHandle release() { return std::move(easy_); }

  // To be called now and then: writes and reports what has come since. False when it can't be written, or when the
  // server has been silent for too long: that is the end.
  bool look_after(Clock::time_point now);
  // An attempt ended with `code`, libcurl's view of it: whether another one is ready, with another handle.
  bool try_again(CURLcode code);
  // Tells the engine how it ended. Nothing happens here afterwards.
  void finish(CURLcode code);

 private:
  static std::size_t header_came(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t body_came(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static int bytes_came(void* self, curl_off_t, curl_off_t now, curl_off_t, curl_off_t) noexcept;

  bool listen();
  bool take_header(std::string_view line);
  bool take_body(std::span<const std::byte> bytes);
  bool head_ended();
  bool decide();
  void begin_body(TakeBody take, ResponseHead head);
  ResponseHead head() const;
  Judgement judgement(const ResponseHead& head) const;
  bool is_alive(Clock::time_point now);
  bool report();
  bool end_early(std::span<const std::byte> bytes);
  bool flush();
  bool stop(FetchEnd end);
  FetchEnd end_of(CURLcode code);
  Failure trouble(CURLcode code) const;
  std::string reached() const;
  const FetchRequest& told() const { return request_.told(); }

  const std::uint64_t id_;
  CurlRequest request_;
  const std::shared_ptr<FetchDelivery> delivery_;
  const TransportOptions& options_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
  EasyHandle easy_;
  AnswerHead head_;
  bool will_say_who_ = false;       // the answer asked for it: the next attempt does, and this one's body is dropped
  std::optional<BodyWriter> body_;  // once judge() took the body
  std::uint64_t reported_ = 0;
  curl_off_t received_ = 0;            // of the body of the present answer, be it a redirect's
  bool has_received_ = true;           // since is_alive() asked
  Clock::time_point last_received_{};  // as seen by is_alive()
  std::optional<FetchEnd> stopped_;    // by us, for this reason
};

}  // namespace dosvc
