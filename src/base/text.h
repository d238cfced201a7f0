#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dosvc {

// The character at the front of a text that isn't empty; length 0 where the bytes aren't UTF-8.
struct Character {
  std::uint32_t code_point = 0;
  std::size_t length = 0;  // in bytes

  // Neither a control character, nor a line separator, nor a mark that turns the direction of writing.
  bool printable() const;
};
Character first_character(std::string_view text);

// Whether it is one word as HTTP has them, such as the name of a header or a method (RFC 9110, section 5.6.2).
bool is_token(std::string_view text);

// ASCII letters become small; other bytes stay. That of <cctype> changes with the locale.
constexpr char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::string lower_case(std::string_view text);

// What a hexadecimal digit of either case stands for; -1 for any other character.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (lower_case(c) >= 'a' && lower_case(c) <= 'f') return lower_case(c) - 'a' + 10;
  return -1;
}

// Whether two texts are the same but for the case of ASCII letters.
bool same_but_for_case(std::string_view a, std::string_view b);

// Any bytes as part of a one-line message: valid UTF-8 stays, but control characters, line separators, marks that turn
// the direction of writing, and bytes that aren't UTF-8 become \xNN. So no text can forge a second line or steer a
// terminal.
std::string escaped(std::string_view text);

}  // namespace dosvc
