#include "fakes/fake_files.h"

#include <algorithm>
#include <cstring>
#include <functional>

namespace dosvc {
namespace {

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

Error local_error(HRESULT code, const std::string& message) { return Error{code, ErrorContext::local_file, message}; }

// What the disk may hold when the power goes in the midst of writing it: pages in any order, and the size before them.
void tear(FakeFiles::Inode& inode) {
  constexpr std::uint64_t kPage = 4096;
  inode.synced.resize(std::max(inode.synced.size(), inode.content.size()));
  for (const ByteRange& range : inode.dirty.ranges()) {
    for (std::uint64_t at = range.begin; at < range.end;) {
      const std::uint64_t next = std::min((at / kPage + 1) * kPage, range.end);
      const std::uint64_t chance = (at / kPage + inode.identity.inode) * 0x9E3779B97F4A7C15ULL;
      const std::uint64_t end = std::min<std::uint64_t>(next, inode.content.size());
      if (chance >> 63 != 0 && at < end) inode.synced.replace(at, end - at, inode.content, at, end - at);
      at = next;
    }
  }
}

}  // namespace

// Holds its inode as an open file does: after the name is gone, writes go on and reach nobody.
class FakeFiles::Handle final : public TempFile {
 public:
  Handle(FakeFiles& files, std::string name, std::shared_ptr<Inode> inode)
      : files_(files),
        name_(std::move(name)),
        inode_(std::move(inode)),
        size_at_open_(inode_->content.size()),
        life_(files.life_) {}
  // What was set aside goes back when nobody has the file open.
  ~Handle() override {
    if (life_.expired()) return;
    std::lock_guard lock(files_.mutex_);
    if (inode_.use_count() <= 2) inode_->reserved = 0;
  }

  Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    return files_.write(*inode_, name_, offset, bytes);
  }
  FileIdentity identity() const override { return inode_->identity; }
  std::uint64_t size_at_open() const override { return size_at_open_; }

  void cut_at_sync(std::uint64_t size) override { cut_ = size; }
  void cut() {
    if (!cut_) return;
    inode_->content.resize(std::min<std::uint64_t>(inode_->content.size(), *cut_));
    inode_->reserved = 0;
  }

  // What it has lost it tells again and again.
  std::optional<Error> lost;

  const std::string& name() const { return name_; }
  Inode& inode() const { return *inode_; }

 private:
  std::optional<std::uint64_t> cut_;
  FakeFiles& files_;
  const std::string name_;
  const std::shared_ptr<Inode> inode_;
  const std::uint64_t size_at_open_;
  const std::weak_ptr<int> life_;
};

FakeFiles::FakeFiles(Loop& loop) : loop_(loop), life_(std::make_shared<int>(0)) {}

FakeFiles::~FakeFiles() { life_.reset(); }

// Work gives back the call that answers, so that the two can be held apart.
void FakeFiles::run(Op op, std::function<std::function<void()>()> work) {
  const Delays delays = delays_ ? delays_(op) : Delays{};
  auto whole = [this, op, delays, alive = std::weak_ptr(life_), work = std::move(work)] {
    if (!alive.lock()) return;
    auto answer = work();
    if (held_answers_.count(op) != 0) {
      held_.push_back(std::move(answer));
    } else if (delays.after > Clock::duration::zero()) {
      later(delays.after, std::move(answer));
    } else {
      answer();
    }
  };
  if (held_ops_.count(op) != 0) {
    held_.emplace_back(std::move(whole));
  } else if (delays.before > Clock::duration::zero()) {
    later(delays.before, std::move(whole));
  } else {
    loop_.post(std::move(whole));
  }
}

void FakeFiles::later(Clock::duration delay, std::function<void()> call) {
  const std::uint64_t id = ++last_timer_;
  timers_[id] = loop_.after(delay, [this, id, call = std::move(call)] {
    const Timer mine = std::move(timers_[id]);
    timers_.erase(id);
    call();
  });
}

void FakeFiles::check_destination(uid_t owner, std::vector<std::string> local_names, Reply<void> reply) {
  asked_as["check_destination"].insert(owner);
  run(Op::check, [this, names = std::move(local_names), reply = std::move(reply)]() -> std::function<void()> {
    std::lock_guard lock(mutex_);
    Result<void> result;
    for (const std::string& name : names) {
      if (auto error = injected(Op::check, name)) {
        result = *error;
      } else {
        result = check_one(name);
      }
      if (!result) break;
    }
    return [reply, result] { reply(result); };
  });
}

