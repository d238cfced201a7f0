#pragma once

#include <cstddef>
#include <string_view>

#include "core/response.h"

namespace dosvc {

// Puts a ResponseHead together from header lines as they arrive: of the last answer only, whatever came before it
// (1xx, redirects). Every line is a stranger's: values with control characters and overlong ones count as absent.
class AnswerHead {
 public:
  enum class After {
    more,       // the head goes on
    interim,    // a 1xx answer ended: the real one is to come
    complete,   // the head of an answer ended; a redirect's too
    too_large,  // more header bytes than any honest server sends, all answers of this fetch together
  };
  After add(std::string_view line);

  // Of the answer so far; where it came from and where it leads is not filled in here.
  const ResponseHead& head() const { return head_; }
  std::string_view location() const { return location_; }
  bool is_redirect() const { return head_.status >= 300 && head_.status < 400 && !location_.empty(); }
  bool started() const { return bytes_ > 0; }
  // Whether two lengths contradict each other or one is no number: where the body ends is anybody's guess.
  bool length_is_unclear() const { return length_is_unclear_ && !chunked_; }
  // Whether the body travels in a coding beside chunks, such as gzip: none is ever asked for (RFC 9112, section 7.4).
  bool has_transfer_coding() const { return has_transfer_coding_; }

 private:
  void start(std::string_view status_line);
  void take(std::string_view name, std::string_view value);
  void take_length(std::string_view value);
  void take_transfer_codings(std::string_view value);

  ResponseHead head_;
  std::string location_;
  bool chunked_ = false;
  bool length_is_unclear_ = false;
  bool has_transfer_coding_ = false;
  std::size_t bytes_ = 0;
};

}  // namespace dosvc
