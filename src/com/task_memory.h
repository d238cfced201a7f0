#pragma once

#include <cstddef>
#include <string_view>

namespace dosvc {

// How many blocks of task memory, strings and arrays included, are allocated and not yet freed in this process.
// For tests that look for leaks across an interface.
std::size_t outstanding_task_allocations() noexcept;

// Copies for an out-parameter, freed by the caller of the interface with CoTaskMemFree. UTF-8 that is malformed shows
// U+FFFD in its place: an answer is better than none. Throw std::bad_alloc, which com_edge turns into E_OUTOFMEMORY.
wchar_t* task_string(std::wstring_view text);
wchar_t* task_string(std::string_view utf8);

}  // namespace dosvc
