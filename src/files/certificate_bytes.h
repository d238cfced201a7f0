#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace dosvc {

// A certificate as it was found in bytes that may be anybody's.
struct FoundCertificate {
  std::string sha1;        // 40 hex digits in lower case
  std::string subject;     // "CN=me,O=us" (RFC 4514), in UTF-8
  bool holds_key = false;  // usable or not: a secret
  std::string pem;         // the certificate, the others that came with it, and its key; empty when that is of no use
  std::string trouble;     // why: completes the sentence "its private key …"
};

// Of a PEM text, whose certificate is the one that the key belongs to, or else the first; or of a PKCS #12 file without
// a password. CRYPT_E_FILE_ERROR: neither holds one.
Result<FoundCertificate> certificate_in(std::string_view bytes);

}  // namespace dosvc
