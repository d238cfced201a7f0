#pragma once

#include "api/values.h"
#include "com/edge.h"

#include <dosvc/object.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace dosvc {

// All enumerators: Interface, of which Self is the object, walks a snapshot of Items ("IEnumUnknown interface"). Clones
// share the snapshot.
template <class Self, class Interface, class Item>
class Walk : public Object<Interface> {
 public:
  using Items = std::vector<com_ptr<Item>>;

  explicit Walk(std::shared_ptr<const Items> items, std::size_t at = 0) : items_(std::move(items)), at_(at) {}

  HRESULT STDMETHODCALLTYPE Next(ULONG count, Item** out, ULONG* fetched) override {
    return com_edge([&]() -> Result<HRESULT> {
      if (fetched) *fetched = 0;
      if (!out || (!fetched && count != 1)) return failed_with(E_INVALIDARG);
      const auto [from, taken] = advance(count);
      for (std::size_t i = 0; i < taken; ++i) (*items_)[from + i].copy_to(&out[i]);
      if (fetched) *fetched = static_cast<ULONG>(taken);
      return taken == count ? S_OK : S_FALSE;
    });
  }

  HRESULT STDMETHODCALLTYPE Skip(ULONG count) override {
    return com_edge([&]() -> Result<HRESULT> { return advance(count).second == count ? S_OK : S_FALSE; });
  }

  HRESULT STDMETHODCALLTYPE Reset() override {
    return com_edge([&]() -> Result<void> {
      const std::lock_guard lock(mutex_);
      at_ = 0;
      return {};
    });
  }

  HRESULT STDMETHODCALLTYPE Clone(Interface** copy) override {
    return com_edge([&]() -> Result<void> {
      if (!copy) return failed_with(E_INVALIDARG);
      *copy = nullptr;
      *copy = make_object<Self>(items_, advance(0).first).detach();
      return {};
    });
  }

 protected:
  const std::shared_ptr<const Items> items_;

 private:
  // Where it stood, and by how many of the `wanted` items it went on.
  std::pair<std::size_t, std::size_t> advance(std::size_t wanted) {
    const std::lock_guard lock(mutex_);
    const std::size_t from = at_;
    at_ += std::min(wanted, items_->size() - at_);
    return {from, at_ - from};
  }

  std::mutex mutex_;
  std::size_t at_;  // below or at the end
};

// "IEnumBackgroundCopyFiles interface", "IEnumBackgroundCopyJobs interface".
template <class Interface, class Item>
class Enumerator final : public Walk<Enumerator<Interface, Item>, Interface, Item> {
 public:
  using Walk<Enumerator, Interface, Item>::Walk;

  HRESULT STDMETHODCALLTYPE GetCount(ULONG* count) override {
    return com_edge([&]() -> Result<void> {
      if (!count) return failed_with(E_INVALIDARG);
      *count = static_cast<ULONG>(this->items_->size());
      return {};
    });
  }
};

}  // namespace dosvc
