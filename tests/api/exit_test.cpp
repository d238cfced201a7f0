#include "api/api_fixture.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

// A program may end without a goodbye: it neither hangs nor crashes, whatever is going on.

// A process that ends so joins no thread.
extern "C" DOSVC_API const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() { return "report_thread_leaks=0"; }

namespace dosvc {
namespace {

class Exit : public ApiTest {
 protected:
  void SetUp() override {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    ApiTest::SetUp();
    ::setenv("TMPDIR", folder.c_str(), 1);  // a process that ends so leaves its folder behind: within ours
  }

  void TearDown() override {
    ::unsetenv("TMPDIR");
    ApiTest::TearDown();
  }

  // The three below end the process with code 0.
  [[noreturn]] void exit_while_a_callback_runs() {
    origin.serve("/missing", {.rules = {origin::always(origin::status(404))}});
    const auto manager = manager_of(CLSID_BackgroundCopyManager);
    const auto job = new_job(*manager);
    auto* const ear = new Ear;
    auto* const entered = new Moment;  // they outlive this frame
    auto* const never = new Moment;
    ear->on_error = [=](IBackgroundCopyJob*, IBackgroundCopyError*) {
      entered->come();
      while (!never->wait()) {
      }
      return S_OK;
    };
    add(*job, "/missing", "x");
    job->SetNotifyInterface(ear);
    job->Resume();
    std::exit(entered->wait() ? 0 : 1);
  }
  [[noreturn]] void exit_while_bytes_arrive() {
    origin.serve("/slow", {.size = 1 << 30, .rules = {origin::always({.rate = 1'000'000})}});
    const auto manager = manager_of(CLSID_DeliveryOptimization);
    const auto job = new_job(*manager);
    add(*job, "/slow", "x");
    job->Resume();
    std::exit(origin.record().wait_for_bytes("/slow", 100'000, kPatience) ? 0 : 1);
  }
  [[noreturn]] void exit_from_a_callback() {
    origin.serve("/missing", {.rules = {origin::always(origin::status(404))}});
    const auto manager = manager_of(CLSID_BackgroundCopyManager);
    const auto job = new_job(*manager);
    auto* const ear = new Ear;
    ear->on_error = [](IBackgroundCopyJob*, IBackgroundCopyError*) -> HRESULT { std::exit(0); };
    add(*job, "/missing", "x");
    job->SetNotifyInterface(ear);
    job->Resume();
    Moment never;
    never.wait();
    std::_Exit(1);
  }
};

// The origin's threads would be ended under it by a return; that the process comes to its end is the test.
TEST_F(Exit, while_a_callback_runs) { EXPECT_EXIT(exit_while_a_callback_runs(), testing::ExitedWithCode(0), ""); }
TEST_F(Exit, while_bytes_arrive) { EXPECT_EXIT(exit_while_bytes_arrive(), testing::ExitedWithCode(0), ""); }
TEST_F(Exit, from_a_callback) { EXPECT_EXIT(exit_from_a_callback(), testing::ExitedWithCode(0), ""); }

TEST_F(Exit, of_a_forked_child_leaves_the_parents_service_alone) {
  const auto manager = manager_of(CLSID_BackgroundCopyManager);
  const auto job = new_job(*manager);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const HRESULT refused = job->Cancel();
    CoUninitialize();
    std::_Exit(refused == RPC_E_DISCONNECTED ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(job->Cancel(), S_OK);
}

}  // namespace
}  // namespace dosvc
