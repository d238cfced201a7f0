#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "engine/files.h"

namespace dosvc {

// A disk in memory that fails when told to and can lose its power. Work is done and answered in a later turn of the
// loop, one call after the other; hold() keeps calls waiting, before the work or between the work and the answer.
//
// As on a real disk, what was written is lost with the power until sync() answered; names are not: a file made or
// renamed keeps its name. Everything belongs to the loop's thread but TempFile, which any thread may write.
class FakeFiles final : public Files {
 public:
  enum class Op : std::uint8_t { check, open, write, sync, sha256, publish, remove, certificate, reserve };
  enum class Kind : std::uint8_t { regular, directory, special };
  enum class Crash : std::uint8_t {
    process,  // the page cache lives on: everything written is there
    power,    // only what was synced is there
    torn      // the same, and of what else was written some pages, with holes between them
  };

  struct Inode {
    FileIdentity identity;
    Kind kind = Kind::regular;
    std::string content;
    std::string synced;
    RangeSet dirty;  // written, and of no sync yet
    std::uint64_t reserved = 0;
    mode_t mode = 0600;
    std::optional<WallTime> modified;
  };
  struct Disk {
    std::map<std::string, std::shared_ptr<Inode>> names;
    std::set<std::string> directories{"/dl", "/spool"};
    std::set<std::string> unwritable;  // directories
  };

  explicit FakeFiles(Loop& loop);
  ~FakeFiles() override;
  FakeFiles(const FakeFiles&) = delete;
  FakeFiles& operator=(const FakeFiles&) = delete;

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

  std::map<std::string, std::set<uid_t>> asked_as;  // by the name of the call

  // Of this content, as lower-case hex.
  static std::string sha256_of(std::string_view content);

  // --- What there is. "/dl" exists from the beginning.
  void make_directory(const std::string& path);  // nothing is checked: a missing parent is made up
  void make_unwritable(const std::string& directory, bool unwritable = true);
  void make_file(const std::string& path, std::string content, Kind kind = Kind::regular);  // synced
  void delete_file(const std::string& path);
  bool exists(const std::string& path) const;
  std::optional<std::string> content(const std::string& path) const;
  std::optional<std::string> synced_content(const std::string& path) const;
  std::optional<Inode> look(const std::string& path) const;
  std::shared_ptr<const Inode> inode(const std::string& path) const;  // as look(), without a copy
  std::vector<std::string> names() const;                             // of all files
  std::vector<std::string> temps() const;                             // of those that end in ".part"

  // --- What goes wrong. An error stays until mend(); `path` is the temporary name (the local one for check), empty for
  // all.
  void fail(Op op, const std::string& path, Error error);
  void fail_once(Op op, const std::string& path, Error error);
  void mend(Op op, const std::string& path);
  // Of all files together, what is set aside for them included; beyond it: ERROR_DISK_FULL.
  void limit_space(std::optional<std::uint64_t> bytes);
  // The call of this kind that is the `nth` from now on fails, counted from 1; and, when it is for good, all after it
  // until mend(op). As on a real disk, a sync that failed has lost what it was to put there; and as with the real port,
  // that TempFile fails at each further sync, while one opened later knows nothing of it.
  void fail_nth(Op op, std::size_t nth, Error error, bool for_good = false);
  void mend(Op op);
  std::size_t calls(Op op) const;  // so far: of each file where a call is of several

  // --- When it is done. Calls of this kind wait, their work not begun; or done and unanswered.
  void hold(Op op);
  void hold_answers(Op op);
  void release();  // all, in the order of the calls
  std::size_t held() const { return held_.size(); }
  // How long calls take: before the work, and between the work and the answer. None are held meanwhile.
  struct Delays {
    Clock::duration before{};
    Clock::duration after{};
  };
  void take_time(std::function<Delays(Op op)> delays) { delays_ = std::move(delays); }

  // --- The end and what comes after. Handles from before a crash write into nothing; calls under way are never
  // answered.
  Disk disk_after(Crash crash) const;
  void start_on(Disk disk);
  void crash(Crash crash) { start_on(disk_after(crash)); }

 private:
  class Handle;

  void run(Op op, std::function<std::function<void()>()> work);
  void later(Clock::duration delay, std::function<void()> call);
  std::optional<Error> injected(Op op, const std::string& path);
  Result<void> check_one(const std::string& name) const;
  Result<TempFilePtr> open_one(const std::string& name, OpenTemp how, FileIdentity expected);
  Result<void> reserve_one(const TempFilePtr& file, std::uint64_t size);
  std::uint64_t room_for(const Inode& inode) const;
  Result<void> sync_all(const std::vector<TempFilePtr>& files);
  Result<void> publish_one(const Publication& file);
  Result<void> write(Inode& inode, const std::string& name, std::uint64_t offset, std::span<const std::byte> bytes);
  bool is_directory(const std::string& path) const;

  Loop& loop_;
  std::shared_ptr<int> life_;  // a new one after each crash: what was posted before finds it gone
  std::set<Op> held_ops_;
  std::set<Op> held_answers_;
  std::deque<std::function<void()>> held_;
  std::function<Delays(Op op)> delays_;
  std::map<std::uint64_t, Timer> timers_;  // of calls that take time
  std::uint64_t last_timer_ = 0;

  mutable std::mutex mutex_;  // guards all below
  Disk disk_;
  std::uint64_t last_inode_ = 100;
  std::optional<std::uint64_t> space_;
  struct Injection {
    Error error;
    bool once = false;
  };
  std::map<std::pair<Op, std::string>, Injection> injections_;
  struct Planned {
    std::size_t at = 0;  // as calls_ counts
    Error error;
    bool for_good = false;
  };
  std::map<Op, Planned> planned_;
  std::map<Op, std::size_t> calls_;
};

}  // namespace dosvc
