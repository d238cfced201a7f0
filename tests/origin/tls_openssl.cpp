#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <climits>
#include <cstdio>

#include "origin/tls.h"

namespace dosvc::origin {

namespace {

template <auto Free>
struct Freeing {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Freeing<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Freeing<SSL_free>>;

Key make_key() { return Key(EVP_EC_gen("P-256")); }

bool add_extension(X509* to, X509* issuer, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, Freeing<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, id, value));
  return extension && X509_add_ext(to, extension.get(), -1) == 1;
}

// A certificate for `key`, without extensions and not signed yet; `issuer` null means its own.
Certificate make_certificate(EVP_PKEY* key, const char* name, long serial, X509* issuer) {
  Certificate made(X509_new());
  if (!made) return nullptr;
  constexpr long kDay = 86'400;
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 30 * kDay);
  X509_set_pubkey(made.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(made.get(), X509_get_subject_name(issuer ? issuer : made.get()));
  return made;
}

bool write_pem(const std::string& path, X509* certificate) {
  std::unique_ptr<std::FILE, Freeing<std::fclose>> file(std::fopen(path.c_str(), "w"));
  return file && PEM_write_X509(file.get(), certificate) == 1 && std::fflush(file.get()) == 0;
}

class TlsChannel : public Channel {
 public:
  TlsChannel(SSL_CTX* context, int socket) : session_(SSL_new(context)) {
    SSL_set_fd(session_.get(), socket);
    SSL_set_accept_state(session_.get());  // the first read or write shakes hands
  }

  Outcome read(char* to, std::size_t size) override {
    ERR_clear_error();
    const int done = SSL_read(session_.get(), to, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
    return outcome(done);
  }

  Outcome write(const char* from, std::size_t size) override {
    ERR_clear_error();
    const int done = SSL_write(session_.get(), from, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
    return outcome(done);
  }

  void say_goodbye() override {
    ERR_clear_error();
    if (SSL_is_init_finished(session_.get())) SSL_shutdown(session_.get());
  }

 private:
  Outcome outcome(int done) {
    if (done > 0) return {Step::moved, static_cast<std::size_t>(done)};
    switch (SSL_get_error(session_.get(), done)) {
      case SSL_ERROR_WANT_READ:
        return {Step::wants_read, 0};
      case SSL_ERROR_WANT_WRITE:
        return {Step::wants_write, 0};
      default:
        return {Step::ended, 0};
    }
  }

  Session session_;
};

class OpenSslTls : public Tls {
 public:
  explicit OpenSslTls(Context context) : context_(std::move(context)) {}
  std::unique_ptr<Channel> channel(int socket) override { return std::make_unique<TlsChannel>(context_.get(), socket); }

 private:
  Context context_;
};

}  // namespace

std::unique_ptr<Tls> make_tls(const std::string& directory) {
  const Key authority_key = make_key();
  const Key server_key = make_key();
  if (!authority_key || !server_key) return nullptr;
  const auto authority = make_certificate(authority_key.get(), "dosvc test authority", 1, nullptr);
  if (!authority || !add_extension(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE") ||
      !add_extension(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
      X509_sign(authority.get(), authority_key.get(), EVP_sha256()) == 0) {
    return nullptr;
  }
  const auto server = make_certificate(server_key.get(), "127.0.0.1", 2, authority.get());
  if (!server || !add_extension(server.get(), authority.get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !add_extension(server.get(), authority.get(), NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost") ||
      X509_sign(server.get(), authority_key.get(), EVP_sha256()) == 0) {
    return nullptr;
  }
  Context context(SSL_CTX_new(TLS_server_method()));
  if (!context || SSL_CTX_use_certificate(context.get(), server.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), server_key.get()) != 1 ||
      !write_pem(directory + "/ca.pem", authority.get())) {
    return nullptr;
  }
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return std::make_unique<OpenSslTls>(std::move(context));
}

}  // namespace dosvc::origin
