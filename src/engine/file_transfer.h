#pragma once

#include "core/failure.h"
#include "core/file_layout.h"
#include "core/job.h"
#include "core/job_service.h"
#include "core/service_settings.h"
#include "engine/content_digest.h"
#include "engine/file_lanes.h"
#include "engine/files.h"
#include "engine/host_connections.h"
#include "engine/piece_check.h"
#include "engine/sync_batch.h"
#include "engine/transport.h"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

namespace dosvc {

// What the engine knows of a file while it runs, beside what the store keeps.
struct FileProgress {
  RangeSet received;             // written so far: at least file.done; what a resumed fetch continues from
  std::uint64_t high_water = 0;  // most bytes ever received: only what goes beyond is progress
  std::uint64_t position = 0;    // on demand: where the program wants to read next
};

// The engine, as one file's transfer sees it. Called on the engine's thread; each call may end the transfer (destroy
// it).
class FileTransferOwner {
 public:
  virtual ~FileTransferOwner() = default;
  virtual void open_temp(const File& file, OpenTemp how, Reply<TempFilePtr> reply) = 0;
  virtual void content_began() = 0;       // an answer was accepted
  virtual Result<void> check_size() = 0;  // of all files together: may it become so much?
  virtual void bytes_arrived(bool beyond_before) = 0;
  virtual void file_changed() = 0;                // File has something to save
  virtual void body_complete() = 0;               // its place on the line may go to another file
  virtual void file_transferred() = 0;            // whole, checked and on disk; file.stage says so
  virtual void all_wanted_is_here() = 0;          // on demand: nothing more was asked for; the transfer is over
  virtual void file_failed(Failure failure) = 0;  // it has come to a halt by itself
  virtual void halt_finished() = 0;               // halt() answered false, and now it is done
  // How many files of the job are fetched side by side, at least 1: they share what may be fetched again after a crash.
  virtual int files_side_by_side() const = 0;
  // Whether the job's files come so fast, one after the other, that they are best put on disk together.
  virtual bool others_follow() const = 0;
};

// Brings one file from its server to its temporary file:
//   hashes of its pieces, if any -> open -> fetch what is missing, over one connection or several (again where it
//   broke, or anew when the server's file changed) -> check -> sync -> done
// and, beside that, checkpoints: what a sync has put on disk is noted in File::done, and never more. Engine thread.
class FileTransfer final : private FileLanes::Owner, private PieceCheck::Owner {
 public:
  struct Parts {
    Loop& loop;
    Transport& transport;
    Files& files;
    SyncBatch& syncs;
    HostConnections& connections;
    const DefaultProxy& default_proxy;  // as it is when a request is made
  };

  FileTransfer(Parts parts, const Job& job, File& file, FileProgress& progress, FileTransferOwner& owner)
      : parts_(parts),
        job_(job),
        file_(file),
        progress_(progress),
        owner_(owner),
        lanes_(parts.loop, parts.transport, parts.connections, static_cast<FileLanes::Owner&>(*this)),
        digest_(parts.files) {}

  void start();
  // The address has changed: goes on with the new one, if it brings the same version.
  void refetch();
  // On demand: more was asked for, or at another place.
  void wanted_changed();
  // No more bytes. True: it may be destroyed now. False: what is written is being put on disk and noted, and
  // halt_finished() follows; or the file is whole already, and file_transferred() or file_failed() follows.
  bool halt();
  // After halt(): the file has other ranges now. What is on its way to the disk isn't noted as bytes of theirs; the
  // front that stays is, and halt_finished() follows.
  void ranges_changed() {
    ++version_;
    phase_ = Phase::halted;
  }
  bool fetches() const { return phase_ == Phase::hashes || phase_ == Phase::fetching || phase_ == Phase::opening; }
  // Why no bytes come just now; `none` while they may.
  WaitReason waits_for() const;
  // Nothing it asked for comes back to it any more. For one that may still be on the stack and is destroyed later.
  void retire() {
    alive_.reset();
    lanes_.stop();
    digest_.stop();
    if (pieces_) pieces_->stop();
  }

 private:
  enum class Phase : std::uint8_t {
    idle,
    trust,   // what the job trusts is being read
    hashes,  // of the pieces are on their way
    opening,
    fetching,
    checking,  // all is here; its pieces are being checked
    settling,  // all is here and good; on its way to the disk
    halted
  };

  void prepare();
  void open(OpenTemp how);
  void fetch();
  bool is_part(const FileLayout& layout, const Stretch& stretch) const;
  bool can_continue(const FileLayout& layout, const Stretch& missing) const;
  void all_received();
  void note_answer(const ResponseHead& head);
  void reserve();

  const RangeSet& received() const override { return progress_.received; }
  std::optional<Stretch> missing_beside(const RangeSet& held) const override;
  std::uint64_t bytes_missing() const override;
  FetchRequest request_for(const Stretch& stretch, bool beside) override;
  bool can_be_parted() const override;
  int most_connections() const override;
  void lane_answered(const TakeBody* take, const ResponseHead& head) override;
  bool lane_brought(ByteRange bytes) override;
  void lane_through(std::uint64_t end, bool ends_file) override;
  bool without_if_range() override;
  void lanes_ended(FileLanes::LastLane last) override;

  void fetch_failed(Failure failure, const FileLanes::LastLane& last);
  void sync_failed(const Error& error);
  void fail(Failure failure);
  void start_anew(const StartAnew& reason);
  void forget_content();
  bool may_reconnect(bool brought_bytes);
  void whole();
  void settle();
  void maybe_checkpoint();
  void checkpoint();
  void finish_halt();
  void note_time();

  void hashes_ready() override;
  void hashes_failed(Failure failure) override;
  void piece_is_good() override;
  void piece_is_bad(ByteRange piece, bool hopeless) override;
  void check_failed(const Error& error) override;

  bool one_answer_only() const;
  Result<void> check_task() const;
  bool has_right_size();

  Parts parts_;
  const Job& job_;
  File& file_;
  FileProgress& progress_;
  FileTransferOwner& owner_;

  Phase phase_ = Phase::idle;
  std::shared_ptr<const std::string> trusted_;
  TempFilePtr temp_;
  FileLanes lanes_;
  bool answered_ = false;          // what is known of the remote file is of today
  bool without_if_range_ = false;  // the server's answers to it are of no use: several nodes, or it doesn't know it
  Clock::time_point fetch_at_{};
  std::unique_ptr<PieceCheck> pieces_;
  ContentDigest digest_;
  bool ever_brought_bytes_ = false;
  int reconnects_ = 0;    // in a row, without new bytes
  bool hashing_ = false;  // of the whole content, while it settles
  bool syncing_ = false;
  Clock::time_point last_checkpoint_{};
  std::uint64_t reserved_ = 0;  // set aside on the disk for all of the file
  std::uint32_t version_ = 0;   // of the remote file: a sync begun before start_anew() must not vouch for the new one
  std::shared_ptr<const char> alive_ = std::make_shared<char>();
};

}  // namespace dosvc
