#pragma once

#include "base/result.h"
#include "core/file.h"

#include <string_view>

namespace dosvc {

// Reads what a program sets as IntegrityCheckInfo of a file or download ("DODownloadProperty enumeration"): a JSON
// object with the texts
//   PiecesHashFileUrl              http or https; needed
//   PiecesHashFileDigest           of that file, 32 bytes in base64 or 64 hexadecimal digits
//   PiecesHashFileDigestAlgorithm  "SHA256", which is also meant when it's left out
//   HashOfHashes                   32 bytes in base64
// Other names are passed over. E_INVALIDARG: it is anything else.
Result<IntegrityCheck> parse_integrity_info(std::string_view json);

}  // namespace dosvc
