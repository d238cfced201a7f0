#include "com/task_memory.h"

#include "com/wide.h"

#include <dosvc/com.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

namespace {

std::atomic<std::size_t> outstanding{0};

// What stands before a BSTR's first character; eight bytes keep the characters aligned.
struct BstrHead {
  std::uint32_t unused;
  std::uint32_t bytes;
};

BstrHead* head_of(BSTR text) { return reinterpret_cast<BstrHead*>(text) - 1; }

}  // namespace

void* CoTaskMemAlloc(std::size_t bytes) noexcept {
  void* const memory = std::malloc(bytes ? bytes : 1);
  if (memory) outstanding.fetch_add(1, std::memory_order_relaxed);
  return memory;
}

void* CoTaskMemRealloc(void* memory, std::size_t bytes) noexcept {
  if (!memory) return CoTaskMemAlloc(bytes);
  if (bytes == 0) {
    CoTaskMemFree(memory);
    return nullptr;
  }
  return std::realloc(memory, bytes);
}

void CoTaskMemFree(void* memory) noexcept {
  if (!memory) return;
  outstanding.fetch_sub(1, std::memory_order_relaxed);
  std::free(memory);
}

BSTR SysAllocString(LPCWSTR text) noexcept {
  if (!text) return nullptr;
  const std::wstring_view view(text);
  constexpr std::size_t kLongest = std::numeric_limits<UINT>::max();
  return view.size() > kLongest ? nullptr : SysAllocStringLen(text, static_cast<UINT>(view.size()));
}

BSTR SysAllocStringLen(LPCWSTR text, UINT length) noexcept {
  const std::size_t bytes = std::size_t{length} * sizeof(wchar_t);
  if (bytes > std::numeric_limits<std::uint32_t>::max()) return nullptr;
  auto* const head = static_cast<BstrHead*>(CoTaskMemAlloc(sizeof(BstrHead) + bytes + sizeof(wchar_t)));
  if (!head) return nullptr;
  *head = BstrHead{0, static_cast<std::uint32_t>(bytes)};
  auto* const characters = reinterpret_cast<wchar_t*>(head + 1);
  if (text) {
    std::memcpy(characters, text, bytes);
  } else {
    std::memset(characters, 0, bytes);
  }
  characters[length] = L'\0';
  return characters;
}

void SysFreeString(BSTR text) noexcept {
  if (text) CoTaskMemFree(head_of(text));
}

UINT SysStringByteLen(BSTR text) noexcept { return text ? head_of(text)->bytes : 0; }

UINT SysStringLen(BSTR text) noexcept { return SysStringByteLen(text) / static_cast<UINT>(sizeof(wchar_t)); }

namespace dosvc {

std::size_t outstanding_task_allocations() noexcept { return outstanding.load(std::memory_order_relaxed); }

wchar_t* task_string(std::wstring_view text) {
  auto* const copy = static_cast<wchar_t*>(CoTaskMemAlloc((text.size() + 1) * sizeof(wchar_t)));
  if (!copy) throw std::bad_alloc();
  if (!text.empty()) std::memcpy(copy, text.data(), text.size() * sizeof(wchar_t));
  copy[text.size()] = L'\0';
  return copy;
}

wchar_t* task_string(std::string_view utf8) { return task_string(to_wide_or_replace(utf8)); }

}  // namespace dosvc
