#include "files/posix_files.h"

#include <errno.h>
#include <unistd.h>

#include <set>
#include <utility>

#include "files/client_certificate.h"
#include "files/digest.h"
#include "files/directory.h"
#include "files/posix_temp_file.h"
#include "files/publish_files.h"
#include "files/sync_files.h"

namespace dosvc {
namespace {

Result<void> check_owner(uid_t owner) {
  if (owner == ::geteuid()) return {};
  return Error{E_ACCESSDENIED, ErrorContext::local_file,
               "the files of user " + std::to_string(owner) + " can't be served by a process of user " +
                   std::to_string(::geteuid()) + "; run the job as its own user"};
}

// Every TempFile we get is one we gave out.
std::shared_ptr<PosixTempFile> posix(const TempFilePtr& file) { return std::static_pointer_cast<PosixTempFile>(file); }

Result<TempFilePtr> open_file(uid_t owner, const std::string& name, OpenTemp how, FileIdentity expected) {
  DO_TRY(check_owner(owner));
  if (how == OpenTemp::fresh) return TempFilePtr(DO_TRY(make_temp_file(name)));
  return TempFilePtr(DO_TRY(resume_temp_file(owner, name, expected)));
}

// The job is forgotten after this: a power cut must not bring back a file that nobody knows any more.
std::vector<std::string> remove_files(uid_t owner, std::vector<std::string> names) {
  if (!check_owner(owner)) return names;
  Directories directories;
  std::set<const Directory*> changed;
  std::vector<std::string> remaining;
  for (std::string& name : names) {
    if (::unlink(name.c_str()) == 0) {
      if (auto directory = directories.holding(name)) changed.insert(*directory);
    } else if (errno != ENOENT && errno != ENOTDIR) {
      remaining.push_back(std::move(name));
    }
  }
  for (const Directory* directory : changed) (void)directory->sync(directory->fd());
  return remaining;
}

}  // namespace

PosixFiles::PosixFiles(Loop& engine_loop, unsigned threads)
    : loop_(engine_loop), alive_(std::make_shared<const bool>(true)), pool_(threads, "dosvc-files") {}

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

void PosixFiles::check_destination(uid_t owner, std::vector<std::string> local_names, Reply<void> reply) {
  run<void>(
      [owner, names = std::move(local_names)]() -> Result<void> {
        DO_TRY(check_owner(owner));
        return check_destinations(names);
      },
      std::move(reply));
}

void PosixFiles::make_folders(uid_t owner, std::string local_name, mode_t umask, Reply<void> reply) {
  run<void>(
      [owner, name = std::move(local_name), umask]() -> Result<void> {
        DO_TRY(check_owner(owner));
        return make_folders_to(name, 0777 & ~umask);
      },
      std::move(reply));
}

void PosixFiles::find_certificate(uid_t owner, CertificateChoice choice, Reply<ClientCertificate> reply) {
  run<ClientCertificate>(
      [owner, choice = std::move(choice)]() -> Result<ClientCertificate> {
        DO_TRY(check_owner(owner));
        return client_certificate(CertificateFolders::of_this_process(), owner, choice);
      },
      std::move(reply));
}

void PosixFiles::open_temp(uid_t owner, std::string temp_name, OpenTemp how, FileIdentity expected,
                           Reply<TempFilePtr> reply) {
  run<TempFilePtr>(
      [owner, name = std::move(temp_name), how, expected] { return open_file(owner, name, how, expected); },
      std::move(reply));
}

void PosixFiles::sync(std::vector<TempFilePtr> files, Reply<void> reply) {
  run<void>(
      [files = std::move(files)] {
        std::vector<std::shared_ptr<PosixTempFile>> ours;
        ours.reserve(files.size());
        for (const TempFilePtr& file : files) ours.push_back(posix(file));
        return sync_files(ours);
      },
      std::move(reply));
}

void PosixFiles::sha256(TempFilePtr file, ByteRange bytes, Reply<std::string> reply) {
  run<std::string>([file = posix(file), bytes] { return sha256_of(*file, bytes); }, std::move(reply));
}

void PosixFiles::publish(uid_t owner, std::vector<Publication> files, Reply<std::vector<Result<void>>> reply) {
  run<std::vector<Result<void>>>(
      [owner, files = std::move(files)]() -> Result<std::vector<Result<void>>> {
        DO_TRY(check_owner(owner));
        return publish_files(files);
      },
      std::move(reply));
}

void PosixFiles::remove_temps(uid_t owner, std::vector<std::string> temp_names, Reply<std::vector<std::string>> reply) {
  run<std::vector<std::string>>(
      [owner, names = std::move(temp_names)]() -> Result<std::vector<std::string>> {
        return remove_files(owner, names);
      },
      std::move(reply));
}

}  // namespace dosvc
