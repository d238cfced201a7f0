#pragma once

#include <dosvc/com.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>

namespace dosvc {

// How many blocks of task memory, strings and arrays included, are allocated and not yet freed in this process.
// For tests that look for leaks across an interface.
std::size_t outstanding_task_allocations() noexcept;

// Copies for an out-parameter, freed by the caller of the interface with CoTaskMemFree. UTF-8 that is malformed shows
// U+FFFD in its place: an answer is better than none. Throw std::bad_alloc, which com_edge turns into E_OUTOFMEMORY.
wchar_t* task_string(std::wstring_view text);
wchar_t* task_string(std::string_view utf8);

struct TaskFree {
  void operator()(void* memory) const noexcept { CoTaskMemFree(memory); }
};
// Holds one of several things to be given out until all of them are there.
template <class T>
using TaskMemory = std::unique_ptr<T[], TaskFree>;
using TaskString = TaskMemory<wchar_t>;

// A copy of the elements, empty when there are none.
template <class T>
TaskMemory<T> task_array(std::span<const T> elements) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (elements.empty()) return {};
  TaskMemory<T> copy(static_cast<T*>(CoTaskMemAlloc(elements.size_bytes())));
  if (!copy) throw std::bad_alloc();
  std::memcpy(copy.get(), elements.data(), elements.size_bytes());
  return copy;
}

}  // namespace dosvc
