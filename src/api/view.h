#pragma once

#include "com/edge.h"
#include "core/job.h"

#include <dosvc/bits_types.h>

namespace dosvc {

// The engine speaks in the codes of BITS and knows every detail of a failure. Here that truth becomes what the pages of
// Delivery Optimization document, for jobs and managers made through its class id; for BITS it stays as it is.

// BG_E_INVALID_STATE reads DO_E_INVALID_STATE and so on; codes without a twin pass.
HRESULT reported_code(ApiView view, HRESULT code);

// Delivery Optimization has no CONNECTING: a job that has its turn is TRANSFERRING.
BG_JOB_STATE reported_state(ApiView view, JobState state);

// Delivery Optimization: REMOTE_FILE for HTTP 403, NONE for all else.
BG_ERROR_CONTEXT reported_context(ApiView view, const JobError& error);

// The error object to show now: from ERROR or TRANSIENT_ERROR until the job shows TRANSFERRING. NULL: none.
const JobError* shown_error(const Job& job);

// com_edge, with the code in the words of the view.
template <class Body>
HRESULT view_edge(ApiView view, Body&& body) noexcept {
  return reported_code(view, com_edge(std::forward<Body>(body)));
}

// A getter with one out-parameter, which is zero on failure; `make` makes the value, or a Result of it. E_INVALIDARG:
// the out-parameter is NULL.
template <class T, class Make>
HRESULT give(ApiView view, T* out, Make&& make) noexcept {
  return view_edge(view, [&]() -> Result<void> {
    if (!out) return Error{E_INVALIDARG, ErrorContext::none, "an out-parameter is NULL"};
    *out = T{};
    Result<T> made = std::forward<Make>(make)();
    if (!made) return made.error();
    *out = std::move(made).take();
    return {};
  });
}

}  // namespace dosvc
