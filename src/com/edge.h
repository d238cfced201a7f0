#pragma once

#include "base/result.h"

#include <new>
#include <utility>

namespace dosvc {

inline HRESULT hresult_of(const Result<void>& result) { return result ? S_OK : result.error().code; }
inline HRESULT hresult_of(const Result<HRESULT>& result) { return result ? *result : result.error().code; }

// The body of every method that COM calls: Results become HRESULTs, and no exception crosses the interface.
// A body that has more than S_OK to say returns Result<HRESULT>, the others Result<void>.
template <class Body>
HRESULT com_edge(Body&& body) noexcept {
  try {
    return hresult_of(std::forward<Body>(body)());
  } catch (const std::bad_alloc&) {
    return E_OUTOFMEMORY;
  } catch (...) {
    return E_UNEXPECTED;
  }
}

}  // namespace dosvc
