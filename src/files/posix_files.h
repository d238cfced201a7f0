#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/users.h"
#include "base/worker_pool.h"
#include "engine/files.h"
#include "files/open_temps.h"
#include "files/pool_ref.h"
#include "files/write_out.h"

namespace dosvc {

// The disk, through POSIX calls on a few threads of its own, which act for the owner of each file. For another user
// than that of this process it must have the right to, see base/identity.h; else the answer is E_ACCESSDENIED.
//
// Made, called and destroyed on the engine's thread. The destructor waits for the work begun and queued; replies that
// haven't run by then never will.
class PosixFiles final : public Files {
 public:
  explicit PosixFiles(Loop& engine_loop, unsigned threads = 4, LookUpUser look_up = look_up_user);
  ~PosixFiles() override { pool_ref_->end(); }

  void check_destination(uid_t owner, std::vector<std::string> local_names, Reply<void> reply) override;
  void open_temp(uid_t owner, std::string temp_name, OpenTemp how, FileIdentity expected,
                 Reply<TempFilePtr> reply) override;
  void reserve(TempFilePtr file, std::uint64_t size, Reply<void> reply) override;
  void sync(std::vector<TempFilePtr> files, Reply<void> reply) override;
  void sha256(TempFilePtr file, ByteRange bytes, Reply<std::string> reply) override;
  void add_to_digest(std::shared_ptr<Sha256> digest, TempFilePtr file, ByteRange bytes, Reply<void> reply) override;
  void make_folders(uid_t owner, std::string local_name, mode_t umask, Reply<void> reply) override;
  void find_certificate(uid_t owner, CertificateChoice choice, Reply<ClientCertificate> reply) override;
  void read_trusted(uid_t owner, std::string path, Reply<std::string> reply) override;
  void publish(uid_t owner, std::vector<Publication> files, Reply<std::vector<Result<void>>> reply) override;
  void remove_temps(uid_t owner, std::vector<std::string> temp_names, Reply<std::vector<std::string>> reply) override;

 private:
  template <class T>
  void run(std::function<Result<T>()> work, Reply<T> reply);
  template <class T>
  void run_as(uid_t owner, std::function<Result<T>()> work, Reply<T> reply);

  Loop& loop_;
  Users users_;
  const std::shared_ptr<const bool> alive_;  // replies on their way look whether we still are
  // Files may outlive us.
  const std::shared_ptr<PoolRef> pool_ref_;
  const std::shared_ptr<OpenTemps> temps_;
  const std::shared_ptr<WriteOut> write_out_;
  WorkerPool pool_;  // last: its threads use the members above
};

}  // namespace dosvc
