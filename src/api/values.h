#pragma once

#include "base/guid.h"
#include "core/job.h"

#include <dosvc/guid.h>

#include <optional>
#include <string>

namespace dosvc {

GUID to_guid(const Uuid& id);
Uuid to_uuid(const GUID& id);

// Zero for no time. Times before 1601 read zero as well.
FILETIME to_filetime(std::optional<WallTime> time);

// An [in] string. E_INVALIDARG: NULL, or no Unicode text.
Result<std::string> in_string(LPCWSTR text);

inline Error failed_with(HRESULT code, std::string why = {}) { return Error{code, ErrorContext::none, std::move(why)}; }

}  // namespace dosvc
