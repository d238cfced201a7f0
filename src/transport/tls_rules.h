#pragma once

#include <string_view>

#include "core/http_options.h"
#include "transport/curl_options.h"

namespace dosvc {

// Whether these security flags forgive an error of OpenSSL's look at a certificate (X509_V_ERR_…).
bool forgives(std::uint32_t security_flags, int x509_error);

// How the server is to be known, and the job's certificate.
// `trusted` are certificates in place of the system's; null: those of the system.
void set_tls(CurlOptions& to, const HttpOptions& http, const std::string* trusted);

// The part of it that goes with the way: OpenSSL isn't told whose certificate it looks at, and one of a proxy is never
// forgiven anything. On a way through a proxy of https nothing is.
void set_forgiveness(CurlOptions& to, const HttpOptions& http, std::string_view proxy);

}  // namespace dosvc
