#pragma once

// Blocks of memory ("ZeroMemory macro" and its kin), and the operations on shared variables ("Interlocked Variable
// Access").

#include <dosvc_windows/types.h>

#include <cstring>
#include <type_traits>

#define ZeroMemory(destination, length) std::memset((destination), 0, (length))
#define FillMemory(destination, length, fill) std::memset((destination), (fill), (length))
#define CopyMemory(destination, source, length) std::memcpy((destination), (source), (length))
#define MoveMemory(destination, source, length) std::memmove((destination), (source), (length))

extern "C" {

// Not left out by the compiler, even where nothing reads the memory afterwards. Returns `memory`.
PVOID SecureZeroMemory(PVOID memory, SIZE_T bytes) noexcept;

}  // extern "C"

// Templates, because LONG is not `long` here and sources count in both. All are full barriers.
namespace dosvc::windows {
template <class T>
concept Counter = std::is_integral_v<T> &&(sizeof(T) == 4 || sizeof(T) == 8);
template <class T>
using Same = std::type_identity_t<T>;
}  // namespace dosvc::windows

// The new value.
template <dosvc::windows::Counter T>
T InterlockedIncrement(volatile T* value) noexcept {
  return __atomic_add_fetch(value, 1, __ATOMIC_SEQ_CST);
}
template <dosvc::windows::Counter T>
T InterlockedDecrement(volatile T* value) noexcept {
  return __atomic_sub_fetch(value, 1, __ATOMIC_SEQ_CST);
}
template <dosvc::windows::Counter T>
T InterlockedAdd(volatile T* value, dosvc::windows::Same<T> add) noexcept {
  return __atomic_add_fetch(value, add, __ATOMIC_SEQ_CST);
}

// The old value.
template <dosvc::windows::Counter T>
T InterlockedExchangeAdd(volatile T* value, dosvc::windows::Same<T> add) noexcept {
  return __atomic_fetch_add(value, add, __ATOMIC_SEQ_CST);
}
template <dosvc::windows::Counter T>
T InterlockedExchange(volatile T* value, dosvc::windows::Same<T> to) noexcept {
  return __atomic_exchange_n(value, to, __ATOMIC_SEQ_CST);
}
template <dosvc::windows::Counter T>
T InterlockedCompareExchange(volatile T* value, dosvc::windows::Same<T> to, dosvc::windows::Same<T> when) noexcept {
  __atomic_compare_exchange_n(value, &when, to, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return when;
}
inline PVOID InterlockedExchangePointer(PVOID volatile* value, PVOID to) noexcept {
  return __atomic_exchange_n(value, to, __ATOMIC_SEQ_CST);
}
inline PVOID InterlockedCompareExchangePointer(PVOID volatile* value, PVOID to, PVOID when) noexcept {
  __atomic_compare_exchange_n(value, &when, to, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return when;
}

#define InterlockedIncrement64 InterlockedIncrement
#define InterlockedDecrement64 InterlockedDecrement
#define InterlockedExchange64 InterlockedExchange
#define InterlockedExchangeAdd64 InterlockedExchangeAdd
#define InterlockedCompareExchange64 InterlockedCompareExchange
