#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "base/users.h"
#include "core/job_service.h"

namespace dosvc {

// The folders that hold the stores, a folder each: docs/certificates.md.
struct CertificateFolders {
  std::string user;     // BG_CERT_STORE_LOCATION_CURRENT_USER; empty: this user has no home
  std::string machine;  // BG_CERT_STORE_LOCATION_LOCAL_MACHINE

  static CertificateFolders of_this_process();
  static CertificateFolders of(const User& user);  // by his home in the user database
};

// The certificate that is meant, with its key; what is found in a store must be the owner's or root's. With the rights
// of the thread. CRYPT_E_NOT_FOUND: the store holds none such; CRYPT_E_FILE_ERROR: what was found or given is no
// certificate with its key; E_ACCESSDENIED: its file is open to others; E_INVALIDARG: not a name for a store.
Result<ClientCertificate> client_certificate(const CertificateFolders& folders, uid_t owner,
                                             const CertificateChoice& choice);

// See Files::read_trusted(); with the rights of the thread.
Result<std::string> trusted_certificates(const std::string& path);

}  // namespace dosvc
