#pragma once

#include "core/range_set.h"
#include "core/validator.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dosvc {

// Wall-clock time, as programs see it and the store keeps it; never used to measure a wait.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

// Which file on disk is ours: path names can be made to point elsewhere, this can't.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  bool known() const { return inode != 0; }
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

enum class FileStage : std::uint8_t {
  waiting = 0,      // bytes are missing, or not yet on disk
  transferred = 1,  // whole, checked and synced, under its temporary name
  completed = 2,    // under its own name
};

// Bytes of the remote file, as BG_FILE_RANGE and DO_DOWNLOAD_RANGE name them.
struct FileRange {
  static constexpr std::uint64_t kToEnd = ~std::uint64_t{0};

  std::uint64_t offset = 0;
  std::uint64_t length = kToEnd;

  friend bool operator==(const FileRange&, const FileRange&) = default;
};

// Where the hashes of a file's pieces are found, and what vouches for them (docs/pieces-hash-file.md).
struct IntegrityCheck {
  std::string url;             // of the pieces-hash file; empty: there is nothing to check by
  std::string digest;          // of that file, lower-case hex; empty: not checked
  std::string hash_of_hashes;  // SHA-256 of the pieces' hashes one behind the other, lower-case hex; empty: not checked

  friend bool operator==(const IntegrityCheck&, const IntegrityCheck&) = default;
};

// What the program says of the content ("IBackgroundCopyFile3::SetValidationState").
enum class Verdict : std::uint8_t { none = 0, valid = 1, invalid = 2 };

// The last answer that a server gave for a file, kept for the program to look at.
struct LastAnswer {
  int status = 0;
  std::string headers;  // lines that end in CR LF, the status line first
  std::string url;      // after redirects
  std::string address;  // the server's, as text

  friend bool operator==(const LastAnswer&, const LastAnswer&) = default;
};

// One file of a job, as the store keeps it. `index` is its place in the job and its name for ever.
struct File {
  std::uint32_t index = 0;
  std::string file_id;      // the program's name for the content; empty: none
  std::string remote_name;  // URL; empty: still to be told
  std::string local_name;   // absolute path; empty: still to be told
  std::string temp_name;    // absolute path in the same directory; chosen and saved before the file is made
  std::string sha256;       // what the content must hash to, lower-case hex; empty: not checked
  IntegrityCheck integrity;
  bool integrity_mandatory = false;
  std::vector<FileRange> ranges;  // wanted, packed one behind the other in this order; empty: the whole file
  RangeSet wanted;                // of an on-demand job: what was asked for so far
  FileStage stage = FileStage::waiting;
  Verdict verdict = Verdict::none;
  std::optional<std::uint64_t> size;  // of the remote file, as told by the server or the program
  Validator validator;                // of the version that `done` belongs to
  std::optional<WallTime> modified;   // the server's Last-Modified
  RangeSet done;                      // of the local file, what a sync has put on disk: never more than the disk holds
  FileIdentity identity;              // of the temporary file, once there are bytes in it
  LastAnswer answer;
  std::uint64_t fetched = 0;             // bytes that came over the network, repeated ones too
  std::chrono::milliseconds fetching{};  // time spent on that

  // Forgets everything that belongs to one version of the remote file.
  void start_anew() {
    stage = FileStage::waiting;
    verdict = Verdict::none;
    size.reset();
    validator = {};
    modified.reset();
    done.clear();
    identity = {};
  }
  friend bool operator==(const File&, const File&) = default;
};

}  // namespace dosvc
