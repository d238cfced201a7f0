#pragma once

#include <cstdint>
#include <string>

#include "base/sha256.h"
#include "files/posix_temp_file.h"

namespace dosvc {

// Reads these bytes into the digest. ERROR_READ_FAULT: the file doesn't have them any more, or the disk fails.
Result<void> add_to(Sha256& digest, const PosixTempFile& file, ByteRange bytes);

// SHA-256 of these bytes in lower-case hex.
Result<std::string> sha256_of(const PosixTempFile& file, ByteRange bytes);

}  // namespace dosvc
