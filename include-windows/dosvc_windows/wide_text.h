#pragma once

// What the C library of Windows has for wide strings beyond the standard.

#include <dosvc_windows/types.h>

#include <errno.h>
#include <wchar.h>

#include <cwchar>

// Letters of either case are equal, as the locale has them.
inline int _wcsicmp(const wchar_t* a, const wchar_t* b) { return wcscasecmp(a, b); }
inline int _wcsnicmp(const wchar_t* a, const wchar_t* b, size_t count) { return wcsncasecmp(a, b, count); }
inline wchar_t* _wcsdup(const wchar_t* text) { return wcsdup(text); }
inline int _wtoi(const wchar_t* text) { return static_cast<int>(wcstol(text, nullptr, 10)); }

using errno_t = int;

// 0, or ERANGE with an empty `to` when the text doesn't fit, or EINVAL when something is missing.
inline errno_t wcscpy_s(wchar_t* to, size_t size, const wchar_t* from) {
  if (!to || size == 0) return EINVAL;
  *to = L'\0';
  if (!from) return EINVAL;
  const size_t length = wcslen(from);
  if (length >= size) return ERANGE;
  wmemcpy(to, from, length + 1);
  return 0;
}
inline errno_t wcscat_s(wchar_t* to, size_t size, const wchar_t* from) {
  const size_t used = to ? wcsnlen(to, size) : 0;
  const errno_t failed = to && used == size ? EINVAL : wcscpy_s(to ? to + used : nullptr, size - used, from);
  if (failed && to && size > 0) *to = L'\0';
  return failed;
}
template <size_t size>
errno_t wcscpy_s(wchar_t (&to)[size], const wchar_t* from) {
  return wcscpy_s(to, size, from);
}
template <size_t size>
errno_t wcscat_s(wchar_t (&to)[size], const wchar_t* from) {
  return wcscat_s(to, size, from);
}
