#include "files/posix_files.h"

#include <errno.h>
#include <unistd.h>

#include <set>
#include <utility>

#include "base/identity.h"
#include "files/client_certificate.h"
#include "files/digest.h"
#include "files/directory.h"
#include "files/posix_temp_file.h"
#include "files/publish_files.h"
#include "files/sync_files.h"

namespace dosvc {
namespace {

// Every TempFile we get is one we gave out.
std::shared_ptr<PosixTempFile> posix(const TempFilePtr& file) { return std::static_pointer_cast<PosixTempFile>(file); }

Result<std::unique_ptr<PosixTempFile>> open_file(uid_t owner, const std::string& name, OpenTemp how,
                                                 FileIdentity expected) {
  return how == OpenTemp::fresh ? make_temp_file(owner, name) : resume_temp_file(owner, name, expected);
}

// True when it isn't there any more.
bool remove_file(Directories& directories, const std::string& name, std::set<const Directory*>& changed) {
  const auto directory = directories.holding(name);
  if (!directory) return directory.error().code == HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND);
  if (::unlinkat((*directory)->fd(), std::string(leaf_of(name)).c_str(), 0) != 0) return errno == ENOENT;
  changed.insert(*directory);
  return true;
}

// The job is forgotten after this: a power cut must not bring back a file that nobody knows any more.
std::vector<std::string> remove_files(const std::vector<std::string>& names) {
  Directories directories;
  std::set<const Directory*> changed;
  std::vector<std::string> remaining;
  for (const std::string& name : names) {
    if (!remove_file(directories, name, changed)) remaining.push_back(name);
  }
  for (const Directory* directory : changed) (void)directory->sync(directory->fd());
  return remaining;
}

Result<ClientCertificate> certificate_of(const User& owner, const CertificateChoice& choice) {
  const bool own = owner.uid == ::geteuid();
  return client_certificate(own ? CertificateFolders::of_this_process() : CertificateFolders::of(owner), owner.uid,
                            choice);
}

}  // namespace

PosixFiles::PosixFiles(Loop& engine_loop, unsigned threads, LookUpUser look_up)
    : loop_(engine_loop),
      users_(std::move(look_up)),
      alive_(std::make_shared<const bool>(true)),
      pool_ref_(std::make_shared<PoolRef>(pool_)),
      temps_(std::make_shared<OpenTemps>(pool_ref_)),
      write_out_(std::make_shared<WriteOut>(pool_ref_)),
      pool_(threads, "dosvc-files") {}

// The reply travels along and is let go of on the engine's thread: what it holds belongs there.
template <class T>
void PosixFiles::run(std::function<Result<T>()> work, Reply<T> reply) {
  pool_.run([this, work = std::move(work), reply = std::move(reply)]() mutable {
    Result<T> result = work();
    work = nullptr;
    loop_.post([alive = std::weak_ptr(alive_), reply = std::move(reply), result = std::move(result)]() mutable {
      if (alive.lock()) reply(std::move(result));
    });
  });
}

template <class T>
void PosixFiles::run_as(uid_t owner, std::function<Result<T>()> work, Reply<T> reply) {
  run<T>(
      [this, owner, work = std::move(work)]() -> Result<T> {
        const ActingAs acting = DO_TRY(ActingAs::begin(users_, owner));
        return work();
      },
      std::move(reply));
}

void PosixFiles::check_destination(uid_t owner, std::vector<std::string> local_names, Reply<void> reply) {
  run_as<void>(
      owner, [names = std::move(local_names)] { return check_destinations(names); }, std::move(reply));
}

void PosixFiles::make_folders(uid_t owner, std::string local_name, mode_t umask, Reply<void> reply) {
  run_as<void>(
      owner, [name = std::move(local_name), umask] { return make_folders_to(name, 0777 & ~umask); }, std::move(reply));
}

void PosixFiles::find_certificate(uid_t owner, CertificateChoice choice, Reply<ClientCertificate> reply) {
  run<ClientCertificate>(
      [this, owner, choice = std::move(choice)]() -> Result<ClientCertificate> {
        const auto user = DO_TRY(users_.find(owner));
        const ActingAs acting = DO_TRY(ActingAs::begin(*user));
        return certificate_of(*user, choice);
      },
      std::move(reply));
}

void PosixFiles::read_trusted(uid_t owner, std::string path, Reply<std::string> reply) {
  run_as<std::string>(
      owner, [path = std::move(path)] { return trusted_certificates(path); }, std::move(reply));
}

void PosixFiles::open_temp(uid_t owner, std::string temp_name, OpenTemp how, FileIdentity expected,
                           Reply<TempFilePtr> reply) {
  run_as<TempFilePtr>(
      owner,
      [this, owner, name = std::move(temp_name), how, expected]() -> Result<TempFilePtr> {
        std::unique_ptr<PosixTempFile> opened = DO_TRY(open_file(owner, name, how, expected));
        opened->write_out_with(write_out_);
        return temps_->hold(std::move(opened));
      },
      std::move(reply));
}

void PosixFiles::reserve(TempFilePtr file, std::uint64_t size, Reply<void> reply) {
  const uid_t owner = posix(file)->owner();
  run_as<void>(
      owner, [file = posix(file), size] { return file->reserve(size); }, std::move(reply));
}

void PosixFiles::sync(std::vector<TempFilePtr> files, Reply<void> reply) {
  run<void>(
      [this, files = std::move(files)] {
        std::vector<std::shared_ptr<PosixTempFile>> ours;
        ours.reserve(files.size());
        for (const TempFilePtr& file : files) ours.push_back(posix(file));
        return sync_files(ours, users_);
      },
      std::move(reply));
}

void PosixFiles::sha256(TempFilePtr file, ByteRange bytes, Reply<std::string> reply) {
  run<std::string>([file = posix(file), bytes] { return sha256_of(*file, bytes); }, std::move(reply));
}

void PosixFiles::add_to_digest(std::shared_ptr<Sha256> digest, TempFilePtr file, ByteRange bytes, Reply<void> reply) {
  run<void>([digest = std::move(digest), file = posix(file), bytes] { return add_to(*digest, *file, bytes); },
            std::move(reply));
}

void PosixFiles::publish(uid_t owner, std::vector<Publication> files, Reply<std::vector<Result<void>>> reply) {
  run_as<std::vector<Result<void>>>(
      owner, [files = std::move(files)] { return publish_files(files); }, std::move(reply));
}

void PosixFiles::remove_temps(uid_t owner, std::vector<std::string> temp_names, Reply<std::vector<std::string>> reply) {
  run_as<std::vector<std::string>>(
      owner, [names = std::move(temp_names)] { return remove_files(names); }, std::move(reply));
}

}  // namespace dosvc
