#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/loop_thread.h"
#include "fakes/temp_folder.h"
#include "origin/content.h"
#include "origin/origin.h"
#include "transport/curl_transport.h"

namespace dosvc {

// A temporary file in memory that can be told to fail. For any thread.
class MemoryFile final : public TempFile {
 public:
  Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    std::lock_guard lock(mutex_);
    if (fails_ && offset + bytes.size() > fails_->first) return fails_->second;
    if (bytes_.size() < offset + bytes.size()) bytes_.resize(offset + bytes.size());
    std::memcpy(bytes_.data() + offset, bytes.data(), bytes.size());
    ++writes_;
    if (offset % kPage != 0) ++unaligned_writes_;
    return {};
  }
  FileIdentity identity() const override { return {}; }
  std::uint64_t size_at_open() const override { return 0; }
  void cut_at_sync(std::uint64_t) override {}

  void fail_beyond(std::uint64_t offset, Error error) { fails_.emplace(offset, std::move(error)); }
  std::vector<std::byte> bytes() const {
    std::lock_guard lock(mutex_);
    return bytes_;
  }
  int writes() const {
    std::lock_guard lock(mutex_);
    return writes_;
  }
  int unaligned_writes() const {  // that don't begin with a page
    std::lock_guard lock(mutex_);
    return unaligned_writes_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::byte> bytes_;
  static constexpr std::uint64_t kPage = 4096;
  int writes_ = 0;
  int unaligned_writes_ = 0;
  std::optional<std::pair<std::uint64_t, Error>> fails_;
};

// Keeps what happened to one fetch, and lets the test wait for it. Events come on the engine's thread.
class Events final : public FetchEvents {
 public:
  void on_answer(const TakeBody* take, const ResponseHead& head) override {
    note([&] {
      if (take) {
        order_ += 'a';
        take_ = *take;
      }
      head_ = head;
      ++answers_;
    });
  }
  void on_progress(std::uint64_t end) override {
    note([&] {
      order_ += 'p';
      progress_ = end;
    });
    if (during_progress) during_progress();
  }
  void on_done(FetchEnd end) override {
    note([&] {
      order_ += 'd';
      end_ = std::move(end);
    });
    if (during_done) during_done();
  }

  FetchEnd wait_until_done() {
    if (!wait([this] { return end_.has_value(); })) return Failure{Error{E_PENDING, {}, "nothing happened"}};
    std::lock_guard lock(mutex_);
    return *end_;
  }
  bool wait_for_progress(std::uint64_t end) {
    return wait([this, end] { return progress_ && *progress_ >= end; });
  }

  std::string order() const { return read(order_); }  // "apd": answer, progress, done
  std::optional<TakeBody> take() const { return read(take_); }
  ResponseHead head() const { return read(head_); }
  int answers() const { return read(answers_); }  // those without a body for us too
  std::optional<std::uint64_t> progress() const { return read(progress_); }

  std::function<void()> during_progress;  // set before the start
  std::function<void()> during_done;

 private:
  template <class Note>
  void note(Note note) {
    std::lock_guard lock(mutex_);
    note();
    changed_.notify_all();
  }
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), condition);
  }
  template <class Value>
  Value read(const Value& value) const {
    std::lock_guard lock(mutex_);
    return value;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string order_;
  std::optional<TakeBody> take_;
  ResponseHead head_;
  int answers_ = 0;
  std::optional<std::uint64_t> progress_;
  std::optional<FetchEnd> end_;
};

// One fetch and everything that belongs to it, used as the engine would: started and dropped on its thread.
struct Download {
  std::shared_ptr<MemoryFile> file = std::make_shared<MemoryFile>();
  Events events;
  Fetch fetch;
};

// An origin of https in a folder of its own, and what a client needs to talk to it.
class SecureOrigin {
 public:
  explicit SecureOrigin(origin::TlsOptions options = {})
      : origin_({.tls_directory = folder_.path(), .tls = std::move(options)}) {
    EXPECT_EQ(origin_.error(), "");
  }

  origin::Origin* operator->() { return &origin_; }
  std::string url(const std::string& path) const { return origin_.tls_url(path); }
  std::string ca_file() const { return folder_ / "ca.pem"; }
  HttpOptions trusting() const {
    HttpOptions http;
    http.ca_file = ca_file();
    return http;
  }
  // With a certificate of ours: "client" or "stranger".
  HttpOptions known_as(const std::string& name) const {
    std::ifstream file(folder_ / (name + ".pem"));
    HttpOptions http = trusting();
    http.client_certificate.emplace().pem = std::string(std::istreambuf_iterator<char>(file), {});
    return http;
  }

