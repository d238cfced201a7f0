#pragma once

#include "api/api_fixture.h"

#include <cstring>
#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace dosvc {

// A job and its first file by all their interfaces.
struct Faces {
  com_ptr<IBackgroundCopyJob5> job;
  com_ptr<IBackgroundCopyJobHttpOptions3> http;
  com_ptr<IDeliveryOptimizationJob> delivery;
  com_ptr<IDeliveryOptimizationJob2> delivery2;
  com_ptr<IBackgroundCopyFile6> file;
  com_ptr<IDeliveryOptimizationFile> file_stats;
  com_ptr<IDeliveryOptimizationFile2> file2;
  std::wstring url;    // something to download
  std::wstring local;  // where a file can be made
  com_ptr<IUnknown> ear;

  explicit Faces(const com_ptr<IBackgroundCopyJob>& of) {
    EXPECT_EQ(of.as(job), S_OK);
    EXPECT_EQ(of.as(http), S_OK);
    EXPECT_EQ(of.as(delivery), S_OK);
    EXPECT_EQ(of.as(delivery2), S_OK);
    com_ptr<IEnumBackgroundCopyFiles> files;
    com_ptr<IBackgroundCopyFile> first;
    if (of->EnumFiles(files.put()) == S_OK && files->Next(1, first.put(), nullptr) == S_OK) {
      EXPECT_EQ(first.as(file), S_OK);
      EXPECT_EQ(first.as(file_stats), S_OK);
      EXPECT_EQ(first.as(file2), S_OK);
    }
  }
};

using Call = std::function<HRESULT(const Faces&)>;

// ---- What a method gave out, freed as its page says.

template <class T>
void let_go(T& out) {
  if constexpr (std::is_same_v<T, VARIANT>) {
    VariantClear(&out);
  } else if constexpr (std::is_same_v<T, DOSwarmStats>) {
    CoTaskMemFree(out.fileId);
    CoTaskMemFree(out.sourceURL);
  } else if constexpr (std::is_pointer_v<T>) {
    if constexpr (std::is_convertible_v<T, IUnknown*>) {
      if (out) out->Release();
    } else {
      CoTaskMemFree(out);
    }
  }
}

// A pointer before the call: neither NULL nor to be used.
template <class T>
T before_the_call() {
  if constexpr (std::is_pointer_v<T>) return reinterpret_cast<T>(std::uintptr_t{8});
  return T{};
}

template <class T>
bool is_left_empty(const T& out) {
  if constexpr (std::is_pointer_v<T>) return out == nullptr;
  return true;
}

// A method whose arguments are out-parameters alone: as it is meant, and with each of them NULL in turn. On failure
// pointers must be NULL.
struct Getter {
  const char* name;
  HRESULT expected;
  HRESULT of_null;
  Call call;
  Call call_with_null;
};

template <class Tuple, std::size_t... I>
HRESULT call_with_nulls(Tuple& outs, std::index_sequence<I...>, auto&& method, HRESULT expected) {
  HRESULT result = expected;
  for (std::size_t null = 0; null < sizeof...(I); ++null) {
    ((std::get<I>(outs) = before_the_call<std::tuple_element_t<I, Tuple>>()), ...);
    const HRESULT one = method((I == null ? nullptr : &std::get<I>(outs))...);
    const bool empty = ((I == null || is_left_empty(std::get<I>(outs))) && ...);
    EXPECT_TRUE(empty);
    if (one != expected) result = one;
  }
  return result;
}

template <class Face, class Interface, class... Outs>
Getter getter(const char* name, com_ptr<Face> Faces::*face, HRESULT (Interface::*method)(Outs*...),
              HRESULT expected = S_OK, HRESULT of_null = E_INVALIDARG) {
  const auto call = [=](const Faces& on) {
    std::tuple<Outs...> outs{before_the_call<Outs>()...};
    const HRESULT result = std::apply([&](Outs&... out) { return ((*(on.*face)).*method)(&out...); }, outs);
    std::apply(
        [&](Outs&... out) {
          EXPECT_TRUE(SUCCEEDED(result) || (is_left_empty(out) && ...)) << "a pointer is left on failure";
          if (SUCCEEDED(result)) (let_go(out), ...);
        },
        outs);
    return result;
  };
  const auto call_with_null = [=](const Faces& on) {
    std::tuple<Outs...> outs{};
    return call_with_nulls(
        outs, std::index_sequence_for<Outs...>(),
        [&](auto*... out) { return ((*(on.*face)).*method)(static_cast<Outs*>(out)...); }, of_null);
  };
  return {name, expected, of_null, call, call_with_null};
}

}  // namespace dosvc
