#include <dlfcn.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "client/connect.h"
#include "core/blocking_call.h"

namespace dosvc {
namespace {

namespace fs = std::filesystem;

class InprocTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "dosvc-inproc.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    ::setenv("DOSVC_STATE_DIR", folder_.c_str(), 1);
    ::setenv("DOSVC_MODE", "inproc", 1);
  }
  void TearDown() override { fs::remove_all(folder_); }

  const Caller me_ = Caller::this_process();
  fs::path folder_;
};

TEST_F(InprocTest, connecting_runs_the_engine_in_this_process) {
  const auto service = connect();
  ASSERT_TRUE(service) << service.error().message;
  const auto view =
      wait_for<std::shared_ptr<JobView>>([&](auto reply) { (*service)->create_job(me_, NewJob{}, reply); });
  ASSERT_TRUE(view) << view.error().message;
  EXPECT_TRUE((*service)->find(me_, (*view)->id()));
  EXPECT_TRUE(fs::exists(folder_ / "queue.db"));
  EXPECT_EQ(service_in_use(), "this process");
}

TEST_F(InprocTest, all_callers_share_one_engine) {
  const auto first = connect();
  ASSERT_TRUE(first);
  const auto second = connect();
  ASSERT_TRUE(second);
  EXPECT_EQ(first->get(), second->get());
}

TEST_F(InprocTest, threads_that_connect_and_let_go_never_find_the_queue_taken) {
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&failures] {
      for (int round = 0; round < 10; ++round) {
        if (!connect()) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
}

TEST_F(InprocTest, an_engine_without_transfers_is_not_passed_off_as_one_with) {
  auto looking = connect({false});
  ASSERT_TRUE(looking);
  const auto moving = connect();
  ASSERT_FALSE(moving);
  EXPECT_EQ(moving.error().code, E_ACCESSDENIED);
  EXPECT_TRUE(connect({false}));
  *looking = nullptr;
  const auto now = connect();
  ASSERT_TRUE(now) << now.error().message;
  EXPECT_TRUE(connect({false}));  // who only looks is served by any
}

TEST_F(InprocTest, what_the_engine_refuses_reaches_the_caller) {
  fs::create_directory(folder_ / "queue.db");
  const auto service = connect();
  ASSERT_FALSE(service);
  EXPECT_NE(service.error().message.find((folder_ / "queue.db").string()), std::string::npos);
}

TEST_F(InprocTest, nothing_but_the_door_can_be_seen) {
  { ASSERT_TRUE(connect()); }
  // Loaded for good by now, and so found by its name alone.
  void* library = ::dlopen(DOSVC_INPROC_SONAME, RTLD_NOW | RTLD_NOLOAD);
  ASSERT_NE(library, nullptr) << ::dlerror();
  EXPECT_NE(::dlsym(library, "dosvc_inproc_stamp"), nullptr);
  EXPECT_EQ(::dlsym(library, "_ZN5dosvc15open_in_processENS_16InProcessOptionsE"), nullptr);
  ::dlclose(library);
}

}  // namespace
}  // namespace dosvc
