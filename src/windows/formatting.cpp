#include "windows/formatting.h"

#include "windows/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <type_traits>

namespace dosvc::windows {
namespace {

// Reads one conversion after the other. C is the kind of character that the format consists of.
template <class C>
class Translation {
 public:
  explicit Translation(std::basic_string_view<C> format) : rest_(format) {}

  std::basic_string<C> run() {
    while (!rest_.empty()) {
      if (take() == '%') conversion();
    }
    return std::move(out_);
  }

 private:
  static bool one_of(C c, std::string_view set) {
    return std::any_of(set.begin(), set.end(), [&](char each) { return static_cast<C>(each) == c; });
  }
  bool at(std::string_view set) const { return !rest_.empty() && one_of(rest_.front(), set); }
  C take() {
    const C c = rest_.front();
    rest_.remove_prefix(1);
    out_ += c;
    return c;
  }

  void conversion() {
    while (at("-+ #0123456789.*")) take();
    std::string size;
    while (size.size() < 3 && at("hlwLIjzt0123456789")) {
      if (at("0123456789") && (size.empty() || size[0] != 'I')) break;
      size += static_cast<char>(rest_.front());
      rest_.remove_prefix(1);
    }
    if (at("sScC")) return text(size);
    append(at("diouxX") ? integer(size) : size);
    if (!rest_.empty()) take();
  }

  // A long has 32 bits.
  static std::string integer(const std::string& size) {
    if (size == "l" || size == "I32") return "";
    if (size == "I64") return "ll";
    return size == "I" ? "z" : size;
  }

  // Which kind of text a letter means depends on the kind of the format.
  void text(const std::string& size) {
    constexpr bool kWideFormat = std::is_same_v<C, wchar_t>;
    const bool wide = size == "h" ? false : size == "l" || size == "w" ? true : at("SC") != kWideFormat;
    const char letter = at("sS") ? 's' : 'c';
    rest_.remove_prefix(1);
    append(wide ? "l" : "");
    out_ += static_cast<C>(letter);
  }

  void append(std::string_view ascii) { out_.append(ascii.begin(), ascii.end()); }

  std::basic_string_view<C> rest_;
  std::basic_string<C> out_;
};

struct Free {
  void operator()(void* memory) const { ::free(memory); }
};

}  // namespace

std::wstring translated(const wchar_t* format) { return Translation<wchar_t>(format).run(); }
std::string translated(const char* format) { return Translation<char>(format).run(); }

std::optional<std::wstring> formatted(const wchar_t* format, va_list values) {
  const Utf8Locale locale;
  wchar_t* memory = nullptr;
  std::size_t length = 0;
  FILE* const stream = ::open_wmemstream(&memory, &length);
  if (!stream) return std::nullopt;
  const int written = ::vfwprintf(stream, translated(format).c_str(), values);
  ::fclose(stream);
  const std::unique_ptr<wchar_t, Free> owned(memory);
  if (written < 0) return std::nullopt;
  return std::wstring(memory, length);
}

std::optional<std::string> formatted(const char* format, va_list values) {
  const Utf8Locale locale;
  char* memory = nullptr;
  const int written = ::vasprintf(&memory, translated(format).c_str(), values);
  if (written < 0) return std::nullopt;
  const std::unique_ptr<char, Free> owned(memory);
  return std::string(memory, static_cast<std::size_t>(written));
}

}  // namespace dosvc::windows
