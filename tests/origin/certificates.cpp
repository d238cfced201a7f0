#include "origin/certificates.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>

namespace dosvc::origin {

namespace {

using Memory = std::unique_ptr<BIO, Freeing<BIO_free_all>>;

bool add_extension(X509* to, X509* issuer, int id, const std::string& value) {
  if (value.empty()) return true;
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, Freeing<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension && X509_add_ext(to, extension.get(), -1) == 1;
}

bool add_extensions(X509* to, X509* issuer, const Terms& terms) {
  const char* constraints = terms.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE";
  const char* key_usage = terms.is_authority ? "critical,keyCertSign,cRLSign" : "";
  return add_extension(to, issuer, NID_basic_constraints, constraints) &&
         add_extension(to, issuer, NID_key_usage, key_usage) &&
         add_extension(to, issuer, NID_ext_key_usage, terms.usage) &&
         add_extension(to, issuer, NID_subject_alt_name, terms.alternative_names);
}

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

}  // namespace

Identity issue(const Terms& terms, const Identity* issuer) {
  static std::atomic<long> last_serial{0};
  constexpr long kDay = 86'400;
  Identity made{Certificate(X509_new()), Key(EVP_EC_gen("P-256"))};
  if (!made) return {};
  X509* certificate = made.certificate.get();
  X509* from = issuer ? issuer->certificate.get() : certificate;
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++last_serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), terms.first_day * kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate), terms.last_day * kDay);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(terms.name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(from));
  const bool good = add_extensions(certificate, from, terms) &&
                    X509_sign(certificate, issuer ? issuer->key.get() : made.key.get(), EVP_sha256()) != 0;
  return good ? std::move(made) : Identity{};
}

std::string Identity::pem() const { return pem_of(certificate.get()) + pem_of(key.get()); }

std::string pem_of(X509* certificate) {
  const Memory memory(BIO_new(BIO_s_mem()));
  return PEM_write_bio_X509(memory.get(), certificate) == 1 ? text_of(memory.get()) : "";
}

std::string pem_of(EVP_PKEY* key) {
  const Memory memory(BIO_new(BIO_s_mem()));
  const bool written = PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
  return written ? text_of(memory.get()) : "";
}

}  // namespace dosvc::origin
