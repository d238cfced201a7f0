#include "files/client_certificate.h"

namespace dosvc {

Result<ClientCertificate> client_certificate(const CertificateChoice&) {
  return Error{CRYPT_E_NOT_FOUND, ErrorContext::local_file, "there is no such certificate"};
}

}  // namespace dosvc
