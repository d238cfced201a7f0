#include "host/in_process_service.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "core/blocking_call.h"

namespace dosvc {
namespace {

namespace fs = std::filesystem;

class InProcessServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "dosvc-inproc.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    state_ = (folder_ / "state" / "dosvc").string();
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::unique_ptr<JobService> open(bool transfers = true) {
    auto service = open_in_process({state_, transfers});
    if (!service) {
      ADD_FAILURE() << service.error().message;
      return nullptr;
    }
    return std::move(service).take();
  }
  Result<std::shared_ptr<JobView>> create(JobService& service) {
    return wait_for<std::shared_ptr<JobView>>([&](auto reply) {
      NewJob spec;
      spec.display_name = "smoke";
      service.create_job(me_, spec, reply);
    });
  }

  const Caller me_ = Caller::this_process();
  fs::path folder_;
  std::string state_;
};

TEST_F(InProcessServiceTest, a_job_is_found_again_after_closing) {
  JobId id;
  {
    auto service = open();
    ASSERT_TRUE(service);
    const auto view = create(*service);
    ASSERT_TRUE(view) << view.error().message;
    id = (*view)->id();
    const auto added = wait_for<std::uint32_t>([&](auto reply) {
      NewFile file;
      file.remote_name = "http://127.0.0.1:9/file";
      file.local_name = (folder_ / "file").string();
      service->add_files(me_, id, {file}, reply);
    });
    ASSERT_TRUE(added) << added.error().message;
    EXPECT_EQ(service->list(me_, false)->size(), 1u);
  }
  auto service = open();
  ASSERT_TRUE(service);
  const auto found = service->find(me_, id);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ((*found)->snapshot()->job.display_name, "smoke");
  EXPECT_EQ((*found)->snapshot()->job.state(), JobState::suspended);
  ASSERT_EQ((*found)->files().size(), 1u);
  EXPECT_EQ((*found)->file(0)->snapshot()->file.local_name, (folder_ / "file").string());
  const auto cancelled =
      wait_for<CommandOutcome>([&](auto reply) { service->command(me_, id, JobCommand::cancel, reply); });
  EXPECT_TRUE(cancelled) << cancelled.error().message;
  EXPECT_TRUE(service->list(me_, false)->empty());
}

TEST_F(InProcessServiceTest, nobody_else_can_read_the_queue) {
  auto service = open(false);
  ASSERT_TRUE(service);
  ASSERT_TRUE(create(*service));
  EXPECT_EQ(fs::status(state_).permissions(), fs::perms(0700));
  for (const auto& entry : fs::directory_iterator(state_))
    EXPECT_EQ(entry.status().permissions(), fs::perms(0600)) << entry.path();
}

TEST_F(InProcessServiceTest, the_queue_is_held_until_the_service_is_gone) {
  auto service = open();
  ASSERT_TRUE(service);
  const auto second = open_in_process({state_, true});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION));
  service.reset();
  EXPECT_TRUE(open());
}

TEST_F(InProcessServiceTest, a_damaged_queue_is_refused_and_lets_go_of_the_directory) {
  { ASSERT_TRUE(open()); }
  const fs::path queue = fs::path(state_) / "queue.db";
  std::ofstream(queue) << "not a database";
  const auto refused = open_in_process({state_, true});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, BG_E_DATABASE_CORRUPT);
  EXPECT_NE(refused.error().message.find(queue.string()), std::string::npos);
  fs::remove(queue);
  EXPECT_TRUE(open());
}

TEST_F(InProcessServiceTest, a_view_answers_after_the_service_is_gone) {
  auto service = open();
  ASSERT_TRUE(service);
  const auto view = create(*service);
  ASSERT_TRUE(view);
  service.reset();
  EXPECT_EQ((*view)->snapshot()->job.display_name, "smoke");
}

// The last reference may be dropped by what the service itself calls.
TEST_F(InProcessServiceTest, can_be_let_go_of_on_its_own_thread) {
  std::shared_ptr<JobService> service = open();
  ASSERT_TRUE(service);
  std::promise<void> dropped;
  auto& raw = *service;
  raw.create_job(me_, NewJob{}, [&dropped, last = std::move(service)](const auto&) mutable {
    last.reset();
    dropped.set_value();
  });
  dropped.get_future().wait();
  // The directory is free once the service has quite ended, on a thread of its own.
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  bool opened = false;
  while (!opened && std::chrono::steady_clock::now() < give_up) {
    opened = open_in_process({state_, true}).ok();
    std::this_thread::yield();
  }
  EXPECT_TRUE(opened);
}

TEST_F(InProcessServiceTest, opening_and_closing_again_and_again_leaves_nothing_behind) {
  const auto descriptors = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  { ASSERT_TRUE(open()); }
  const auto before = descriptors();
  for (int i = 0; i < 10; ++i) {
    auto service = open();
    ASSERT_TRUE(service);
    ASSERT_TRUE(create(*service));
  }
  EXPECT_EQ(descriptors(), before);
}

}  // namespace
}  // namespace dosvc
