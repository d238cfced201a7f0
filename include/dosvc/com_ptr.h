#pragma once

#include <dosvc/unknown.h>

#include <cstddef>
#include <utility>

namespace dosvc {

// Holds one reference to a COM object, or nothing. Made from a plain pointer it adds a reference; `attach` takes over
// one that the caller had. Not for use by several threads at once, as any value.
template <class T>
class com_ptr {
 public:
  com_ptr() noexcept = default;
  com_ptr(std::nullptr_t) noexcept {}
  explicit com_ptr(T* borrowed) noexcept : object_(borrowed) { add_ref(); }
  com_ptr(const com_ptr& other) noexcept : object_(other.object_) { add_ref(); }
  com_ptr(com_ptr&& other) noexcept : object_(other.detach()) {}

  template <class Derived>
  requires std::is_convertible_v<Derived*, T*> com_ptr(const com_ptr<Derived>& other)
  noexcept : object_(other.get()) { add_ref(); }
  template <class Derived>
  requires std::is_convertible_v<Derived*, T*> com_ptr(com_ptr<Derived>&& other)
  noexcept : object_(other.detach()) {}

  ~com_ptr() { release(); }

  com_ptr& operator=(com_ptr other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }

  T* get() const noexcept { return object_; }
  T* operator->() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }

  // For an out-parameter; what was held is released first.
  T** put() noexcept {
    release();
    return &object_;
  }

  // Takes over the caller's reference.
  void attach(T* owned) noexcept {
    release();
    object_ = owned;
  }

  // Hands the reference to the caller.
  [[nodiscard]] T* detach() noexcept { return std::exchange(object_, nullptr); }

  // For the out-parameter of one's own method: *out gets a reference of its own, or NULL.
  void copy_to(T** out) const noexcept { *out = com_ptr(*this).detach(); }

  // Another interface of the same object. E_POINTER when nothing is held, else QueryInterface's answer.
  template <class U>
  HRESULT as(com_ptr<U>& out) const noexcept {
    if (!object_) {
      out = nullptr;
      return E_POINTER;
    }
    com_ptr<U> found;
    const HRESULT hr = object_->QueryInterface(iid_of<U>, reinterpret_cast<void**>(found.put()));
    out = std::move(found);
    return hr;
  }

  // The same, empty when the object does not have the interface.
  template <class U>
  com_ptr<U> try_as() const noexcept {
    com_ptr<U> found;
    as(found);
    return found;
  }

  friend bool operator==(const com_ptr& a, const com_ptr& b) noexcept { return a.object_ == b.object_; }
  friend bool operator==(const com_ptr& a, std::nullptr_t) noexcept { return a.object_ == nullptr; }

 private:
  void add_ref() noexcept {
    if (object_) object_->AddRef();
  }

  // Empty before the object hears of it, so that whatever its end sets in motion finds no stale pointer here.
  void release() noexcept {
    if (T* const old = std::exchange(object_, nullptr)) old->Release();
  }

  T* object_ = nullptr;
};

}  // namespace dosvc