void FakeFiles::open_temp(uid_t owner, std::string temp_name, OpenTemp how, FileIdentity expected,
                          Reply<TempFilePtr> reply) {
  asked_as["open_temp"].insert(owner);
  run(Op::open,
      [this, name = std::move(temp_name), how, expected, reply = std::move(reply)]() -> std::function<void()> {
        std::lock_guard lock(mutex_);
        Result<TempFilePtr> result = open_one(name, how, expected);
        return [reply, result] { reply(result); };
      });
}

void FakeFiles::reserve(TempFilePtr file, std::uint64_t size, Reply<void> reply) {
  run(Op::reserve, [this, file = std::move(file), size, reply = std::move(reply)]() -> std::function<void()> {
    std::lock_guard lock(mutex_);
    Result<void> result = reserve_one(file, size);
    return [reply, result] { reply(result); };
  });
}

void FakeFiles::sync(std::vector<TempFilePtr> files, Reply<void> reply) {
  run(Op::sync, [this, files = std::move(files), reply = std::move(reply)]() -> std::function<void()> {
    std::lock_guard lock(mutex_);
    Result<void> result = sync_all(files);
    return [reply, result] { reply(result); };
  });
}

void FakeFiles::make_folders(uid_t owner, std::string local_name, mode_t, Reply<void> reply) {
  asked_as["make_folders"].insert(owner);
  run(Op::check, [this, local_name, reply = std::move(reply)]() -> std::function<void()> {
    std::lock_guard lock(mutex_);
    const std::string folder = local_name.substr(0, local_name.rfind('/'));
    Result<void> result;
    if (auto error = injected(Op::check, local_name)) {
      result = *error;
    } else {
      disk_.directories.insert(folder);
    }
    return [reply, result] { reply(result); };
  });
}

void FakeFiles::find_certificate(uid_t owner, CertificateChoice choice, Reply<ClientCertificate> reply) {
  asked_as["find_certificate"].insert(owner);
  run(Op::certificate, [this, choice, reply = std::move(reply)]() -> std::function<void()> {
    std::lock_guard lock(mutex_);
    Result<ClientCertificate> result =
        Error{CRYPT_E_NOT_FOUND, ErrorContext::local_file, "there is no such certificate"};
    if (auto error = injected(Op::certificate, choice.store)) {
      result = *error;
    } else if (choice.store == "MY" || !choice.bytes.empty()) {
      const std::string sha1 = choice.sha1.empty() ? std::string(40, 'a') : choice.sha1;
      const std::string subject = choice.subject.empty() ? "CN=fake" : choice.subject;
      result = ClientCertificate{choice.store_location, choice.store, sha1, subject, "the secret key"};
    }
    return [reply, result] { reply(result); };
  });
}

void FakeFiles::read_trusted(uid_t owner, std::string path, Reply<std::string> reply) {
  asked_as["read_trusted"].insert(owner);
  run(Op::certificate, [this, path = std::move(path), reply = std::move(reply)]() -> std::function<void()> {
    std::lock_guard lock(mutex_);
    Result<std::string> result = Error{CRYPT_E_FILE_ERROR, ErrorContext::local_file, path + " can't be read"};
    if (const auto found = disk_.names.find(path); found != disk_.names.end()) result = found->second->content;
    return [reply, result] { reply(result); };
  });
}

void FakeFiles::sha256(TempFilePtr file, ByteRange bytes, Reply<std::string> reply) {
  run(Op::sha256, [this, file = std::move(file), bytes, reply = std::move(reply)]() -> std::function<void()> {
    std::lock_guard lock(mutex_);
    const auto& handle = dynamic_cast<const Handle&>(*file);
    Result<std::string> result = [&]() -> Result<std::string> {
      if (auto error = injected(Op::sha256, handle.name())) return *error;
      const std::string& content = handle.inode().content;
      if (content.size() < bytes.end) {
        return local_error(HRESULT_FROM_WIN32(ERROR_READ_FAULT), handle.name() + " is shorter than it should be");
      }
      return sha256_of(std::string_view(content).substr(bytes.begin, bytes.length()));
    }();
    return [reply, result] { reply(result); };
  });
}

