#pragma once

// The fixed-width types of the published interfaces ("Windows Data Types"). LONG and its kin have 32 bits wherever
// this is compiled. A wide character is wchar_t: one UTF-32 code point, where Windows has UTF-16 units.

#include <dosvc/errors.h>

#include <cstdint>

#define DOSVC_API __attribute__((visibility("default")))

using BYTE = std::uint8_t;
using SHORT = std::int16_t;
using USHORT = std::uint16_t;
using WORD = std::uint16_t;
using INT = std::int32_t;
using UINT = std::uint32_t;
using LONG = std::int32_t;
using ULONG = std::uint32_t;
using DWORD = std::uint32_t;
using BOOL = std::int32_t;
using INT64 = std::int64_t;
using UINT64 = std::uint64_t;
using LONGLONG = std::int64_t;
using ULONGLONG = std::uint64_t;
using ULONG64 = std::uint64_t;
using DWORD64 = std::uint64_t;

using WCHAR = wchar_t;
using LPWSTR = wchar_t*;
using PWSTR = wchar_t*;
using LPCWSTR = const wchar_t*;
using PCWSTR = const wchar_t*;
using LPVOID = void*;

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

// Ticks of 100 ns since 1601-01-01 00:00 UTC ("FILETIME structure").
struct FILETIME {
  DWORD dwLowDateTime;
  DWORD dwHighDateTime;
};

// 64 bits as one number or as two halves ("LARGE_INTEGER union").
union LARGE_INTEGER {
  __extension__ struct {
    DWORD LowPart;
    LONG HighPart;
  };
  struct {
    DWORD LowPart;
    LONG HighPart;
  } u;
  LONGLONG QuadPart;
};
union ULARGE_INTEGER {
  __extension__ struct {
    DWORD LowPart;
    DWORD HighPart;
  };
  struct {
    DWORD LowPart;
    DWORD HighPart;
  } u;
  ULONGLONG QuadPart;
};