 private:
  TempFolder folder_;
  origin::Origin origin_;
};

class CurlTransportTest : public testing::Test {
 protected:
  CurlTransportTest() { make_transport({}); }
  ~CurlTransportTest() override {
    for (auto& download : downloads_) drop(*download);
    end_transport();
  }

  void make_transport(TransportOptions options) {
    engine_->run_and_wait([&] {
      transport_.reset();
      auto made = CurlTransport::create(engine_->loop(), std::move(options));
      ASSERT_TRUE(made) << made.error().message;
      transport_ = made.take();
    });
  }
  void end_transport() {
    engine_->run_and_wait([this] { transport_.reset(); });
  }

  static std::string read_whole(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  Download& prepare() { return *downloads_.emplace_back(std::make_unique<Download>()); }
  void start(Download& download, std::string url, Asked asked = {}, HttpOptions http = {}) {
    engine_->run_and_wait([&] {
      const auto trusted =
          http.ca_file.empty() ? nullptr : std::make_shared<const std::string>(read_whole(http.ca_file));
      download.fetch = transport_->start({std::move(url), std::move(http), asked, download.file, asked.offset, trusted},
                                         download.events);
    });
  }
  Download& start(std::string url, Asked asked = {}, HttpOptions http = {}) {
    auto& download = prepare();
    start(download, std::move(url), std::move(asked), std::move(http));
    return download;
  }
  void drop(Download& download) {
    engine_->run_and_wait([&] { download.fetch.reset(); });
  }

  // Served under "/f".
  Download& fetch(origin::Resource resource, Asked asked = {}) {
    origin_.serve("/f", std::move(resource));
    return start(origin_.url("/f"), std::move(asked));
  }
  Download& fetch(origin::Behaviour behaviour, std::uint64_t size = 1000, Asked asked = {}) {
    origin::Resource resource;
    resource.size = size;
    resource.rules = {origin::always(std::move(behaviour))};
    return fetch(std::move(resource), std::move(asked));
  }
  Download& fetch_raw(std::string answer) {
    origin::Behaviour behaviour;
    behaviour.raw = std::move(answer);
    return fetch(std::move(behaviour));
  }

  // What is asked by one who holds the first bytes of version `seed`.
  static Asked holding(std::uint64_t bytes, std::uint64_t size, std::uint64_t seed = 1) {
    Asked asked;
    asked.offset = bytes;
    asked.size = size;
    asked.validator.etag = origin::etag_of(origin::Etag::strong, seed);
    asked.validator.last_modified = origin::http_date(origin::modified_of(seed));
    return asked;
  }

  static void expect_taken(Download& download, std::uint64_t size, std::uint64_t seed = 1, std::uint64_t from = 0) {
    const auto end = download.events.wait_until_done();
    const auto* taken = std::get_if<BodyTaken>(&end);
    ASSERT_TRUE(taken) << (std::holds_alternative<Failure>(end) ? std::get<Failure>(end).error.message : "anew");
    EXPECT_EQ(taken->end, size);
    const auto bytes = download.file->bytes();
    ASSERT_EQ(bytes.size(), size);
    EXPECT_FALSE(origin::first_difference(std::span(bytes).subspan(from), seed, from));
    EXPECT_EQ(download.events.progress(), size > from ? std::optional(size) : std::nullopt);
    EXPECT_EQ(download.events.order().front(), 'a');
    EXPECT_EQ(download.events.order().back(), 'd');
  }
  static Failure expect_failure(Download& download, HRESULT code, FailureClass failure_class) {
    const auto end = download.events.wait_until_done();
    const auto* failure = std::get_if<Failure>(&end);
    if (!failure) {
      ADD_FAILURE() << "it didn't fail";
      return {};
    }
    EXPECT_EQ(static_cast<std::uint32_t>(failure->error.code), static_cast<std::uint32_t>(code))
        << failure->error.message;
    EXPECT_EQ(failure->failure_class, failure_class) << failure->error.message;
    EXPECT_FALSE(failure->error.message.empty());
    return *failure;
  }
  // Nothing in what the program sees of it is one of these.
  static void expect_no_secret(const Failure& failure) {
    EXPECT_EQ(failure.error.message.find("secret"), std::string::npos) << failure.error.message;
  }
  static void expect_nothing_written(Download& download) {
    EXPECT_EQ(download.file->writes(), 0);
    EXPECT_EQ(download.events.order(), "d");
  }

  origin::Origin origin_;
  std::unique_ptr<LoopThread> engine_ = LoopThread::create("engine").take();
  std::unique_ptr<CurlTransport> transport_;
  std::vector<std::unique_ptr<Download>> downloads_;
};

}  // namespace dosvc
