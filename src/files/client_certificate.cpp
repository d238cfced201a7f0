#include "files/client_certificate.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/text.h"
#include "base/unique_fd.h"
#include "files/certificate_bytes.h"

namespace dosvc {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "/dosvc/certificates";
constexpr std::size_t kLargestFile = 1024 * 1024;

Error error(HRESULT code, std::string message) { return {code, ErrorContext::local_file, std::move(message)}; }

std::string quoted(const std::string& text) { return '"' + escaped(text) + '"'; }

// Windows doesn't tell the case of a store's name, so its folder has one.
Result<std::string> store_folder(const CertificateFolders& folders, const CertificateChoice& choice) {
  constexpr std::uint32_t kCurrentUser = 0;
  constexpr std::uint32_t kLocalMachine = 1;
  constexpr std::size_t kLongestName = 200;
  const std::string& name = choice.store;
  const bool is_name = !name.empty() && name.size() <= kLongestName && name.front() != '.' &&
                       std::none_of(name.begin(), name.end(), [](char c) {
                         return c == '/' || (static_cast<unsigned char>(c) < 0x20) || c == 0x7f;
                       });
  if (!is_name)
    return error(E_INVALIDARG, "no certificate store can be called " + quoted(name.substr(0, kLongestName)));
  if (choice.store_location != kCurrentUser && choice.store_location != kLocalMachine) {
    return error(CRYPT_E_NOT_FOUND,
                 "only the user and the machine have certificate stores here: services, other users and group policies "
                 "have none");
  }
  const auto& base = choice.store_location == kCurrentUser ? folders.user : folders.machine;
  if (base.empty()) return error(CRYPT_E_NOT_FOUND, "this user has no home folder, so no certificate store either");
  return base + "/" + lower_case(name);
}

struct OpenFile {
  std::string content;
  uid_t owner = 0;
  mode_t mode = 0;
};

// Nothing when it can't be read, isn't a file or is too large for a certificate.
std::optional<OpenFile> read_file(const std::string& path, std::size_t largest = kLargestFile) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  OpenFile file{{}, status.st_uid, status.st_mode};
  std::array<char, 16 * 1024> block;
  for (;;) {
    const ssize_t got = ::read(fd.get(), block.data(), block.size());
    if (got < 0) return {};
    if (got == 0) return file;
    file.content.append(block.data(), static_cast<std::size_t>(got));
    if (file.content.size() > largest) return {};
  }
}

bool is_meant(const FoundCertificate& found, const CertificateChoice& choice) {
  if (!choice.sha1.empty()) return found.sha1 == lower_case(choice.sha1);
  return lower_case(found.subject).find(lower_case(choice.subject)) != std::string::npos;
}

Result<ClientCertificate> usable(const FoundCertificate& found, const CertificateChoice& choice,
                                 const std::string& where) {
  if (found.pem.empty()) {
    return error(CRYPT_E_FILE_ERROR, "the certificate " + where + " can't be used: its private key " + found.trouble);
  }
  const bool from_store = choice.bytes.empty();
  return ClientCertificate{choice.store_location, from_store ? choice.store : "", found.sha1, found.subject, found.pem};
}

Result<void> check_rights(const OpenFile& file, const FoundCertificate& found, uid_t owner, const std::string& path) {
  if (file.owner != owner && file.owner != 0) {
    return error(E_ACCESSDENIED, "the certificate in " + quoted(path) + " isn't used: the file belongs to user " +
                                     std::to_string(file.owner) + ", and anything may be in it");
  }
  if (found.holds_key && (file.mode & 0077) != 0) {
    return error(E_ACCESSDENIED, "the certificate in " + quoted(path) +
                                     " isn't used: others may use its private key; chmod 600 the file, and think of a "
                                     "new key");
  }
  return {};
}

// In the order of their names.
Result<std::vector<std::string>> files_of(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code failed;
  fs::directory_iterator entry(folder, failed);
  for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
    if (entry->path().extension() == ".pem") paths.push_back(entry->path());
  }
  if (failed) {
    return error(CRYPT_E_NOT_FOUND,
                 "there is no certificate store " + quoted(folder) + " to look into: " + failed.message());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<ClientCertificate> find_in_store(const std::string& folder, uid_t owner, const CertificateChoice& choice) {
  int unreadable = 0;
  for (const auto& path : DO_TRY(files_of(folder))) {
    const auto file = read_file(path);
    if (!file) ++unreadable;
    auto found = file ? certificate_in(file->content) : error(CRYPT_E_FILE_ERROR, {});
    if (!found || !is_meant(*found, choice)) continue;
    DO_TRY(check_rights(*file, *found, owner, path));
    return usable(*found, choice, "in " + quoted(path));
  }
  std::string message = "the certificate store " + quoted(folder) + " holds no such certificate in a file *.pem";
  if (unreadable > 0) message += "; " + std::to_string(unreadable) + " of its files can't be read";
  return error(CRYPT_E_NOT_FOUND, std::move(message));
}

}  // namespace

CertificateFolders CertificateFolders::of(const User& user) {
  CertificateFolders folders;
  folders.machine = std::string("/etc") + kFolder;
  if (user.home.starts_with('/')) folders.user = user.home + "/.config" + kFolder;
  return folders;
}

CertificateFolders CertificateFolders::of_this_process() {
  CertificateFolders folders;
  folders.machine = std::string("/etc") + kFolder;
  const char* config = ::secure_getenv("XDG_CONFIG_HOME");
  if (config && *config == '/') {
    folders.user = std::string(config) + kFolder;
  } else if (const char* home = ::secure_getenv("HOME"); home && *home == '/') {
    folders.user = std::string(home) + "/.config" + kFolder;
  }
  return folders;
}

Result<ClientCertificate> client_certificate(const CertificateFolders& folders, uid_t owner,
                                             const CertificateChoice& choice) {
  if (!choice.bytes.empty()) {
    if (choice.bytes.size() > kLargestFile) return error(CRYPT_E_FILE_ERROR, "no certificate is that large");
    return usable(DO_TRY(certificate_in(choice.bytes)), choice, "that was given");
  }
  if (choice.sha1.empty() && choice.subject.empty()) {
    return error(E_INVALIDARG, "which certificate is meant must be said by its SHA-1 or by its subject");
  }
  return find_in_store(DO_TRY(store_folder(folders, choice)), owner, choice);
}

Result<std::string> trusted_certificates(const std::string& path) {
  constexpr std::size_t kLargestBundle = 16 * kLargestFile;
  auto file = read_file(path, kLargestBundle);
  if (file) return std::move(file->content);
  return error(CRYPT_E_FILE_ERROR,
               "the file of trusted certificates " + quoted(path) + " can't be read: check its name and permissions");
}

}  // namespace dosvc
