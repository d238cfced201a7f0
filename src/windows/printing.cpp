#include <dosvc_windows/printing.h>

#include "windows/formatting.h"
#include "windows/utf8.h"

#include <cstring>

namespace dosvc::windows {
namespace {

// std::wcout makes a stream wide; until something does, bytes leave all ways of writing open.
bool is_wide(FILE* stream) { return ::fwide(stream, 0) > 0; }

int put(FILE* stream, const std::wstring& text) { return ::fputws(text.c_str(), stream) < 0 ? -1 : 0; }
int put(FILE* stream, const std::string& text) {
  return ::fwrite(text.data(), 1, text.size(), stream) == text.size() ? 0 : -1;
}

int write(FILE* stream, const std::optional<std::wstring>& text) {
  if (!text) return -1;
  const auto bytes = is_wide(stream) ? std::nullopt : utf8_of(*text);
  if (!bytes && !is_wide(stream)) return -1;
  return (bytes ? put(stream, *bytes) : put(stream, *text)) < 0 ? -1 : static_cast<int>(text->size());
}

int write(FILE* stream, const std::optional<std::string>& text) {
  if (!text) return -1;
  const auto wide = is_wide(stream) ? wide_of(*text) : std::nullopt;
  if (!wide && is_wide(stream)) return -1;
  return (wide ? put(stream, *wide) : put(stream, *text)) < 0 ? -1 : static_cast<int>(text->size());
}

}  // namespace

int print(const wchar_t* format, ...) noexcept {
  va_list values;
  va_start(values, format);
  const int written = write(stdout, formatted(format, values));
  va_end(values);
  return written;
}

int print_to(FILE* stream, const wchar_t* format, ...) noexcept {
  va_list values;
  va_start(values, format);
  const int written = write(stream, formatted(format, values));
  va_end(values);
  return written;
}

int print_narrow_to(FILE* stream, const char* format, ...) noexcept {
  va_list values;
  va_start(values, format);
  const int written = write(stream, formatted(format, values));
  va_end(values);
  return written;
}

int print_into(wchar_t* text, size_t size, const wchar_t* format, ...) noexcept {
  if (!text || size == 0) return -1;
  *text = L'\0';
  va_list values;
  va_start(values, format);
  const auto whole = formatted(format, values);
  va_end(values);
  if (!whole || whole->size() >= size) return -1;
  std::wmemcpy(text, whole->c_str(), whole->size() + 1);
  return static_cast<int>(whole->size());
}

}  // namespace dosvc::windows
