#include "api/api_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

// How a job's requests are made ("IBackgroundCopyJobHttpOptions interface", 2 and 3, "IBackgroundCopyJob2::
// SetCredentials", "IBackgroundCopyJob::SetProxySettings"): what is read back, what the server sees, and what nobody
// sees.

namespace dosvc {
namespace {

class Requests : public BothViews {
 protected:
  void SetUp() override {
    BothViews::SetUp();
    origin.serve("/x", {.size = 1000, .seed = 4});
    job = job_for("/x", ear.get());
    ASSERT_EQ(job.as(http), S_OK);
    ASSERT_EQ(job.as(job2), S_OK);
  }
  void TearDown() override {
    job = nullptr;
    http = nullptr;
    job2 = nullptr;
    BothViews::TearDown();
  }
  HRESULT set_credentials(BG_AUTH_TARGET target, BG_AUTH_SCHEME scheme, std::wstring user, std::wstring password) {
    BG_AUTH_CREDENTIALS credentials{target, scheme, {{user.data(), password.data()}}};
    return job2->SetCredentials(&credentials);
  }
  static origin::Behaviour asks_for(origin::Login::Scheme scheme) {
    origin::Behaviour behaviour;
    behaviour.login = origin::Login{scheme, "user", "secret"};
    return behaviour;
  }
  std::string custom_headers(HRESULT expected = S_OK) {
    LPWSTR text = nullptr;
    EXPECT_EQ(http->GetCustomHeaders(&text), expected);
    return narrow(text);
  }
  void download() {
    ASSERT_EQ(job->Resume(), S_OK);
    ASSERT_TRUE(ear->wait_for_transferred());
  }
  std::string remote_name() {
    LPWSTR name = nullptr;
    EXPECT_EQ(first_file(*job)->GetRemoteName(&name), S_OK);
    return narrow(name);
  }

