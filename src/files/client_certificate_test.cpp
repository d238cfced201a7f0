#include "files/client_certificate.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "fakes/temp_folder.h"
#include "files/certificate_bytes.h"
#include "origin/certificates.h"

namespace dosvc {
namespace {

namespace fs = std::filesystem;
using origin::Identity;
using origin::issue;
using origin::pem_of;

void put(const std::string& path, std::string_view content, mode_t mode = 0600) {
  std::ofstream(path, std::ios::binary) << content;
  ASSERT_EQ(::chmod(path.c_str(), mode), 0);
}

// What OpenSSL says of it, in its own way.
std::string sha1_of(const Identity& identity) {
  unsigned char digest[20];
  unsigned size = 0;
  X509_digest(identity.certificate.get(), EVP_sha1(), digest, &size);
  char hex[41];
  for (int i = 0; i < 20; ++i) std::snprintf(hex + 2 * i, 3, "%02x", digest[i]);
  return hex;
}

std::string encrypted(EVP_PKEY* key) {
  const std::unique_ptr<BIO, origin::Freeing<BIO_free_all>> memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(memory.get(), key, EVP_aes_128_cbc(), "pass", 4, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string pkcs12_of(const Identity& identity, X509* other, const char* password) {
  std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> others(
      sk_X509_new_null(), +[](STACK_OF(X509) * stack) { sk_X509_free(stack); });
  if (other) sk_X509_push(others.get(), other);
  const std::unique_ptr<PKCS12, origin::Freeing<PKCS12_free>> file(
      PKCS12_create(password, nullptr, identity.key.get(), identity.certificate.get(), others.get(), 0, 0, 0, 0, 0));
  std::string der(static_cast<std::size_t>(i2d_PKCS12(file.get(), nullptr)), '\0');
  auto* end = reinterpret_cast<unsigned char*>(der.data());
  i2d_PKCS12(file.get(), &end);
  return der;
}

CertificateChoice by_sha1(std::string sha1) { return {.store = "MY", .sha1 = std::move(sha1)}; }
CertificateChoice by_subject(std::string subject) { return {.store = "MY", .subject = std::move(subject)}; }
CertificateChoice as_bytes(std::string bytes) { return {.bytes = std::move(bytes)}; }

class ClientCertificateTest : public testing::Test {
 protected:
  ClientCertificateTest() {
    fs::create_directories(store_);
    fs::create_directories(folders_.machine + "/my");
  }

  Result<ClientCertificate> find(const CertificateChoice& choice, uid_t owner = ::getuid()) const {
    return client_certificate(folders_, owner, choice);
  }
  void expect_error(const Result<ClientCertificate>& found, HRESULT code, std::string_view says) const {
    ASSERT_FALSE(found);
    EXPECT_EQ(static_cast<std::uint32_t>(found.error().code), static_cast<std::uint32_t>(code));
    EXPECT_EQ(found.error().context, ErrorContext::local_file);
    EXPECT_NE(found.error().message.find(says), std::string::npos) << found.error().message;
    EXPECT_EQ(found.error().message.find("PRIVATE KEY"), std::string::npos) << found.error().message;
  }

  TempFolder folder_;
  const CertificateFolders folders_{folder_ / "user", folder_ / "machine"};
  const std::string store_ = folders_.user + "/my";
  const Identity authority_ = issue({.name = "The Authority", .is_authority = true});
  const Identity mine_ = issue({.name = "Gr\xc3\xbc\xc3\x9f, Me"}, &authority_);
};

TEST_F(ClientCertificateTest, is_found_by_its_hash_or_its_subject) {
  put(store_ + "/mine.pem", mine_.pem());
  put(store_ + "/another.pem", issue({.name = "Another"}).pem());
  std::string upper = sha1_of(mine_);
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  for (const auto& choice :
       {by_sha1(sha1_of(mine_)), by_sha1(upper), by_subject("Gr\xc3\xbc\xc3\x9f"), by_subject("mE")}) {
    const auto found = find(choice);
    ASSERT_TRUE(found) << choice.subject << choice.sha1 << found.error().message;
    EXPECT_EQ(found->store, "MY");
    EXPECT_EQ(found->store_location, 0u);
    EXPECT_EQ(found->sha1, sha1_of(mine_));
    EXPECT_EQ(found->subject, "CN=Gr\xc3\xbc\xc3\x9f\\, Me");
    EXPECT_EQ(found->pem, mine_.pem());
  }
  for (const auto& choice : {by_sha1(sha1_of(authority_)), by_subject("Nobody"), by_sha1("00")}) {
    expect_error(find(choice), CRYPT_E_NOT_FOUND, store_);
  }
}

TEST_F(ClientCertificateTest, is_the_first_of_several_by_their_files_names) {
  put(store_ + "/b.pem", issue({.name = "Me too"}).pem());
  put(store_ + "/a.pem", mine_.pem());
  put(store_ + "/0.txt", issue({.name = "Me, but in no file of a store"}).pem());
  EXPECT_EQ(find(by_subject("me"))->sha1, sha1_of(mine_));
}

TEST_F(ClientCertificateTest, is_looked_for_where_the_store_is) {
  put(folders_.machine + "/my/mine.pem", mine_.pem());
  auto choice = by_subject("me");
  expect_error(find(choice), CRYPT_E_NOT_FOUND, store_);
  choice.store_location = 1;
  const auto found = find(choice);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->store_location, 1u);
  for (const std::uint32_t other : {2u, 3u, 4u, 5u, 6u, 7u, 8u, ~0u}) {
    choice.store_location = other;
    expect_error(find(choice), CRYPT_E_NOT_FOUND, "only the user and the machine");
  }
  choice = by_subject("me");
  choice.store = "Elsewhere";
  expect_error(find(choice), CRYPT_E_NOT_FOUND, "/elsewhere\"");
  const CertificateFolders homeless{"", folders_.machine};
  expect_error(client_certificate(homeless, ::getuid(), by_subject("me")), CRYPT_E_NOT_FOUND, "no home");
  expect_error(find(by_subject("")), E_INVALIDARG, "must be said");
}

TEST_F(ClientCertificateTest, comes_with_those_that_lead_to_its_root) {
  const auto certificate = pem_of(mine_.certificate.get());
  const auto chain = pem_of(authority_.certificate.get());
  const auto key = pem_of(mine_.key.get());
  for (const auto& text :
       {certificate + chain + key, key + certificate + chain, "# notes\n" + chain + key + certificate}) {
    put(store_ + "/mine.pem", text);
    const auto found = find(by_sha1(sha1_of(mine_)));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->pem, certificate + chain + key);
  }
  expect_error(find(by_sha1(sha1_of(authority_))), CRYPT_E_NOT_FOUND, store_);  // it is not the one with the key
}

TEST_F(ClientCertificateTest, is_not_used_when_others_may_read_its_key) {
  for (const mode_t mode : {0640, 0604, 0620, 0610, 0644}) {
    put(store_ + "/mine.pem", mine_.pem(), mode);
    expect_error(find(by_subject("me")), E_ACCESSDENIED, "chmod 600");
    put(store_ + "/mine.pem", pem_of(mine_.certificate.get()) + encrypted(mine_.key.get()), mode);
    expect_error(find(by_subject("me")), E_ACCESSDENIED, "chmod 600");
  }
  put(store_ + "/mine.pem", mine_.pem(), 0400);
  EXPECT_TRUE(find(by_subject("me")));
}

TEST_F(ClientCertificateTest, is_not_used_when_its_file_belongs_to_another) {
  put(store_ + "/mine.pem", mine_.pem());
  if (::getuid() != 0) {
    expect_error(find(by_subject("me"), ::getuid() + 1), E_ACCESSDENIED, "belongs to user");
    return;
  }
  constexpr uid_t kOwner = 1234;
  EXPECT_TRUE(find(by_subject("me"), kOwner));  // root's is good for everybody
  ASSERT_EQ(::chown((store_ + "/mine.pem").c_str(), kOwner, kOwner), 0);
  EXPECT_TRUE(find(by_subject("me"), kOwner));
  expect_error(find(by_subject("me"), kOwner + 1), E_ACCESSDENIED, "belongs to user 1234");
}

TEST_F(ClientCertificateTest, is_no_use_without_its_key) {
  const auto certificate = pem_of(mine_.certificate.get());
  const struct {
    std::string key;
    const char* says;
  } kCases[] = {
      {"", "its private key is missing"},
      {encrypted(mine_.key.get()), "its private key is encrypted or damaged"},
      {pem_of(authority_.key.get()), "its private key belongs to another one"},
      {"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "its private key is encrypted or damaged"},
  };
  for (const auto& c : kCases) {
    put(store_ + "/mine.pem", certificate + c.key);
    expect_error(find(by_subject("me")), CRYPT_E_FILE_ERROR, c.says);
    expect_error(find(as_bytes(certificate + c.key)), CRYPT_E_FILE_ERROR, c.says);
  }
}

TEST_F(ClientCertificateTest, may_be_given_as_bytes) {
  const auto chain = pem_of(authority_.certificate.get());
  const auto parts = pem_of(mine_.certificate.get()) + chain + pem_of(mine_.key.get());
  for (const auto& bytes : {parts, pkcs12_of(mine_, authority_.certificate.get(), nullptr),
                            pkcs12_of(mine_, authority_.certificate.get(), "")}) {
    auto choice = as_bytes(bytes);
    choice.store = "MY";  // says nothing here
    const auto found = find(choice);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->pem, parts);
    EXPECT_EQ(found->sha1, sha1_of(mine_));
    EXPECT_EQ(found->store, "");
  }
  for (const auto& bytes : {pkcs12_of(mine_, nullptr, "pass"), std::string("nonsense"), std::string(1, '\0'),
                            std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
                            std::string((1 << 20) + 1, 'x')}) {
    const auto found = find(as_bytes(bytes));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, CRYPT_E_FILE_ERROR) << found.error().message;
  }
}

TEST_F(ClientCertificateTest, is_looked_for_in_no_folder_that_is_not_a_store) {
  put(folders_.user + "/mine.pem", mine_.pem());
  put(folder_ / "mine.pem", mine_.pem());
  for (const auto& name :
       {std::string(""), std::string("."), std::string(".."), std::string("../machine/my"), std::string("/etc"),
        std::string("my/"), std::string("my\0", 3), std::string("my\n"), std::string(".my"), std::string(5000, 'x')}) {
    auto choice = by_subject("me");
    choice.store = name;
    expect_error(find(choice), E_INVALIDARG, "no certificate store can be called");
  }
}

TEST_F(ClientCertificateTest, is_found_among_files_that_are_none) {
  const auto large = store_ + "/a-large.pem";
  put(large, mine_.pem());
  fs::resize_file(large, std::uint64_t{1} << 40);
  ASSERT_EQ(::mkfifo((store_ + "/b-pipe.pem").c_str(), 0600), 0);
  fs::create_directory(store_ + "/c-folder.pem");
  fs::create_symlink("/dev/zero", store_ + "/d-device.pem");
  fs::create_symlink("nowhere", store_ + "/e-dangling.pem");
  put(store_ + "/f-nonsense.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  put(store_ + "/g-empty.pem", "");
  expect_error(find(by_subject("me")), CRYPT_E_NOT_FOUND, "5 of its files can't be read");
  put(folder_ / "elsewhere", mine_.pem());
  fs::create_symlink(folder_ / "elsewhere", store_ + "/mine.pem");
  EXPECT_TRUE(find(by_subject("me")));
}

// Whatever is cut from or changed in the bytes: never more than a certificate and its own key.
TEST_F(ClientCertificateTest, stands_whatever_the_bytes_are) {
  const auto whole = certificate_in(mine_.pem());
  std::mt19937 random(7);  // the same every time
  for (const auto& bytes : {mine_.pem(), pkcs12_of(mine_, nullptr, nullptr)}) {
    for (int round = 0; round < 400; ++round) {
      auto hostile = bytes.substr(0, random() % 4 ? bytes.size() : random() % bytes.size());
      for (auto left = random() % 4; left > 0 && !hostile.empty(); --left) {
        hostile[random() % hostile.size()] = static_cast<char>(random());
      }
      const auto found = certificate_in(hostile);
      if (!found || found->pem.empty()) continue;
      EXPECT_TRUE(certificate_in(found->pem)) << round;
    }
  }
  EXPECT_EQ(certificate_in(mine_.pem())->pem, whole->pem);  // nothing was left behind
}

TEST(CertificateFolders, follow_the_environment) {
  const auto folders_with = [](const char* config, const char* home) {
    config ? ::setenv("XDG_CONFIG_HOME", config, 1) : ::unsetenv("XDG_CONFIG_HOME");
    home ? ::setenv("HOME", home, 1) : ::unsetenv("HOME");
    return CertificateFolders::of_this_process();
  };
  EXPECT_EQ(folders_with("/config", "/home/me").user, "/config/dosvc/certificates");
  EXPECT_EQ(folders_with(nullptr, "/home/me").user, "/home/me/.config/dosvc/certificates");
  EXPECT_EQ(folders_with("relative", "/home/me").user, "/home/me/.config/dosvc/certificates");
  EXPECT_EQ(folders_with(nullptr, nullptr).user, "");
  EXPECT_EQ(folders_with(nullptr, nullptr).machine, "/etc/dosvc/certificates");
}

TEST(CertificateFolders, of_another_user_follow_the_user_database_alone) {
  ::setenv("XDG_CONFIG_HOME", "/config", 1);
  EXPECT_EQ(CertificateFolders::of(User{7, 7, {}, "me", "/home/me", ""}).user, "/home/me/.config/dosvc/certificates");
  EXPECT_EQ(CertificateFolders::of(User{7, 7, {}, "", "", ""}).user, "");
  ::unsetenv("XDG_CONFIG_HOME");
}

}  // namespace
}  // namespace dosvc
