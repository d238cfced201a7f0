#include "store/packing.h"

#include <charconv>

namespace dosvc {
namespace {

// Takes a number from the front of `text`; nothing when there is none.
template <class T>
std::optional<T> take_number(std::string_view& text) {
  T number{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return number;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

// One digit, as pack() writes them.
template <class E>
std::optional<E> enumerator(std::string_view text, E first, E last) {
  if (text.size() != 1) return std::nullopt;
  const int number = text.front() - '0';
  if (number < static_cast<int>(first) || number > static_cast<int>(last)) return std::nullopt;
  return static_cast<E>(number);
}

template <class E>
std::string digit(E enumerator) {
  return std::to_string(static_cast<int>(enumerator));
}

}  // namespace

std::string pack(const std::vector<std::string>& texts) {
  std::string packed;
  for (const std::string& text : texts) packed.append(std::to_string(text.size())).append(":").append(text).append(",");
  return packed;
}

std::optional<std::vector<std::string>> unpack(const std::string_view whole) {
  std::string_view packed = whole;
  std::vector<std::string> texts;
  while (!packed.empty()) {
    const auto size = take_number<std::size_t>(packed);
    if (!size || !take(packed, ':') || packed.size() <= *size) return std::nullopt;
    texts.emplace_back(packed.substr(0, *size));
    packed.remove_prefix(*size);
    if (!take(packed, ',')) return std::nullopt;
  }
  if (pack(texts) != whole) return std::nullopt;  // zeros before a number
  return texts;
}

std::string pack(const std::vector<Credentials>& credentials) {
  std::vector<std::string> texts;
  for (const Credentials& each : credentials) {
    texts.insert(texts.end(), {digit(each.target), digit(each.scheme), each.user, each.password});
  }
  return pack(texts);
}

std::optional<std::vector<Credentials>> unpack_credentials(std::string_view packed) {
  const auto texts = unpack(packed);
  if (!texts || texts->size() % 4 != 0) return std::nullopt;
  std::vector<Credentials> credentials;
  for (auto text = texts->begin(); text != texts->end(); text += 4) {
    const auto target = enumerator(text[0], AuthTarget::server, AuthTarget::proxy);
    const auto scheme = enumerator(text[1], AuthScheme::basic, AuthScheme::negotiate);
    if (!target || !scheme) return std::nullopt;
    credentials.push_back({*target, *scheme, text[2], text[3]});
  }
  return credentials;
}

std::string pack(const std::vector<FileRange>& ranges) {
  std::string packed;
  for (const FileRange& range : ranges) {
    if (!packed.empty()) packed += ',';
    packed += std::to_string(range.offset) + '+';
    if (range.length != FileRange::kToEnd) packed += std::to_string(range.length);
  }
  return packed;
}

std::optional<std::vector<FileRange>> unpack_ranges(const std::string_view whole) {
  std::string_view packed = whole;
  std::vector<FileRange> ranges;
  if (packed.empty()) return ranges;
  do {
    const auto offset = take_number<std::uint64_t>(packed);
    if (!offset || !take(packed, '+')) return std::nullopt;
    FileRange range{*offset, FileRange::kToEnd};
    if (!packed.empty() && packed.front() != ',') {
      const auto length = take_number<std::uint64_t>(packed);
      if (!length || *length == FileRange::kToEnd) return std::nullopt;
      range.length = *length;
    }
    ranges.push_back(range);
  } while (take(packed, ','));
  if (!packed.empty() || pack(ranges) != whole) return std::nullopt;
  return ranges;
}

}  // namespace dosvc
