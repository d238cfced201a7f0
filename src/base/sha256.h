#pragma once

#include "base/result.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dosvc {

// SHA-256 of what is given to it, piece by piece.
class Sha256 {
 public:
  // E_FAIL: OpenSSL offers none, as its configuration may have it.
  static Result<Sha256> begin();

  void add(std::span<const std::byte> bytes);
  std::string finish();  // lower-case hex; once

 private:
  struct Free {
    void operator()(void* context) const;
  };
  explicit Sha256(void* context) : context_(context) {}

  std::unique_ptr<void, Free> context_;
};

Result<std::string> sha256_of(std::string_view text);

// Bytes as lower-case hex, and back: nothing when it isn't that. Either case is read.
std::string to_hex(std::span<const std::byte> bytes);
std::optional<std::string> from_hex(std::string_view hex);

}  // namespace dosvc
