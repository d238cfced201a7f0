#pragma once

#include "base/result.h"
#include "core/job_service.h"

namespace dosvc {

// The certificate that is meant, with its key: docs/certificates.md. With the rights of this process.
// CRYPT_E_NOT_FOUND: the store holds none such; CRYPT_E_FILE_ERROR: the bytes are no certificate with its key.
Result<ClientCertificate> client_certificate(const CertificateChoice& choice);

}  // namespace dosvc
