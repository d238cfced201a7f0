#include "com/wide.h"

#include <cstdint>
#include <optional>

namespace dosvc {
namespace {

static_assert(sizeof(wchar_t) == 4, "public strings are UTF-32");

constexpr std::uint32_t kReplacement = 0xFFFD;

bool is_scalar(std::uint32_t c) { return c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF); }

void append_utf8(std::string& out, std::uint32_t c) {
  const auto tail = [c](int shift) { return static_cast<char>(0x80u | ((c >> shift) & 0x3Fu)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0u | c >> 6);
    out += tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0u | c >> 12);
    out += tail(6);
    out += tail(0);
  } else {
    out += static_cast<char>(0xF0u | c >> 18);
    out += tail(12);
    out += tail(6);
    out += tail(0);
  }
}

// The character at the front of `text`, which loses its bytes; nothing, and nothing lost, when it is malformed.
std::optional<std::uint32_t> take_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(text[i])}; };
  const std::uint32_t lead = byte(0);
  std::size_t length = 1;
  std::uint32_t character = lead;
  std::uint32_t smallest = 0;
  if (lead >= 0xF0 && lead < 0xF8) {
    length = 4;
    character = lead & 0x07;
    smallest = 0x10000;
  } else if (lead >= 0xE0 && lead < 0xF0) {
    length = 3;
    character = lead & 0x0F;
    smallest = 0x800;
  } else if (lead >= 0xC0 && lead < 0xE0) {
    length = 2;
    character = lead & 0x1F;
    smallest = 0x80;
  } else if (lead >= 0x80) {
    return std::nullopt;
  }
  if (text.size() < length) return std::nullopt;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return std::nullopt;
    character = character << 6 | (byte(i) & 0x3F);
  }
  if (character < smallest || !is_scalar(character)) return std::nullopt;
  text.remove_prefix(length);
  return character;
}

}  // namespace

Result<std::string> to_utf8(std::wstring_view text) {
  std::string out;
  out.reserve(text.size());
  for (const wchar_t c : text) {
    if (!is_scalar(static_cast<std::uint32_t>(c)))
      return Error{E_INVALIDARG, ErrorContext::none, "the text holds a number that is no Unicode character"};
    append_utf8(out, static_cast<std::uint32_t>(c));
  }
  return out;
}

Result<std::wstring> to_wide(std::string_view utf8) {
  std::wstring out;
  out.reserve(utf8.size());
  while (!utf8.empty()) {
    const auto character = take_character(utf8);
    if (!character) return Error{E_INVALIDARG, ErrorContext::none, "the text is not UTF-8"};
    out += static_cast<wchar_t>(*character);
  }
  return out;
}

std::wstring to_wide_or_replace(std::string_view utf8) {
  std::wstring out;
  out.reserve(utf8.size());
  while (!utf8.empty()) {
    const auto character = take_character(utf8);
    if (!character) utf8.remove_prefix(1);
    out += static_cast<wchar_t>(character.value_or(kReplacement));
  }
  return out;
}

}  // namespace dosvc
