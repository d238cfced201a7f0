#include "core/http_options.h"

namespace dosvc {

HttpOptions HttpOptions::without_secrets() const {
  HttpOptions shown = *this;
  for (Credentials& each : shown.credentials) each.user = each.password = {};
  if (shown.client_certificate) shown.client_certificate->pem.clear();
  // These may hold a password.
  shown.http_proxy.clear();
  shown.https_proxy.clear();
  if (headers_hidden) shown.headers.clear();
  return shown;
}

}  // namespace dosvc
