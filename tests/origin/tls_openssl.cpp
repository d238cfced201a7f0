#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <climits>
#include <cstring>
#include <fstream>
#include <vector>

#include "origin/certificates.h"
#include "origin/tls.h"

namespace dosvc::origin {

namespace {

using Context = std::unique_ptr<SSL_CTX, Freeing<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Freeing<SSL_free>>;
using Bytes = std::vector<unsigned char>;

bool write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  ::chmod(path.c_str(), 0600);
  return file << text && file.flush();
}

// What the authority says of the certificate today.
Bytes ocsp_response(const Identity& authority, X509* certificate, bool revoked) {
  const std::unique_ptr<OCSP_BASICRESP, Freeing<OCSP_BASICRESP_free>> basic(OCSP_BASICRESP_new());
  const std::unique_ptr<OCSP_CERTID, Freeing<OCSP_CERTID_free>> id(
      OCSP_cert_to_id(EVP_sha1(), certificate, authority.certificate.get()));
  using Time = std::unique_ptr<ASN1_TIME, Freeing<ASN1_TIME_free>>;
  constexpr long kHour = 3600;
  const Time before(X509_gmtime_adj(nullptr, -kHour));
  const Time after(X509_gmtime_adj(nullptr, kHour));
  OCSP_basic_add1_status(basic.get(), id.get(), revoked ? V_OCSP_CERTSTATUS_REVOKED : V_OCSP_CERTSTATUS_GOOD,
                         OCSP_REVOKED_STATUS_KEYCOMPROMISE, before.get(), before.get(), after.get());
  OCSP_basic_sign(basic.get(), authority.certificate.get(), authority.key.get(), EVP_sha256(), nullptr, 0);
  const std::unique_ptr<OCSP_RESPONSE, Freeing<OCSP_RESPONSE_free>> response(
      OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
  Bytes der(static_cast<std::size_t>(std::max(0, i2d_OCSP_RESPONSE(response.get(), nullptr))));
  unsigned char* end = der.data();
  i2d_OCSP_RESPONSE(response.get(), &end);
  return der;
}

int send_staple(SSL* session, void* staple_pointer) {
  const auto& staple = *static_cast<const Bytes*>(staple_pointer);
  auto* copy = static_cast<unsigned char*>(OPENSSL_malloc(staple.size()));
  std::memcpy(copy, staple.data(), staple.size());
  SSL_set_tlsext_status_ocsp_resp(session, copy, static_cast<long>(staple.size()));
  return SSL_TLSEXT_ERR_OK;
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

  void staple(Bytes response, X509* issuer) {
    staple_ = std::move(response);
    SSL_CTX_set_tlsext_status_cb(context_.get(), &send_staple);
    SSL_CTX_set_tlsext_status_arg(context_.get(), &staple_);
    SSL_CTX_add1_chain_cert(context_.get(), issuer);
  }
  void want_client_certificate(X509* issuer) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), issuer);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    constexpr unsigned char kId[] = "origin";  // without it no session of a known client can be resumed
    SSL_CTX_set_session_id_context(context_.get(), kId, sizeof kId);
  }

 private:
  Context context_;
  Bytes staple_;
};

}  // namespace

std::unique_ptr<Tls> make_tls(const std::string& directory, const TlsOptions& options) {
  // Authorities are looked up by name: a client may trust those of several origins.
  static std::atomic<int> last_authority{0};
  const std::string name = "dosvc test authority " + std::to_string(++last_authority);
  const Identity authority = issue({.name = name, .is_authority = true});
  const Identity server = issue({.name = "127.0.0.1",
                                 .alternative_names = options.names,
                                 .usage = options.usage,
                                 .first_day = options.first_day,
                                 .last_day = options.last_day},
                                &authority);
  const Identity client = issue({.name = "dosvc test client", .usage = "clientAuth"}, &authority);
  const Identity stranger = issue({.name = "dosvc test stranger"});
  Context context(SSL_CTX_new(TLS_server_method()));
  if (!authority || !server || !client || !stranger || !context ||
      SSL_CTX_use_certificate(context.get(), server.certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), server.key.get()) != 1 ||
      !write_file(directory + "/ca.pem", pem_of(authority.certificate.get())) ||
      !write_file(directory + "/client.pem", client.pem()) ||
      !write_file(directory + "/stranger.pem", stranger.pem())) {
    return nullptr;
  }
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  auto tls = std::make_unique<OpenSslTls>(std::move(context));
  X509* issuer = authority.certificate.get();
  if (options.staple != TlsOptions::Staple::none) {
    const bool revoked = options.staple == TlsOptions::Staple::revoked;
    tls->staple(ocsp_response(authority, server.certificate.get(), revoked), issuer);
  }
  if (options.wants_client_certificate) tls->want_client_certificate(issuer);
  return tls;
}

}  // namespace dosvc::origin
