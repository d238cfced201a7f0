#pragma once

#include "dbus/fields.h"
#include "dbus/words.h"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

// How the types of the structures' members are written: their D-Bus signatures.
namespace dosvc::wire {

template <class T>
inline constexpr bool kIsDuration = false;
template <class Rep, class Period>
inline constexpr bool kIsDuration<std::chrono::duration<Rep, Period>> = true;

template <class T>
struct SignatureOf;  // what isn't named here can't stand in a message

template <class T>
inline constexpr const char* kSignature = SignatureOf<std::remove_const_t<T>>::value;

template <class T>
requires std::is_enum_v<T>
struct SignatureOf<T> {
  static constexpr const char* value = "s";
};
template <class T>
requires kIsDuration<T>
struct SignatureOf<T> {
  static constexpr const char* value = "t";
};
template <Structure T>
struct SignatureOf<T> {
  static constexpr const char* value = "a{sv}";
};
template <Structure T>
struct SignatureOf<std::vector<T>> {
  static constexpr const char* value = "aa{sv}";
};
template <class T>
struct SignatureOf<std::optional<T>> : SignatureOf<T> {};

#define DOSVC_SIGNATURE(type, text)            \
  template <>                                  \
  struct SignatureOf<type> {                   \
    static constexpr const char* value = text; \
  }
DOSVC_SIGNATURE(bool, "b");
DOSVC_SIGNATURE(int, "i");
DOSVC_SIGNATURE(std::uint32_t, "u");
DOSVC_SIGNATURE(std::uint64_t, "t");
DOSVC_SIGNATURE(std::string, "s");
DOSVC_SIGNATURE(Uuid, "s");
DOSVC_SIGNATURE(WallTime, "t");
DOSVC_SIGNATURE(std::vector<std::string>, "as");
DOSVC_SIGNATURE(std::vector<FileRange>, "a(tt)");
DOSVC_SIGNATURE(RangeSet, "a(tt)");
#undef DOSVC_SIGNATURE

}  // namespace dosvc::wire
