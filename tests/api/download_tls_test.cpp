#include "api/download_fixture.h"

// The properties of a download that matter over https.

namespace dosvc {
namespace {

class DownloadTls : public DownloadTest {
 protected:
  void SetUp() override {
    DownloadTest::SetUp();
    keys = (folder / "keys").string();
    std::filesystem::create_directory(keys);
    open_secure({});
  }
  void TearDown() override {
    DownloadTest::TearDown();
    secure.reset();
  }
  // Nobody but itself vouches for it.
  void open_secure(origin::TlsOptions options) {
    secure =
        std::make_unique<origin::Origin>(origin::Origin::Options{.tls_directory = keys, .tls = std::move(options)});
    ASSERT_EQ(secure->error(), "");
    secure->serve("/small", {.size = 20'000, .seed = 3});
  }

  com_ptr<IDODownload> create(ULONG flags) {
    auto download = DownloadTest::create();
    EXPECT_EQ(set(download, DODownloadProperty_Uri, Value::text(secure->tls_url("/small"))), S_OK);
    EXPECT_EQ(set(download, DODownloadProperty_LocalPath, Value::text(local("small"))), S_OK);
    EXPECT_EQ(set(download, DODownloadProperty_SecurityFlags, Value::number(flags)), S_OK);
    EXPECT_EQ(set(download, DODownloadProperty_BlockingMode, Value::flag(true)), S_OK);
    return download;
  }
  std::string key_file(const std::string& name) const { return bytes_of(std::filesystem::path(keys) / name); }

  static constexpr HRESULT kNotBelieved = HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_FAILURE);
  static constexpr ULONG kTrustAll = SECURITY_FLAG_IGNORE_UNKNOWN_CA;
  std::string keys;
  std::unique_ptr<origin::Origin> secure;
};

TEST_F(DownloadTls, an_unknown_authority_is_an_error_unless_ignored) {
  EXPECT_EQ(create(0)->Start(nullptr), kNotBelieved);
  EXPECT_EQ(create(SECURITY_FLAG_IGNORE_CERT_CN_INVALID | SECURITY_FLAG_IGNORE_CERT_DATE_INVALID |
                   SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE)
                ->Start(nullptr),
            kNotBelieved)
      << "the flags forgive nothing else";
  EXPECT_EQ(create(kTrustAll)->Start(nullptr), S_OK);
}

TEST_F(DownloadTls, each_flag_forgives_what_it_names) {
  const struct {
    const char* what;
    origin::TlsOptions options;
    ULONG flag;
    HRESULT error;
  } kCases[] = {
      {"name", {.names = "DNS:elsewhere.example"}, SECURITY_FLAG_IGNORE_CERT_CN_INVALID, WININET_E_SEC_CERT_CN_INVALID},
      {"date",
       {.first_day = -9, .last_day = -2},
       SECURITY_FLAG_IGNORE_CERT_DATE_INVALID,
       WININET_E_SEC_CERT_DATE_INVALID},
  };
  for (const auto& c : kCases) {
    open_secure(c.options);
    EXPECT_EQ(create(kTrustAll)->Start(nullptr), kNotBelieved) << c.what;
    EXPECT_EQ(create(kTrustAll | c.flag)->Start(nullptr), S_OK) << c.what;
  }
}

TEST_F(DownloadTls, a_check_of_revocation_switches_the_others_off) {
  EXPECT_EQ(create(kTrustAll | WINHTTP_ENABLE_SSL_REVOCATION)->Start(nullptr), kNotBelieved);
}

TEST_F(DownloadTls, a_client_certificate_is_given_as_bytes) {
  open_secure({.wants_client_certificate = true});
  EXPECT_EQ(create(kTrustAll)->Start(nullptr), WININET_E_CLIENT_AUTH_CERT_NEEDED);
  const auto download = create(kTrustAll);
  EXPECT_EQ(set(download, DODownloadProperty_SecurityContext, Value::bytes("no certificate")), CRYPT_E_FILE_ERROR);
  EXPECT_EQ(set(download, DODownloadProperty_SecurityContext, Value::bytes(key_file("ca.pem"))), CRYPT_E_FILE_ERROR)
      << "without a key";
  ASSERT_EQ(set(download, DODownloadProperty_SecurityContext, Value::bytes(key_file("client.pem"))), S_OK);
  EXPECT_EQ(download->Start(nullptr), S_OK);
}

TEST_F(DownloadTls, leads_to_http_only_when_allowed) {
  secure->serve("/small", {.rules = {origin::always(origin::redirect(302, origin.url("/small")))}});
  EXPECT_EQ(create(kTrustAll)->Start(nullptr), HRESULT_FROM_WIN32(302));
  EXPECT_TRUE(origin.requests_of("/small").empty());
  const auto download = create(kTrustAll);
  ASSERT_EQ(set(download, DODownloadProperty_HttpAllowSecureToNonSecureRedirect, Value::flag(true)), S_OK);
  EXPECT_EQ(download->Start(nullptr), S_OK);
  EXPECT_EQ(value_of(download, DODownloadProperty_HttpRedirectionTarget).as_text(), origin.url("/small"));
}

TEST_F(DownloadTls, auth_headers_are_an_answer_to_a_challenge) {
  secure->serve("/small", {.size = 20'000, .seed = 3, .rules = {origin::for_first(1, origin::status(401))}});
  const auto download = create(kTrustAll);
  ASSERT_EQ(set(download, DODownloadProperty_HttpCustomAuthHeaders, Value::text("Authorization: Bearer xyz\r\n")),
            S_OK);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  const auto requests = secure->requests_of("/small");
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].header("Authorization"), "");
  EXPECT_EQ(requests[1].header("Authorization"), "Bearer xyz");
  EXPECT_EQ(value_of(download, DODownloadProperty_HttpCustomAuthHeaders).as_text(), "Authorization: Bearer xyz\r\n");
}

}  // namespace
}  // namespace dosvc
