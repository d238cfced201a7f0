#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dosvc {

// 16 bytes that name one thing for ever, in the order of the text form. The COM edge converts from and to GUID.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  static Uuid random();                                     // version 4, from the kernel's generator
  static std::optional<Uuid> parse(std::string_view text);  // 8-4-4-4-12 hex, any case, braces allowed
  std::string text() const;                                 // lower case, no braces

  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

struct UuidHash {
  std::size_t operator()(const Uuid& id) const noexcept {
    std::uint64_t head = 0;
    for (int i = 0; i < 8; ++i) head = head << 8 | id.bytes[static_cast<std::size_t>(i)];
    return static_cast<std::size_t>(head);
  }
};

}  // namespace dosvc
