#pragma once

#include <dosvc/errors.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace dosvc {

// Where an error arose. The numbers are those of BG_ERROR_CONTEXT ("BG_ERROR_CONTEXT enumeration"), so that the
// COM edge and the store can use them as they are.
enum class ErrorContext : std::uint8_t {
  none = 0,
  unknown = 1,
  queue = 2,
  notification = 3,
  local_file = 4,
  remote_file = 5,
  transport = 6,
  remote_application = 7,
};

// What failed. `code` is always a failure; `message` is one sentence for a person: what failed, where, what to do.
struct Error {
  HRESULT code = E_FAIL;
  ErrorContext context = ErrorContext::none;
  std::string message;

  friend bool operator==(const Error&, const Error&) = default;
};

// A value, or the reason why there is none. Like std::expected; asking for the wrong half is a bug.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return held_.index() == 0; }
  bool ok() const { return held_.index() == 0; }

  T& value() & { return std::get<0>(held_); }
  const T& value() const& { return std::get<0>(held_); }
  T&& value() && { return std::get<0>(std::move(held_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T take() { return std::get<0>(std::move(held_)); }

  const Error& error() const { return std::get<1>(held_); }

 private:
  std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_; }
  bool ok() const { return !error_; }
  void take() const {}
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace dosvc

#define DOSVC_JOIN_(a, b) a##b
#define DOSVC_JOIN(a, b) DOSVC_JOIN_(a, b)
#define DOSVC_TRY_AS_(name, ...)    \
  __extension__({                   \
    auto name = (__VA_ARGS__);      \
    if (!name) return name.error(); \
    std::move(name).take();         \
  })

// The value of a Result, or leave the function with its error. A GNU statement expression: both compilers have it.
#define DO_TRY(...) DOSVC_TRY_AS_(DOSVC_JOIN(do_try_result_, __COUNTER__), __VA_ARGS__)
