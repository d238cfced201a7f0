#pragma once

// Ids of interfaces and classes, and how one is attached to a type. A mistyped id does not compile; neither does
// asking for the id of a type that has none.

#include <dosvc/types.h>

#include <cstddef>
#include <string_view>
#include <type_traits>

// The layout of Windows: in memory the first three fields are little-endian numbers, in text all is read from the left.
struct GUID {
  std::uint32_t Data1;
  std::uint16_t Data2;
  std::uint16_t Data3;
  std::uint8_t Data4[8];

  friend constexpr bool operator==(const GUID&, const GUID&) = default;
};

using IID = GUID;
using CLSID = GUID;
using REFGUID = const GUID&;
using REFIID = const IID&;
using REFCLSID = const CLSID&;

inline constexpr DOSVC_API GUID GUID_NULL = {};

inline bool IsEqualGUID(REFGUID a, REFGUID b) { return a == b; }
inline bool IsEqualIID(REFIID a, REFIID b) { return a == b; }
inline bool IsEqualCLSID(REFCLSID a, REFCLSID b) { return a == b; }

namespace dosvc {

namespace detail {

void guid_text_is_malformed();  // never defined: reaching it ends the constant evaluation with an error

consteval std::uint64_t hex_number(std::string_view text, std::size_t at, std::size_t digits) {
  std::uint64_t number = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    const char c = text[i];
    std::uint64_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint64_t>(c - '0');
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint64_t>(c - 'A' + 10);
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint64_t>(c - 'a' + 10);
    } else {
      guid_text_is_malformed();
    }
    number = number << 4 | digit;
  }
  return number;
}

}  // namespace detail

// "19C613A0-FCB8-4F28-81AE-897C3D078F81", in either case, without braces.
consteval GUID parse_guid(std::string_view text) {
  if (text.size() != 36) detail::guid_text_is_malformed();
  for (const std::size_t dash : {std::size_t{8}, std::size_t{13}, std::size_t{18}, std::size_t{23}})
    if (text[dash] != '-') detail::guid_text_is_malformed();
  GUID id{};
  id.Data1 = static_cast<std::uint32_t>(detail::hex_number(text, 0, 8));
  id.Data2 = static_cast<std::uint16_t>(detail::hex_number(text, 9, 4));
  id.Data3 = static_cast<std::uint16_t>(detail::hex_number(text, 14, 4));
  for (std::size_t i = 0; i < 8; ++i)
    id.Data4[i] = static_cast<std::uint8_t>(detail::hex_number(text, (i < 2 ? 19 : 20) + 2 * i, 2));
  return id;
}

// The id of an interface or class and, as `base`, the interface it derives from. Specialised by the macros below only.
template <class I>
struct iid;

template <class I>
inline constexpr const GUID& iid_of = iid<I>::value;

namespace detail {

// The interface named by what a caller writes: `IFoo`, or the `IFoo**` of an out-parameter.
template <class T>
using named_interface = std::remove_cv_t<std::remove_pointer_t<std::remove_cvref_t<T>>>;
template <class T>
using out_interface = named_interface<std::remove_pointer_t<std::remove_cvref_t<T>>>;

template <class I>
void** void_out(I** out) {
  return reinterpret_cast<void**>(out);
}

}  // namespace detail

}  // namespace dosvc

// Gives interface I its id: the constant IID_I and what __uuidof(I) answers. At global scope, after I's definition.
// The constants are visible in every shared object, so that they have one address in a process.
#define DOSVC_INTERFACE_ID(I, Base, text)                              \
  inline constexpr DOSVC_API GUID IID_##I = ::dosvc::parse_guid(text); \
  template <>                                                          \
  struct dosvc::iid<I> {                                               \
    using base = Base;                                                 \
    static constexpr const GUID& value = IID_##I;                      \
  };

// Declares class C, which exists for its id alone: CLSID_C and __uuidof(C).
#define DOSVC_CLASS_ID(C, text)                                          \
  class C;                                                               \
  inline constexpr DOSVC_API GUID CLSID_##C = ::dosvc::parse_guid(text); \
  template <>                                                            \
  struct dosvc::iid<C> {                                                 \
    static constexpr const GUID& value = CLSID_##C;                      \
  };

// Takes the name of a type, not an expression. Replaces the keyword that clang has under -fms-extensions.
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wkeyword-macro"
#endif
#undef __uuidof
#define __uuidof(T) (::dosvc::iid_of<::dosvc::detail::named_interface<T>>)
#ifdef __clang__
#pragma clang diagnostic pop
#endif

// The last two arguments of QueryInterface and CoCreateInstance, agreeing by construction.
#define IID_PPV_ARGS(out) \
  (::dosvc::iid_of<::dosvc::detail::out_interface<decltype(out)>>), ::dosvc::detail::void_out(out)
