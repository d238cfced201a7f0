#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "engine/transport.h"
#include "transport/answer_head.h"
#include "transport/body_writer.h"
#include "transport/curl_handles.h"
#include "transport/fetch_delivery.h"
#include "transport/transport_options.h"

namespace dosvc {

// One transfer: its request, its answer, its body on the way into the file. Lives on the transport's thread; libcurl
// calls it while the handle is in the multi, which must be over before this goes.
class CurlFetch {
 public:
  CurlFetch(std::uint64_t id, FetchRequest request, std::shared_ptr<FetchDelivery> delivery, EasyHandle easy);

  // Makes the request ready; false when it can't be made, and what can't is the end.
  bool prepare(const TransportOptions& options);
  std::uint64_t id() const { return id_; }
  CURL* easy() const { return easy_.get(); }
  EasyHandle release() { return std::move(easy_); }

  // To be called now and then: writes and reports what has come since. False when it can't be written, or when the
  // server has been silent for too long: that is the end.
  bool look_after(Clock::time_point now);
  // Tells the engine how it ended. `code` is libcurl's view of it; nothing happens here afterwards.
  void finish(CURLcode code);

 private:
  static std::size_t header_came(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t body_came(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static int bytes_came(void* self, curl_off_t, curl_off_t now, curl_off_t, curl_off_t) noexcept;

  bool set_options(const TransportOptions& options);
  bool add_header(const std::string& line);
  bool take_header(std::string_view line);
  bool take_body(std::span<const std::byte> bytes);
  void prepare_redirect();
  bool decide();
  bool is_alive(Clock::time_point now);
  bool report();
  bool flush();
  bool stop(FetchEnd end);
  FetchEnd end_of(CURLcode code);
  Failure trouble(CURLcode code) const;
  std::string reached() const;
  std::string proxy_on_the_way() const;
  const std::string& proxy_for(std::string_view url) const;

  const std::uint64_t id_;
  const FetchRequest request_;
  const std::shared_ptr<FetchDelivery> delivery_;
  EasyHandle easy_;
  HeaderList headers_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
  AnswerHead head_;
  std::optional<BodyWriter> body_;  // once judge() took the body
  std::uint64_t reported_ = 0;
  std::chrono::milliseconds stall_timeout_{};
  curl_off_t received_ = 0;            // of the body of the present answer, be it a redirect's
  bool has_received_ = true;           // since is_alive() asked
  Clock::time_point last_received_{};  // as seen by is_alive()
  std::optional<FetchEnd> stopped_;    // by us, for this reason
};

}  // namespace dosvc
