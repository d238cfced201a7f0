#include "windows/waitable.h"

#include <map>

namespace dosvc::windows {
namespace {

struct Table {
  std::map<HANDLE, std::shared_ptr<Waitable>> objects;
  std::map<std::wstring, std::weak_ptr<Waitable>> names;
  UINT_PTR last = 0;
};

// Never destroyed: threads may wait while the process exits.
Table& table() {
  static auto* const one = new Table;
  return *one;
}

HANDLE add(std::shared_ptr<Waitable> object) {
  Table& all = table();
  all.last += 4;  // never the same again, so that a closed handle is seen to be one
  const auto handle = reinterpret_cast<HANDLE>(all.last);
  all.objects.emplace(handle, std::move(object));
  return handle;
}

}  // namespace

std::shared_ptr<Waitable> find_handle(HANDLE handle) {
  const auto at = table().objects.find(handle);
  return at == table().objects.end() ? nullptr : at->second;
}

std::optional<Waitables> find_handles(std::span<const HANDLE> handles) {
  Waitables found;
  for (const HANDLE handle : handles) {
    found.push_back(find_handle(handle));
    if (found.back()) continue;
    SetLastError(ERROR_INVALID_HANDLE);
    return std::nullopt;
  }
  return found;
}

HANDLE open_handle(LPCWSTR name, const std::function<std::shared_ptr<Waitable>()>& make,
                   const std::function<bool(Waitable&)>& is_kind) {
  const std::lock_guard lock(waiting_mutex());
  SetLastError(ERROR_SUCCESS);
  if (!name || !*name) return add(make());
  auto& entry = table().names[name];
  if (const auto there = entry.lock()) {
    SetLastError(is_kind(*there) ? ERROR_ALREADY_EXISTS : ERROR_INVALID_HANDLE);
    return is_kind(*there) ? add(there) : nullptr;
  }
  const auto made = make();
  entry = made;
  return add(made);
}

}  // namespace dosvc::windows

BOOL CloseHandle(HANDLE object) noexcept {
  const std::lock_guard lock(dosvc::windows::waiting_mutex());
  if (dosvc::windows::table().objects.erase(object) > 0) return TRUE;
  SetLastError(ERROR_INVALID_HANDLE);
  return FALSE;
}