void FakeFiles::add_to_digest(std::shared_ptr<Sha256> digest, TempFilePtr file, ByteRange bytes, Reply<void> reply) {
  run(Op::sha256,
      [this, digest = std::move(digest), file = std::move(file), bytes,
       reply = std::move(reply)]() -> std::function<void()> {
        std::lock_guard lock(mutex_);
        const auto& handle = dynamic_cast<const Handle&>(*file);
        const std::string& content = handle.inode().content;
        Result<void> result;
        if (auto error = injected(Op::sha256, handle.name())) {
          result = *error;
        } else if (content.size() < bytes.end) {
          result = local_error(HRESULT_FROM_WIN32(ERROR_READ_FAULT), handle.name() + " is shorter than it should be");
        } else {
          digest->add(std::as_bytes(std::span(content)).subspan(bytes.begin, bytes.length()));
        }
        return [reply, result] { reply(result); };
      });
}

void FakeFiles::publish(uid_t owner, std::vector<Publication> files, Reply<std::vector<Result<void>>> reply) {
  asked_as["publish"].insert(owner);
  run(Op::publish, [this, files = std::move(files), reply = std::move(reply)]() -> std::function<void()> {
    std::lock_guard lock(mutex_);
    std::vector<Result<void>> results;
    for (const Publication& file : files) results.push_back(publish_one(file));
    return [reply, results] { reply(results); };
  });
}

void FakeFiles::remove_temps(uid_t owner, std::vector<std::string> temp_names, Reply<std::vector<std::string>> reply) {
  asked_as["remove_temps"].insert(owner);
  run(Op::remove, [this, names = std::move(temp_names), reply = std::move(reply)]() -> std::function<void()> {
    std::lock_guard lock(mutex_);
    std::vector<std::string> remaining;
    for (const std::string& name : names) {
      const bool there = disk_.names.count(name) != 0;
      if (injected(Op::remove, name) || (there && disk_.unwritable.count(parent_of(name)) != 0)) {
        remaining.push_back(name);
      } else {
        disk_.names.erase(name);
      }
    }
    return [reply, remaining] { reply(remaining); };
  });
}

std::optional<Error> FakeFiles::injected(Op op, const std::string& path) {
  const std::size_t number = ++calls_[op];
  if (const auto found = planned_.find(op); found != planned_.end()) {
    const Planned& planned = found->second;
    if (number == planned.at || (planned.for_good && number > planned.at)) return planned.error;
  }
  for (const std::string& key : {path, std::string()}) {
    const auto found = injections_.find({op, key});
    if (found == injections_.end()) continue;
    Error error = found->second.error;
    if (found->second.once) injections_.erase(found);
    return error;
  }
  return std::nullopt;
}

bool FakeFiles::is_directory(const std::string& path) const {
  return path == "/" || disk_.directories.count(path) != 0;
}

Result<void> FakeFiles::check_one(const std::string& name) const {
  if (!name.starts_with('/')) return local_error(E_INVALIDARG, "no absolute name: " + name);
  const std::string parent = parent_of(name);
  if (!is_directory(parent)) {
    return local_error(HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), "there is no folder " + parent);
  }
  if (disk_.unwritable.count(parent) != 0) return local_error(E_ACCESSDENIED, "no right to write to " + parent);
  const auto found = disk_.names.find(name);
  if (is_directory(name) || (found != disk_.names.end() && found->second->kind != Kind::regular)) {
    return local_error(E_INVALIDARG, name + " isn't a regular file");
  }
  return {};
}

Result<TempFilePtr> FakeFiles::open_one(const std::string& name, OpenTemp how, FileIdentity expected) {
  if (auto error = injected(Op::open, name)) return *error;
  if (how == OpenTemp::fresh) {
    // As ext4 does: the number of the inode that just went is the first to be given again.
    const auto old = disk_.names.find(name);
    const auto freed = old != disk_.names.end() && old->second.use_count() == 1 ? old->second->identity.inode : 0;
    disk_.names.erase(name);
    DO_TRY(check_one(name));
    auto inode = std::make_shared<Inode>();
    inode->identity = {1, freed != 0 ? freed : ++last_inode_};
    disk_.names[name] = inode;
    return TempFilePtr(std::make_shared<Handle>(*this, name, std::move(inode)));
  }
  const auto found = disk_.names.find(name);
  if (found == disk_.names.end() || found->second->kind != Kind::regular ||
      (expected.known() && found->second->identity != expected)) {
    return local_error(HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND), name + " is gone or isn't the file that was made");
  }
  return TempFilePtr(std::make_shared<Handle>(*this, name, found->second));
}

