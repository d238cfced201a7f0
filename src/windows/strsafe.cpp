#include <strsafe.h>

#include "windows/formatting.h"

#include <algorithm>
#include <string_view>

namespace {

using dosvc::windows::formatted;

bool is_size(size_t size) { return size > 0 && size <= STRSAFE_MAX_CCH; }

// What fits of `from`, and a NUL.
HRESULT copy(wchar_t* to, size_t size, std::wstring_view from) {
  const size_t fits = std::min(from.size(), size - 1);
  std::wmemcpy(to, from.data(), fits);
  to[fits] = L'\0';
  return fits == from.size() ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}

HRESULT invalid(wchar_t* to, size_t size) {
  if (to && size > 0) *to = L'\0';
  return STRSAFE_E_INVALID_PARAMETER;
}

HRESULT copy_checked(wchar_t* to, size_t size, const wchar_t* from, size_t count) {
  if (!to || !from || !is_size(size) || count > STRSAFE_MAX_CCH) return invalid(to, size);
  return copy(to, size, {from, wcsnlen(from, count)});
}

HRESULT append_checked(wchar_t* to, size_t size, const wchar_t* from, size_t count) {
  size_t used = 0;
  if (!is_size(size) || FAILED(StringCchLengthW(to, size, &used))) return STRSAFE_E_INVALID_PARAMETER;
  return from && count <= STRSAFE_MAX_CCH ? copy(to + used, size - used, {from, wcsnlen(from, count)})
                                          : STRSAFE_E_INVALID_PARAMETER;
}

}  // namespace

HRESULT StringCchCopyW(wchar_t* to, size_t size, const wchar_t* from) noexcept {
  return copy_checked(to, size, from, STRSAFE_MAX_CCH);
}

HRESULT StringCchCopyNW(wchar_t* to, size_t size, const wchar_t* from, size_t count) noexcept {
  return copy_checked(to, size, from, count);
}

HRESULT StringCchCatW(wchar_t* to, size_t size, const wchar_t* from) noexcept {
  return append_checked(to, size, from, STRSAFE_MAX_CCH);
}

HRESULT StringCchCatNW(wchar_t* to, size_t size, const wchar_t* from, size_t count) noexcept {
  return append_checked(to, size, from, count);
}

HRESULT StringCchVPrintfW(wchar_t* to, size_t size, const wchar_t* format, va_list values) noexcept {
  if (!to || !format || !is_size(size)) return invalid(to, size);
  const auto whole = formatted(format, values);
  return whole ? copy(to, size, *whole) : invalid(to, size);
}

HRESULT StringCchPrintfW(wchar_t* to, size_t size, const wchar_t* format, ...) noexcept {
  va_list values;
  va_start(values, format);
  const HRESULT hr = StringCchVPrintfW(to, size, format, values);
  va_end(values);
  return hr;
}

HRESULT StringCchLengthW(const wchar_t* text, size_t size, size_t* length) noexcept {
  const size_t found = text && size <= STRSAFE_MAX_CCH ? wcsnlen(text, size) : size;
  if (length) *length = found < size ? found : 0;
  return found < size ? S_OK : STRSAFE_E_INVALID_PARAMETER;
}
