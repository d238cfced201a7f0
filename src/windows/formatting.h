#pragma once

#include <cstdarg>
#include <optional>
#include <string>

namespace dosvc::windows {

// A format of Windows in the words of this C library; see <dosvc_windows/printing.h>.
std::wstring translated(const wchar_t* format);
std::string translated(const char* format);

// Nothing when a value can't be shown: a narrow string that is not UTF-8, say.
std::optional<std::wstring> formatted(const wchar_t* format, va_list values);
std::optional<std::string> formatted(const char* format, va_list values);

}  // namespace dosvc::windows
