#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

// Certificates made for one test.
namespace dosvc::origin {

template <auto Free>
struct Freeing {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;

struct Terms {
  std::string name;                 // the common name
  std::string alternative_names{};  // such as "IP:127.0.0.1,DNS:localhost"
  std::string usage{};              // extended key usage, such as "clientAuth"; empty: any
  int first_day = -1;               // counted from today
  int last_day = 30;
  bool is_authority = false;
};

struct Identity {
  Certificate certificate;
  Key key;

  explicit operator bool() const { return certificate && key; }
  std::string pem() const;  // the certificate and its key
};

// Signed by the issuer; without one, by itself. Empty when that fails.
Identity issue(const Terms& terms, const Identity* issuer = nullptr);

std::string pem_of(X509* certificate);
std::string pem_of(EVP_PKEY* key);

}  // namespace dosvc::origin
