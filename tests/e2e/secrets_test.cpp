// Who a job is for a server that wants to know: what was entrusted to it works after a restart, and nobody gets to see
// it.

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>

#include "core/blocking_call.h"
#include "e2e/e2e_fixture.h"

namespace dosvc {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t kSize = 100'000;

class Secrets : public E2eTest {
 protected:
  Secrets() {
    ::setenv("DOSVC_LOG", "debug", 1);
    ::setenv("XDG_CONFIG_HOME", home_.path().c_str(), 1);
    testing::internal::CaptureStderr();
  }
  ~Secrets() override {
    close_queue();
    expect_no_secret(testing::internal::GetCapturedStderr());
  }

  static void expect_no_secret(const std::string& text) {
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    EXPECT_EQ(text.find("PRIVATE KEY"), std::string::npos) << text;
  }
  // What the owner gets to see of the job.
  static void expect_nothing_shown(const Download& download) {
    const auto shot = download.shot();
    const HttpOptions& http = shot->job.http;
    for (const Credentials& each : http.credentials) EXPECT_EQ(each.user + each.password, "");
    EXPECT_EQ(http.client_certificate.value_or(ClientCertificate{}).pem, "");
    if (shot->job.error) expect_no_secret(shot->job.error->error.message);
  }

  void entrust(const Download& download, Credentials credentials) {
    JobChange change;
    change.set_credentials = std::move(credentials);
    const auto changed = wait_for<void>([&](auto reply) { service().change(me_, download.id(), change, reply); });
    ASSERT_TRUE(changed) << changed.error().message;
  }
  Result<void> choose(const Download& download, const CertificateChoice& choice) {
    return wait_for<void>([&](auto reply) { service().set_client_certificate(me_, download.id(), choice, reply); });
  }
  // The job again, in a process that starts after this one.
  Download after_restart(const Download& download) {
    const JobId id = download.id();
    close_queue();
    return find_again(id);
  }
};

TEST_F(Secrets, that_are_passwords_are_told_to_the_server_alone) {
  origin::Behaviour locked;
  locked.login = {origin::Login::Scheme::digest, "secret user", "secret password"};
  origin_.serve("/a.bin", {.size = kSize, .rules = {origin::always(locked)}});
  auto download = create({});
  ASSERT_TRUE(add(download, {{origin_.url("/a.bin"), "a.bin"}}));

  entrust(download, {AuthTarget::server, AuthScheme::digest, "secret user", "another secret"});
  resume(download);
  expect_failure(download, JobState::error, BG_E_HTTP_ERROR_401, ErrorContext::remote_file);
  expect_nothing_shown(download);

  entrust(download, {AuthTarget::server, AuthScheme::digest, "secret user", "secret password"});
  download = after_restart(download);
  expect_nothing_shown(download);
  resume(download);
  expect_whole(download, kSize);
}

TEST_F(Secrets, that_are_keys_open_the_servers_that_want_them) {
  fs::create_directory(home_ / "tls");
  origin::Origin secure({.tls_directory = home_ / "tls", .tls = {.wants_client_certificate = true}});
  ASSERT_EQ(secure.error(), "");
  secure.serve("/a.bin", {.size = kSize});
  NewJob spec;
  spec.http.ca_file = home_ / "tls/ca.pem";
  auto download = create(spec);
  ASSERT_TRUE(add(download, {{secure.tls_url("/a.bin"), "a.bin"}}));
  resume(download);
  expect_failure(download, JobState::error, hresult(0x80072F0C), ErrorContext::transport);

  const CertificateChoice mine{.store = "MY", .subject = "dosvc test client"};
  EXPECT_EQ(choose(download, mine).error().code, CRYPT_E_NOT_FOUND);
  const std::string store = home_ / "dosvc/certificates/my";
  fs::create_directories(store);
  fs::copy_file(home_ / "tls/client.pem", store + "/me.pem");
  ::chmod((store + "/me.pem").c_str(), 0644);
  EXPECT_EQ(choose(download, mine).error().code, E_ACCESSDENIED);
  ::chmod((store + "/me.pem").c_str(), 0600);
  const auto chosen = choose(download, mine);
  ASSERT_TRUE(chosen) << chosen.error().message;

  fs::remove_all(store);  // the job has its own copy
  download = after_restart(download);
  expect_nothing_shown(download);
  resume(download);
  expect_whole(download, kSize);
}

}  // namespace
}  // namespace dosvc
