#pragma once

// More names of types ("Windows Data Types"), beside those in <dosvc/types.h>. TCHAR is a wide character, as with
// UNICODE defined.

#include <dosvc/guid.h>
#include <dosvc_windows/words.h>

#include <cstddef>

#ifndef UNICODE
#define UNICODE
#endif
#ifndef _UNICODE
#define _UNICODE
#endif

using VOID = void;
using CHAR = char;
using UCHAR = unsigned char;
using BOOLEAN = BYTE;
using INT32 = std::int32_t;
using UINT32 = std::uint32_t;
using LONG32 = std::int32_t;
using ULONG32 = std::uint32_t;
using LONG64 = std::int64_t;
using DWORDLONG = std::uint64_t;
using INT_PTR = std::intptr_t;
using UINT_PTR = std::uintptr_t;
using LONG_PTR = std::intptr_t;
using ULONG_PTR = std::uintptr_t;
using DWORD_PTR = std::uintptr_t;
using SIZE_T = std::size_t;
using SSIZE_T = std::ptrdiff_t;

using PVOID = void*;
using LPCVOID = const void*;
using PBYTE = BYTE*;
using LPBYTE = BYTE*;
using PBOOL = BOOL*;
using LPBOOL = BOOL*;
using PLONG = LONG*;
using LPLONG = LONG*;
using PULONG = ULONG*;
using PDWORD = DWORD*;
using LPDWORD = DWORD*;
using PUINT64 = UINT64*;
using PCHAR = char*;
using PSTR = char*;
using LPSTR = char*;
using PCSTR = const char*;
using LPCSTR = const char*;
using PWCHAR = wchar_t*;

using TCHAR = wchar_t;
using _TCHAR = wchar_t;
using PTCHAR = wchar_t*;
using PTSTR = wchar_t*;
using LPTSTR = wchar_t*;
using PCTSTR = const wchar_t*;
using LPCTSTR = const wchar_t*;
using OLECHAR = wchar_t;
using LPOLESTR = wchar_t*;
using LPCOLESTR = const wchar_t*;

#define TEXT(literal) L##literal
#define OLESTR(literal) L##literal

using HANDLE = void*;
using PHANDLE = HANDLE*;
using LPHANDLE = HANDLE*;
using HINSTANCE = struct HINSTANCE__*;
using HMODULE = HINSTANCE;
using HWND = struct HWND__*;  // there are no windows: NULL is the only one
using WPARAM = UINT_PTR;
using LPARAM = LONG_PTR;
using LRESULT = LONG_PTR;

using PFILETIME = FILETIME*;
using LPFILETIME = FILETIME*;
using LPGUID = GUID*;
using LPIID = IID*;
using LPCLSID = CLSID*;
using UUID = GUID;

using PLARGE_INTEGER = LARGE_INTEGER*;
using PULARGE_INTEGER = ULARGE_INTEGER*;

using LCID = DWORD;
using LANGID = WORD;

// On Windows a limit on names, here only the size that sources give their buffers.
inline constexpr DWORD MAX_PATH = 260;
inline constexpr DWORD INFINITE = 0xFFFFFFFF;
inline constexpr DWORD MAXDWORD = 0xFFFFFFFF;
#define INVALID_HANDLE_VALUE (reinterpret_cast<HANDLE>(static_cast<LONG_PTR>(-1)))

#define LOWORD(value) (static_cast<WORD>(static_cast<DWORD_PTR>(value) & 0xFFFF))
#define HIWORD(value) (static_cast<WORD>(static_cast<DWORD_PTR>(value) >> 16 & 0xFFFF))
