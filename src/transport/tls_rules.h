#pragma once

#include "core/http_options.h"
#include "transport/curl_options.h"

namespace dosvc {

// Whether these security flags forgive an error of OpenSSL's look at a certificate (X509_V_ERR_…).
bool forgives(std::uint32_t security_flags, int x509_error);

// Whether the requests of such a job need connections of their own: what a connection was made with (laxer checks, the
// job's certificate, NTLM or Kerberos, which log in a connection and not a request) must not serve another job, and
// libcurl doesn't compare all of it.
bool needs_own_connection(const HttpOptions& http);

// How the server is to be known, and the job's certificate. The ways to a proxy stay as strict as ever.
void set_tls(CurlOptions& to, const HttpOptions& http);

}  // namespace dosvc
