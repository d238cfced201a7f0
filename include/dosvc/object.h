#pragma once

#include <dosvc/com_ptr.h>

#include <atomic>

namespace dosvc {

// IUnknown, implemented once, for objects that offer the given interfaces and those they derive from. A program
// writes its callback as
//
//   class Printer final : public dosvc::Object<IBackgroundCopyCallback> { ... the three methods ... };
//   auto printer = dosvc::make_object<Printer>();
//
// The count starts at 1 for whoever said `new`; the object deletes itself with the last Release. Counting is safe
// from any thread; the object's own methods may be called from several threads at once.
template <class First, class... Rest>
class Object : public First, public Rest... {
 public:
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** object) noexcept override {
    if (!object) return E_POINTER;
    *object = find<First, Rest...>(riid);
    if (!*object) return E_NOINTERFACE;
    AddRef();
    return S_OK;
  }

  ULONG STDMETHODCALLTYPE AddRef() noexcept override { return references_.fetch_add(1, std::memory_order_relaxed) + 1; }

  ULONG STDMETHODCALLTYPE Release() noexcept override {
    const ULONG left = references_.fetch_sub(1, std::memory_order_acq_rel) - 1;
    if (left == 0) delete this;
    return left;
  }

 protected:
  Object() = default;
  virtual ~Object() = default;

 private:
  // The first interface that answers wins, so that IUnknown is one and the same pointer every time.
  template <class I, class... More>
  void* find(REFIID riid) noexcept {
    if (names<I>(riid)) return static_cast<I*>(this);
    if constexpr (sizeof...(More) > 0) {
      return find<More...>(riid);
    } else {
      return nullptr;
    }
  }

  // Interfaces inherit singly: a pointer to one is a pointer to those it derives from.
  template <class I>
  static bool names(REFIID riid) noexcept {
    if (riid == iid_of<I>) return true;
    if constexpr (std::is_void_v<typename iid<I>::base>) {
      return false;
    } else {
      static_assert(std::is_base_of_v<typename iid<I>::base, I>);
      return names<typename iid<I>::base>(riid);
    }
  }

  std::atomic<ULONG> references_{1};
};

// A new object in a pointer that owns its first reference.
template <class T, class... Args>
com_ptr<T> make_object(Args&&... args) {
  com_ptr<T> made;
  made.attach(new T(std::forward<Args>(args)...));
  return made;
}

}  // namespace dosvc
