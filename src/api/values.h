#pragma once

#include "base/guid.h"
#include "core/job.h"

#include <dosvc/bits_types.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dosvc {

GUID to_guid(const Uuid& id);
Uuid to_uuid(const GUID& id);

// Zero for no time. Times before 1601 read zero as well.
FILETIME to_filetime(std::optional<WallTime> time);

// An [in] string. E_INVALIDARG: NULL, or no Unicode text.
Result<std::string> in_string(LPCWSTR text);
// The same, where NULL is allowed and reads as empty.
Result<std::string> in_optional_string(LPCWSTR text);

// Ranges of a remote file. E_INVALIDARG: there are to be some, but the pointer is NULL.
Result<std::vector<FileRange>> in_ranges(DWORD count, const BG_FILE_RANGE* ranges);
std::vector<BG_FILE_RANGE> to_ranges(std::span<const FileRange> ranges);

inline Error failed_with(HRESULT code, std::string why = {}) { return Error{code, ErrorContext::none, std::move(why)}; }

}  // namespace dosvc