// The size that the file may have at most, as the others leave it.
std::uint64_t FakeFiles::room_for(const Inode& inode) const {
  if (!space_) return ~std::uint64_t{0};
  std::uint64_t others = 0;
  for (const auto& [name, held] : disk_.names) {
    if (held.get() != &inode) others += std::max<std::uint64_t>(held->content.size(), held->reserved);
  }
  return *space_ - std::min(*space_, others);
}

Result<void> FakeFiles::reserve_one(const TempFilePtr& file, std::uint64_t size) {
  auto& handle = dynamic_cast<Handle&>(*file);
  if (auto error = injected(Op::reserve, handle.name())) return *error;
  if (size > room_for(handle.inode())) {
    return local_error(HRESULT_FROM_WIN32(ERROR_DISK_FULL), "the disk is full: " + handle.name());
  }
  handle.inode().reserved = size;
  return {};
}

Result<void> FakeFiles::sync_all(const std::vector<TempFilePtr>& files) {
  for (const TempFilePtr& file : files) {
    auto& handle = dynamic_cast<Handle&>(*file);
    Inode& inode = handle.inode();
    if (!handle.lost && (handle.lost = injected(Op::sync, handle.name()))) inode.dirty.clear();
    if (handle.lost) return *handle.lost;
    handle.cut();
    inode.synced.resize(inode.content.size());
    for (const ByteRange& range : inode.dirty.ranges()) {
      const std::uint64_t end = std::min<std::uint64_t>(range.end, inode.content.size());
      if (range.begin < end)
        inode.synced.replace(range.begin, end - range.begin, inode.content, range.begin, end - range.begin);
    }
    inode.dirty.clear();
  }
  return {};
}

Result<void> FakeFiles::publish_one(const Publication& file) {
  if (auto error = injected(Op::publish, file.temp_name)) return *error;
  const auto is_the_file = [&](auto found) {
    return found != disk_.names.end() && (!file.identity.known() || found->second->identity == file.identity);
  };
  const auto temp = disk_.names.find(file.temp_name);
  const auto local = disk_.names.find(file.local_name);
  if (!is_the_file(temp)) {
    if (file.identity.known() && is_the_file(local)) return {};
    return local_error(HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND), file.temp_name + " is gone");
  }
  if (is_directory(file.local_name) || (local != disk_.names.end() && local->second->kind != Kind::regular)) {
    return local_error(HRESULT_FROM_WIN32(is_directory(file.local_name) ? ERROR_DIRECTORY : ERROR_FILE_EXISTS),
                       file.local_name + " isn't a regular file");
  }
  DO_TRY(check_one(file.local_name));
  const auto inode = temp->second;
  inode->mode = file.mode;
  inode->modified = file.modified;
  disk_.names.erase(temp);
  disk_.names[file.local_name] = inode;
  return {};
}

Result<void> FakeFiles::write(Inode& inode, const std::string& name, std::uint64_t offset,
                              std::span<const std::byte> bytes) {
  std::lock_guard lock(mutex_);
  if (auto error = injected(Op::write, name)) return *error;
  std::uint64_t end = offset + bytes.size();
  const std::uint64_t most = std::max<std::uint64_t>(room_for(inode), inode.content.size());
  const bool full = end > most;
  end = std::min(end, most);
  if (end > offset) {
    if (inode.content.size() < end) inode.content.resize(end);
    std::memcpy(inode.content.data() + offset, bytes.data(), end - offset);
    inode.dirty.add({offset, end});
  }
  if (full) return local_error(HRESULT_FROM_WIN32(ERROR_DISK_FULL), "the disk is full: " + name);
  return {};
}

std::string FakeFiles::sha256_of(std::string_view content) { return *dosvc::sha256_of(content); }

void FakeFiles::make_directory(const std::string& path) {
  std::lock_guard lock(mutex_);
  for (std::string each = path; each != "/"; each = parent_of(each)) disk_.directories.insert(each);
}

void FakeFiles::make_unwritable(const std::string& directory, bool unwritable) {
  std::lock_guard lock(mutex_);
  if (unwritable) {
    disk_.unwritable.insert(directory);
  } else {
    disk_.unwritable.erase(directory);
  }
}

