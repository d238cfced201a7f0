#include "files/certificate_bytes.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace dosvc {
namespace {

template <auto Free>
struct Freeing {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Memory = std::unique_ptr<BIO, Freeing<BIO_free_all>>;

// What OpenSSL leaves behind in the thread when it fails must not turn up elsewhere.
struct NoErrorsLeft {
  ~NoErrorsLeft() { ERR_clear_error(); }
};

struct Parts {
  std::vector<Certificate> certificates;
  Key key;
};

Memory reader(std::string_view bytes) {
  if (bytes.size() > std::numeric_limits<int>::max()) return nullptr;
  return Memory(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

// Nobody is there to be asked.
int no_password(char*, int, int, void*) { return -1; }

Parts parts_of_pem(std::string_view bytes) {
  Parts parts;
  const Memory certificates = reader(bytes);
  while (certificates) {
    Certificate next(PEM_read_bio_X509(certificates.get(), nullptr, &no_password, nullptr));
    if (!next) break;
    parts.certificates.push_back(std::move(next));
  }
  if (const Memory keys = reader(bytes)) {
    parts.key = Key(PEM_read_bio_PrivateKey(keys.get(), nullptr, &no_password, nullptr));
  }
  return parts;
}

Parts parts_of_pkcs12(std::string_view bytes) {
  using File = std::unique_ptr<PKCS12, Freeing<PKCS12_free>>;
  Parts parts;
  const Memory memory = reader(bytes);
  const File file(memory ? d2i_PKCS12_bio(memory.get(), nullptr) : nullptr);
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  STACK_OF(X509)* others = nullptr;
  if (!file || PKCS12_parse(file.get(), nullptr, &key, &certificate, &others) != 1) return parts;
  parts.key = Key(key);
  if (certificate) parts.certificates.emplace_back(certificate);
  while (others && sk_X509_num(others) > 0) parts.certificates.emplace_back(sk_X509_shift(others));
  sk_X509_free(others);
  return parts;
}

std::string sha1_of(X509* certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha1(), digest, &size) != 1) return {};
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

std::string subject_of(X509* certificate) {
  const Memory memory(BIO_new(BIO_s_mem()));
  constexpr unsigned long kUtf8 = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;
  if (!memory || X509_NAME_print_ex(memory.get(), X509_get_subject_name(certificate), 0, kUtf8) < 0) return {};
  return text_of(memory.get());
}

bool belongs_to(const Certificate& certificate, const Key& key) {
  return key && X509_check_private_key(certificate.get(), key.get()) == 1;
}

std::string pem_of(const Parts& parts) {
  const Memory memory(BIO_new(BIO_s_secmem()));
  bool written = memory != nullptr;
  for (const Certificate& each : parts.certificates) {
    written = written && PEM_write_bio_X509(memory.get(), each.get()) == 1;
  }
  written =
      written && PEM_write_bio_PrivateKey(memory.get(), parts.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  return written ? text_of(memory.get()) : std::string();
}

}  // namespace

Result<FoundCertificate> certificate_in(std::string_view bytes) {
  const NoErrorsLeft at_the_end;
  const bool is_pem = bytes.find("-----BEGIN ") != std::string_view::npos;
  Parts parts = is_pem ? parts_of_pem(bytes) : parts_of_pkcs12(bytes);
  auto& certificates = parts.certificates;
  if (certificates.empty()) {
    return Error{CRYPT_E_FILE_ERROR, ErrorContext::local_file,
                 "this is no certificate: it must be a PEM text, or a PKCS #12 file without a password"};
  }
  for (Certificate& each : certificates) {
    if (belongs_to(each, parts.key)) std::swap(each, certificates.front());
  }
  FoundCertificate found;
  found.sha1 = sha1_of(certificates.front().get());
  found.subject = subject_of(certificates.front().get());
  found.holds_key = parts.key || bytes.find("PRIVATE KEY-----") != std::string_view::npos;
  if (belongs_to(certificates.front(), parts.key)) {
    found.pem = pem_of(parts);
  } else if (parts.key) {
    found.trouble = "belongs to another one";
  } else {
    found.trouble = found.holds_key ? "is encrypted or damaged: store it without a passphrase" : "is missing";
  }
  return found;
}

}  // namespace dosvc
