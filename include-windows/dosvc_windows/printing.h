#pragma once

// printf and its wide kin with the meaning that their formats have on Windows: %s in a wide format is a wide string, %S
// is one of the other kind, %ws and %ls are wide, %hs is narrow, %ld and %lu have 32 bits, %I64d has 64. Output is
// UTF-8, or wide characters where std::wcout has written before; printf and wprintf may be mixed. Left as they are:
// std::printf, and printf with nothing but a format. std::wprintf can't be named any more.

#include <stddef.h>
#include <stdio.h>
#include <wchar.h>

#include <cstdarg>
#include <cstdio>
#include <cwchar>

namespace dosvc::windows {

// The number of bytes or wide characters written, or -1.
int print(const wchar_t* format, ...) noexcept;
int print_to(FILE* stream, const wchar_t* format, ...) noexcept;
int print_narrow_to(FILE* stream, const char* format, ...) noexcept;
// The number of characters, or -1 with an empty `text` when it is too small.
int print_into(wchar_t* text, size_t size, const wchar_t* format, ...) noexcept;

}  // namespace dosvc::windows

#define wprintf(...) ::dosvc::windows::print(__VA_ARGS__)
#define fwprintf(...) ::dosvc::windows::print_to(__VA_ARGS__)

// Better matches than the C library's, whenever there is something to format.
template <class First, class... Rest>
int printf(const char* format, First first, Rest... rest) {
  return ::dosvc::windows::print_narrow_to(stdout, format, first, rest...);
}
template <class First, class... Rest>
int fprintf(FILE* stream, const char* format, First first, Rest... rest) {
  return ::dosvc::windows::print_narrow_to(stream, format, first, rest...);
}

// -1 and an empty text when it doesn't fit.
template <class... Values>
int swprintf_s(wchar_t* text, size_t size, const wchar_t* format, Values... values) {
  return ::dosvc::windows::print_into(text, size, format, values...);
}
template <size_t size, class... Values>
int swprintf_s(wchar_t (&text)[size], const wchar_t* format, Values... values) {
  return ::dosvc::windows::print_into(text, size, format, values...);
}