void FakeFiles::make_file(const std::string& path, std::string content, Kind kind) {
  std::lock_guard lock(mutex_);
  auto inode = std::make_shared<Inode>();
  inode->identity = {1, ++last_inode_};
  inode->kind = kind;
  inode->synced = content;
  inode->content = std::move(content);
  inode->mode = 0644;
  disk_.names[path] = std::move(inode);
}

void FakeFiles::delete_file(const std::string& path) {
  std::lock_guard lock(mutex_);
  disk_.names.erase(path);
}

std::optional<FakeFiles::Inode> FakeFiles::look(const std::string& path) const {
  std::lock_guard lock(mutex_);
  const auto found = disk_.names.find(path);
  if (found == disk_.names.end()) return std::nullopt;
  return *found->second;
}

std::shared_ptr<const FakeFiles::Inode> FakeFiles::inode(const std::string& path) const {
  std::lock_guard lock(mutex_);
  const auto found = disk_.names.find(path);
  return found == disk_.names.end() ? nullptr : found->second;
}

bool FakeFiles::exists(const std::string& path) const { return look(path).has_value(); }

std::optional<std::string> FakeFiles::content(const std::string& path) const {
  if (auto inode = look(path)) return inode->content;
  return std::nullopt;
}

std::optional<std::string> FakeFiles::synced_content(const std::string& path) const {
  if (auto inode = look(path)) return inode->synced;
  return std::nullopt;
}

std::vector<std::string> FakeFiles::names() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> all;
  for (const auto& [name, inode] : disk_.names) all.push_back(name);
  return all;
}

std::vector<std::string> FakeFiles::temps() const {
  std::vector<std::string> all = names();
  const std::string_view ending = ".part";
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const std::string& name) {
                             return name.size() < ending.size() ||
                                    std::string_view(name).substr(name.size() - ending.size()) != ending;
                           }),
            all.end());
  return all;
}

void FakeFiles::fail(Op op, const std::string& path, Error error) {
  std::lock_guard lock(mutex_);
  injections_[{op, path}] = Injection{std::move(error), false};
}

void FakeFiles::fail_once(Op op, const std::string& path, Error error) {
  std::lock_guard lock(mutex_);
  injections_[{op, path}] = Injection{std::move(error), true};
}

void FakeFiles::mend(Op op, const std::string& path) {
  std::lock_guard lock(mutex_);
  injections_.erase({op, path});
}

void FakeFiles::fail_nth(Op op, std::size_t nth, Error error, bool for_good) {
  std::lock_guard lock(mutex_);
  planned_[op] = Planned{calls_[op] + nth, std::move(error), for_good};
}

void FakeFiles::mend(Op op) {
  std::lock_guard lock(mutex_);
  planned_.erase(op);
}

std::size_t FakeFiles::calls(Op op) const {
  std::lock_guard lock(mutex_);
  const auto found = calls_.find(op);
  return found == calls_.end() ? 0 : found->second;
}

void FakeFiles::limit_space(std::optional<std::uint64_t> bytes) {
  std::lock_guard lock(mutex_);
  space_ = bytes;
}

void FakeFiles::hold(Op op) { held_ops_.insert(op); }

void FakeFiles::hold_answers(Op op) { held_answers_.insert(op); }

void FakeFiles::release() {
  held_ops_.clear();
  held_answers_.clear();
  for (auto& call : std::exchange(held_, {})) {
    loop_.post([alive = std::weak_ptr(life_), call = std::move(call)] {
      if (alive.lock()) call();
    });
  }
}

FakeFiles::Disk FakeFiles::disk_after(Crash crash) const {
  std::lock_guard lock(mutex_);
  Disk survivor = disk_;
  for (auto& [name, inode] : survivor.names) {
    inode = std::make_shared<Inode>(*inode);
    if (crash == Crash::process) continue;
    if (crash == Crash::torn) tear(*inode);
    inode->content = inode->synced;
    inode->dirty.clear();
  }
  return survivor;
}

void FakeFiles::start_on(Disk disk) {
  life_ = std::make_shared<int>(0);
  held_.clear();
  timers_.clear();
  std::lock_guard lock(mutex_);
  disk_ = std::move(disk);
}

}  // namespace dosvc