  const com_ptr<Ear> ear = make_object<Ear>();
  com_ptr<IBackgroundCopyJob> job;
  com_ptr<IBackgroundCopyJob2> job2;
  com_ptr<IBackgroundCopyJobHttpOptions3> http;
};
FOR_BOTH_VIEWS(Requests);

// ---- Headers and method

TEST_P(Requests, headers_are_sent_and_read_back) {
  EXPECT_EQ(custom_headers(S_FALSE), "");
  EXPECT_EQ(http->SetCustomHeaders(L"X-One: 1\r\nX-Two: a b\r\n"), S_OK);
  EXPECT_EQ(custom_headers(), "X-One: 1\r\nX-Two: a b\r\n");
  EXPECT_EQ(http->SetCustomHeaders(L"X-Three: 3\n"), S_OK) << "as the page's own example has it";
  EXPECT_EQ(custom_headers(), "X-Three: 3\r\n");
  download();
  EXPECT_EQ(origin.requests_of("/x").back().header("X-Three"), "3");
  EXPECT_EQ(origin.requests_of("/x").back().header("X-One"), "");
  EXPECT_EQ(http->SetCustomHeaders(nullptr), S_OK);
  EXPECT_EQ(custom_headers(S_FALSE), "");
}

TEST_P(Requests, headers_made_write_only_are_sent_and_never_read_back) {
  EXPECT_EQ(http->SetCustomHeaders(L"X-Token: secret\r\n"), S_OK);
  EXPECT_EQ(http->MakeCustomHeadersWriteOnly(), S_OK);
  EXPECT_EQ(custom_headers(E_ACCESSDENIED), "");
  EXPECT_EQ(http->SetCustomHeaders(L"X-Token: another\r\n"), S_OK);
  EXPECT_EQ(custom_headers(E_ACCESSDENIED), "");
  download();
  EXPECT_EQ(origin.requests_of("/x").back().header("X-Token"), "another");
  EXPECT_EQ(http->SetCustomHeaders(nullptr), S_OK);
  EXPECT_EQ(custom_headers(E_ACCESSDENIED), "") << "that there are none is not told either";
}

TEST_P(Requests, another_method_makes_a_foreground_job) {
  LPWSTR method = nullptr;
  EXPECT_EQ(http->GetHttpMethod(&method), S_OK);
  EXPECT_EQ(narrow(method), "GET");
  EXPECT_EQ(http->SetHttpMethod(L"GET"), S_OK);
  BG_JOB_PRIORITY priority{};
  EXPECT_EQ(job->GetPriority(&priority), S_OK);
  EXPECT_EQ(priority, BG_JOB_PRIORITY_NORMAL);
  EXPECT_EQ(http->SetHttpMethod(L"POST"), S_OK);
  EXPECT_EQ(http->GetHttpMethod(&method), S_OK);
  EXPECT_EQ(narrow(method), "POST");
  EXPECT_EQ(job->GetPriority(&priority), S_OK);
  EXPECT_EQ(priority, BG_JOB_PRIORITY_FOREGROUND);
  EXPECT_EQ(job->SetPriority(BG_JOB_PRIORITY_NORMAL), BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD);
}

// ---- Security flags

TEST_P(Requests, security_flags_are_read_back) {
  ULONG flags = 9;
  EXPECT_EQ(http->GetSecurityFlags(&flags), S_OK);
  EXPECT_EQ(flags, 0u);
  const ULONG all = BG_SSL_ENABLE_CRL_CHECK | BG_SSL_IGNORE_CERT_CN_INVALID | BG_SSL_IGNORE_CERT_DATE_INVALID |
                    BG_SSL_IGNORE_UNKNOWN_CA | BG_SSL_IGNORE_CERT_WRONG_USAGE | BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT |
                    BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP;
  EXPECT_EQ(http->SetSecurityFlags(all), S_OK);
  EXPECT_EQ(http->GetSecurityFlags(&flags), S_OK);
  EXPECT_EQ(flags, all);
}

TEST_P(Requests, redirects_are_followed_in_silence_reported_or_refused) {
  origin.serve("/moved", {.rules = {origin::always(origin::redirect(302, origin.url("/x")))}});
  ASSERT_EQ(first_file(*job).try_as<IBackgroundCopyFile2>()->SetRemoteName(wide(origin.url("/moved")).c_str()), S_OK);
  ASSERT_EQ(http->SetSecurityFlags(BG_HTTP_REDIRECT_POLICY_DISALLOW), S_OK);
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_errors(1));
  EXPECT_EQ(remote_name(), origin.url("/x")) << "where it leads";
  ASSERT_EQ(first_file(*job).try_as<IBackgroundCopyFile2>()->SetRemoteName(wide(origin.url("/moved")).c_str()), S_OK);
  ASSERT_EQ(http->SetSecurityFlags(BG_HTTP_REDIRECT_POLICY_ALLOW_SILENT), S_OK);
  download();
  EXPECT_EQ(remote_name(), origin.url("/moved"));
}

TEST_P(Requests, a_reported_redirect_changes_the_remote_name) {
  origin.serve("/moved", {.rules = {origin::always(origin::redirect(301, origin.url("/x")))}});
  ASSERT_EQ(first_file(*job).try_as<IBackgroundCopyFile2>()->SetRemoteName(wide(origin.url("/moved")).c_str()), S_OK);
  ASSERT_EQ(http->SetSecurityFlags(BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT), S_OK);
  download();
  EXPECT_EQ(remote_name(), origin.url("/x"));
}

// ---- Credentials

TEST_P(Requests, credentials_are_kept_for_each_target_and_scheme) {
  EXPECT_EQ(job2->RemoveCredentials(BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC), S_FALSE);
  EXPECT_EQ(set_credentials(BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", L"secret"), S_OK);
  EXPECT_EQ(set_credentials(BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"other", L"secret"), S_OK);
  EXPECT_EQ(set_credentials(BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_DIGEST, L"user", L""), S_OK);
  BG_AUTH_CREDENTIALS implied{BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_NEGOTIATE, {{nullptr, nullptr}}};
  EXPECT_EQ(job2->SetCredentials(&implied), S_OK) << "those that the owner has already";
  EXPECT_EQ(job2->RemoveCredentials(BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_DIGEST), S_FALSE);
  EXPECT_EQ(job2->RemoveCredentials(BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC), S_OK);
  EXPECT_EQ(job2->RemoveCredentials(BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC), S_FALSE);
  EXPECT_EQ(job2->RemoveCredentials(BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_DIGEST), S_OK);
  EXPECT_EQ(job2->RemoveCredentials(BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_NEGOTIATE), S_OK);
}

TEST_P(Requests, names_may_be_as_long_as_the_page_says) {
  EXPECT_EQ(
      set_credentials(BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, std::wstring(300, L'u'), std::wstring(65'536, L'p')),
      S_OK);
}

TEST_P(Requests, a_server_that_asks_is_answered_by_credentials) {
  origin.serve("/x", {.size = 1000, .seed = 4, .rules = {origin::always(asks_for(origin::Login::Scheme::digest))}});
  ASSERT_EQ(set_credentials(BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_DIGEST, L"user", L"secret"), S_OK);
  download();
  EXPECT_EQ(origin.requests_of("/x").front().header("Authorization").find("secret"), std::string::npos);
}

// "IBackgroundCopyJob2::SetCredentials": the job is in ERROR with 401; credentials and Resume mend it.
TEST_P(Requests, credentials_mend_a_job_that_had_none) {
  origin.serve("/x", {.size = 1000, .seed = 4, .rules = {origin::always(asks_for(origin::Login::Scheme::basic))}});
  HRESULT code = S_OK;
  ear->on_error = [&](IBackgroundCopyJob*, IBackgroundCopyError* error) {
    BG_ERROR_CONTEXT context{};
    return error->GetError(&context, &code);
  };
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_errors(1));
  EXPECT_EQ(code, BG_E_HTTP_ERROR_401);
  ASSERT_EQ(set_credentials(BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", L"secret"), S_OK);
  download();
}

TEST_P(Requests, what_the_state_folder_holds_is_for_its_owner_alone) {
  ASSERT_EQ(set_credentials(BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", L"very secret"), S_OK);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "state")) {
    struct stat what {};
    ASSERT_EQ(::stat(entry.path().c_str(), &what), 0);
    EXPECT_EQ(what.st_mode & 077, 0u) << entry.path();
  }
}

// ---- Proxies

TEST_P(Requests, proxies_are_read_back) {
  BG_JOB_PROXY_USAGE usage{};
  LPWSTR list = nullptr, bypass = nullptr;
  EXPECT_EQ(job->GetProxySettings(&usage, &list, &bypass), S_OK);
  EXPECT_EQ(usage, BG_JOB_PROXY_USAGE_PRECONFIG);
  EXPECT_EQ(list, nullptr);
  EXPECT_EQ(bypass, nullptr);
  EXPECT_EQ(job->SetProxySettings(BG_JOB_PROXY_USAGE_OVERRIDE, L"http=one:3128 two:8080", nullptr), S_OK);
  EXPECT_EQ(job->GetProxySettings(&usage, &list, &bypass), S_OK);
  EXPECT_EQ(usage, BG_JOB_PROXY_USAGE_OVERRIDE);
  EXPECT_EQ(narrow(list), "http=one:3128 two:8080");
  EXPECT_EQ(narrow(bypass), "");
  EXPECT_EQ(job->SetProxySettings(BG_JOB_PROXY_USAGE_AUTODETECT, nullptr, nullptr), S_OK);
  EXPECT_EQ(job->GetProxySettings(&usage, &list, &bypass), S_OK);
  EXPECT_EQ(usage, BG_JOB_PROXY_USAGE_AUTODETECT);
  EXPECT_EQ(list, nullptr);
}

// A proxy gets the whole URL; this one is the origin.
TEST_P(Requests, a_proxy_is_asked_in_place_of_the_server) {
  ASSERT_EQ(job->SetProxySettings(BG_JOB_PROXY_USAGE_OVERRIDE, wide(origin.url("")).c_str(), nullptr), S_OK);
  ASSERT_EQ(first_file(*job).try_as<IBackgroundCopyFile2>()->SetRemoteName(L"http://no-such-host.invalid/x"), S_OK);
  download();
  EXPECT_EQ(origin.requests_of("/x").back().target, "http://no-such-host.invalid/x");
}

// ---- The client certificate (docs/certificates.md)

class Certificates : public Requests {
 protected:
  void SetUp() override {
    Requests::SetUp();
    store = folder / "config" / "dosvc" / "certificates" / "my";
    std::filesystem::create_directories(store);
    std::filesystem::create_directories(folder / "tls");
    origin::Origin::Options options;
    options.tls_directory = (folder / "tls").string();
    options.tls.wants_client_certificate = true;
    secure.emplace(options);
    secure->serve("/x", {.size = 1000, .seed = 4});
  }
  // The one that the server trusts.
  void keep_certificate() {
    std::filesystem::copy_file(folder / "tls" / "client.pem", store / "client.pem");
    ASSERT_EQ(::chmod((store / "client.pem").c_str(), 0600), 0);
  }
  HRESULT set_by_name(const wchar_t* name) {
    return http->SetClientCertificateByName(BG_CERT_STORE_LOCATION_CURRENT_USER, L"MY", name);
  }

  std::filesystem::path store;
  std::optional<origin::Origin> secure;
};
FOR_BOTH_VIEWS(Certificates);

TEST_P(Certificates, what_nobody_has_can_not_be_set) {
  BYTE hash[20] = {1};
  EXPECT_EQ(http->SetClientCertificateByID(BG_CERT_STORE_LOCATION_CURRENT_USER, L"MY", hash), CRYPT_E_NOT_FOUND);
  EXPECT_EQ(http->SetClientCertificateByID(BG_CERT_STORE_LOCATION_SERVICES, L"MY", hash), CRYPT_E_NOT_FOUND);
  EXPECT_EQ(set_by_name(L"nobody"), CRYPT_E_NOT_FOUND);
  EXPECT_EQ(http->RemoveClientCertificate(), S_FALSE);
  EXPECT_EQ(job->Cancel(), S_OK);
  EXPECT_EQ(http->SetClientCertificateByID(BG_CERT_STORE_LOCATION_CURRENT_USER, L"MY", hash), view().invalid_state);
  EXPECT_EQ(set_by_name(L"nobody"), view().invalid_state);
}

TEST_P(Certificates, one_is_found_told_shown_to_the_server_and_removed) {
  keep_certificate();
  ASSERT_EQ(set_by_name(L"client"), S_OK);
  BG_CERT_STORE_LOCATION location = BG_CERT_STORE_LOCATION_SERVICES;
  LPWSTR name = nullptr, subject = nullptr;
  BYTE* hash = nullptr;
  ASSERT_EQ(http->GetClientCertificate(&location, &name, &hash, &subject), S_OK);
  EXPECT_EQ(location, BG_CERT_STORE_LOCATION_CURRENT_USER);
  EXPECT_EQ(narrow(name), "MY");
  EXPECT_NE(narrow(subject).find("client"), std::string::npos);
  EXPECT_EQ(http->RemoveClientCertificate(), S_OK);
  EXPECT_EQ(http->RemoveClientCertificate(), S_FALSE);
  EXPECT_EQ(http->SetClientCertificateByID(BG_CERT_STORE_LOCATION_CURRENT_USER, L"MY", hash), S_OK);
  CoTaskMemFree(hash);

  ASSERT_EQ(http->SetSecurityFlags(BG_SSL_IGNORE_UNKNOWN_CA), S_OK);
  ASSERT_EQ(first_file(*job).try_as<IBackgroundCopyFile2>()->SetRemoteName(wide(secure->tls_url("/x")).c_str()), S_OK);
  download();
}

TEST_P(Certificates, a_server_that_wants_one_gets_no_request_without) {
  ASSERT_EQ(http->SetSecurityFlags(BG_SSL_IGNORE_UNKNOWN_CA), S_OK);
  ASSERT_EQ(first_file(*job).try_as<IBackgroundCopyFile2>()->SetRemoteName(wide(secure->tls_url("/x")).c_str()), S_OK);
  ASSERT_EQ(job->Resume(), S_OK);
  EXPECT_TRUE(ear->wait_for_errors(1));
  EXPECT_TRUE(secure->requests().empty());
}

// ---- Other users

// Made by another user, for an administrator to look at.
class OthersRequests : public Requests {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    // It serves one user; who a program is doesn't change on its connection either.
    if (on_service()) GTEST_SKIP() << "not on a user's own service: tests/service has several users on one";
    Requests::SetUp();
    ASSERT_EQ(::chmod(folder.c_str(), 0755), 0);
    ASSERT_EQ(::chmod((folder / "dl").c_str(), 0777), 0);
    ASSERT_EQ(::seteuid(65534), 0);
    job = new_job();
    const HRESULT added = add(*job, "/x", "theirs");
    ASSERT_EQ(::seteuid(0), 0);
    ASSERT_EQ(added, S_OK);
    ASSERT_EQ(job.as(http), S_OK);
    ASSERT_EQ(job.as(job2), S_OK);
  }
  void TearDown() override {
    if (manager) Requests::TearDown();
  }
};
FOR_BOTH_VIEWS(OthersRequests);

TEST_P(OthersRequests, an_administrator_leaves_secrets_alone_until_he_takes_the_job) {
  EXPECT_EQ(job->SetDescription(L"seen to"), S_OK);
  EXPECT_EQ(http->SetCustomHeaders(L"A: 1\r\n"), E_ACCESSDENIED);
  EXPECT_EQ(custom_headers(E_ACCESSDENIED), "");
  EXPECT_EQ(set_credentials(BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"u", L"p"), E_ACCESSDENIED);
  EXPECT_EQ(http->RemoveClientCertificate(), E_ACCESSDENIED);
  LPWSTR owner = nullptr;
  EXPECT_EQ(job->GetOwner(&owner), S_OK);
  EXPECT_EQ(narrow(owner), "S-1-22-1-65534");
  EXPECT_EQ(job->TakeOwnership(), S_OK);
  EXPECT_EQ(job->GetOwner(&owner), S_OK);
  EXPECT_EQ(narrow(owner), "S-1-22-1-0");
  EXPECT_EQ(http->SetCustomHeaders(L"A: 1\r\n"), S_OK);
  EXPECT_EQ(custom_headers(), "A: 1\r\n");
}

TEST_P(OthersRequests, nobody_else_touches_the_job) {
  GUID id{};
  ASSERT_EQ(job->GetId(&id), S_OK);
  ASSERT_EQ(::seteuid(65533), 0);
  com_ptr<IBackgroundCopyJob> found;
  const HRESULT asked = manager->GetJob(id, found.put());
  const HRESULT set = job->SetDescription(L"mine");
  const HRESULT taken = job->TakeOwnership();
  ASSERT_EQ(::seteuid(0), 0);
  EXPECT_EQ(asked, E_ACCESSDENIED);
  EXPECT_FALSE(found);
  EXPECT_EQ(set, E_ACCESSDENIED);
  EXPECT_EQ(taken, E_ACCESSDENIED);
}

}  // namespace
}  // namespace dosvc
