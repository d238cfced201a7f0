#pragma once

#include <cstdint>
#include <string>

#include "files/posix_temp_file.h"

namespace dosvc {

// SHA-256 of these bytes in lower-case hex.
Result<std::string> sha256_of(const PosixTempFile& file, ByteRange bytes);

}  // namespace dosvc
