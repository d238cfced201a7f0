#pragma once

#include <string_view>

#include "base/result.h"

namespace dosvc {

// Why something could not be done to a local file, as programs see it (context local_file): the one table from errno to
// HRESULT. `done` says what: file_error(ENOSPC, path, "written") is ERROR_DISK_FULL,
//   "/dl/a" can't be written: the disk is full; free some space
Error file_error(int number, std::string_view path, std::string_view done);

// The same sentence for what the system doesn't refuse, but we do.
Error file_error(HRESULT code, std::string_view path, std::string_view done, std::string_view why_and_what_to_do);

}  // namespace dosvc
