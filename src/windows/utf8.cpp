#include "windows/utf8.h"

#include <stdlib.h>
#include <wchar.h>

namespace dosvc::windows {

Utf8Locale::Utf8Locale()
    : ours_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", ::duplocale(::uselocale(locale_t{})))),
      before_(ours_ ? ::uselocale(ours_) : locale_t{}) {}

Utf8Locale::~Utf8Locale() {
  if (!ours_) return;
  ::uselocale(before_);
  ::freelocale(ours_);
}

std::optional<std::wstring> wide_of(const std::string& utf8) {
  const Utf8Locale locale;
  std::wstring wide(utf8.size(), L'\0');  // never longer
  const char* rest = utf8.c_str();
  mbstate_t state{};
  const std::size_t length = ::mbsrtowcs(wide.data(), &rest, wide.size() + 1, &state);
  if (length == static_cast<std::size_t>(-1)) return std::nullopt;
  wide.resize(length);
  return wide;
}

std::optional<std::string> utf8_of(const std::wstring& wide) {
  const Utf8Locale locale;
  std::string utf8(wide.size() * 4, '\0');
  const wchar_t* rest = wide.c_str();
  mbstate_t state{};
  const std::size_t length = ::wcsrtombs(utf8.data(), &rest, utf8.size() + 1, &state);
  if (length == static_cast<std::size_t>(-1)) return std::nullopt;
  utf8.resize(length);
  return utf8;
}

}  // namespace dosvc::windows
