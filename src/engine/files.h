#pragma once

#include "base/result.h"
#include "base/sha256.h"
#include "core/job.h"
#include "core/job_service.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace dosvc {

// An open temporary file. Bytes are written on the transport's thread, everything else happens through Files; the
// object may be released on any thread.
class TempFile {
 public:
  virtual ~TempFile() = default;
  // Writes all of `bytes` or fails: disk full is ERROR_DISK_FULL (context local_file, and a failure that time may
  // mend).
  virtual Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
  virtual FileIdentity identity() const = 0;
  // The next sync cuts off what lies behind: bytes that were written and then not wanted. Engine thread.
  virtual void cut_at_sync(std::uint64_t size) = 0;
  virtual std::uint64_t size_at_open() const = 0;  // what was there before anything is written through this object
};
using TempFilePtr = std::shared_ptr<TempFile>;

enum class OpenTemp : std::uint8_t {
  fresh,   // a new, empty file; what has this name is a leftover of ours and goes
  resume,  // the file that is there; ERROR_FILE_NOT_FOUND when it is gone or isn't the one we made
};

// One finished file that is to get its own name.
struct Publication {
  std::string temp_name;
  std::string local_name;
  FileIdentity identity;
  mode_t mode = 0644;
  std::optional<WallTime> modified;
};

// Port: the disk. Answers come later, on the engine's thread; the work is done elsewhere, with the identity of `owner`:
// whose files they are (Job::files_of), which needn't be the job's owner.
// The last component of a path is never followed when it is a symbolic link; directories resolve as for the owner.
// Error messages name the path and say what to do.
class Files {
 public:
  virtual ~Files() = default;

  // Whether the owner may make this file: its directory exists and is writable, and nothing but a regular file (or
  // nothing) has the name. ERROR_PATH_NOT_FOUND, E_ACCESSDENIED, E_INVALIDARG (a directory or special file).
  virtual void check_destination(uid_t owner, std::vector<std::string> local_names, Reply<void> reply) = 0;

  // Makes the folders on the way to this file that aren't there yet, with mode 0777 less `umask`.
  virtual void make_folders(uid_t owner, std::string local_name, mode_t umask, Reply<void> reply) = 0;

  // A certificate of this user's, key included; CRYPT_E_NOT_FOUND, CRYPT_E_FILE_ERROR. Stores are folders of PEM files:
  // docs/certificates.md.
  virtual void find_certificate(uid_t owner, CertificateChoice choice, Reply<ClientCertificate> reply) = 0;

  // The content of a file of certificates that the job trusts (HttpOptions::ca_file). CRYPT_E_FILE_ERROR: the owner
  // can't read it, or it isn't a file for that.
  virtual void read_trusted(uid_t owner, std::string path, Reply<std::string> reply) = 0;

  // fresh: made with O_CREAT|O_EXCL|O_NOFOLLOW and mode 0600. resume: the file must be regular, have one name, belong
  // to the owner and be `expected` where that is known.
  virtual void open_temp(uid_t owner, std::string temp_name, OpenTemp how, FileIdentity expected,
                         Reply<TempFilePtr> reply) = 0;

  // After S_OK everything written before the call is on disk, all files together (one syncfs where that is cheaper).
  virtual void sync(std::vector<TempFilePtr> files, Reply<void> reply) = 0;

  // SHA-256 of these bytes, lower-case hex. The file may be open for writing, but nobody writes there.
  virtual void sha256(TempFilePtr file, ByteRange bytes, Reply<std::string> reply) = 0;

  // Adds these bytes to a digest that is made while the file comes. Nobody else uses the digest meanwhile.
  virtual void add_to_digest(std::shared_ptr<Sha256> digest, TempFilePtr file, ByteRange bytes, Reply<void> reply) = 0;

  // Gives each file its mode, time and own name by an atomic rename, then makes the names durable. One result per
  // file; a file that already has its own name (same identity) is a success, so that it can be repeated.
  virtual void publish(uid_t owner, std::vector<Publication> files, Reply<std::vector<Result<void>>> reply) = 0;

  // Removes temporary files; one that isn't there is a success. The names that could not be removed.
  virtual void remove_temps(uid_t owner, std::vector<std::string> temp_names,
                            Reply<std::vector<std::string>> reply) = 0;

  // Sets aside what this file still needs of the disk to become `size` bytes, so that one that can't hold it says so at
  // once (ERROR_DISK_FULL). Where that can't be done, and on any other error, nothing happens: the writes will tell.
  // What isn't used is given back by a sync that cuts the file, and when it is closed.
  virtual void reserve(TempFilePtr file, std::uint64_t size, Reply<void> reply) = 0;
};

}  // namespace dosvc
