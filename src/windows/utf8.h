#pragma once

#include <locale.h>

#include <optional>
#include <string>

namespace dosvc::windows {

// While one lives the C library takes bytes for UTF-8 on this thread, whatever the locale; the rest of it stays.
class Utf8Locale {
 public:
  Utf8Locale();
  ~Utf8Locale();
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  locale_t ours_;
  locale_t before_;
};

// Nothing when the text is malformed.
std::optional<std::wstring> wide_of(const std::string& utf8);
std::optional<std::string> utf8_of(const std::wstring& wide);

}  // namespace dosvc::windows
