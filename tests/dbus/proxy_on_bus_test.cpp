// A program's side of the service, with a real message bus between them: the service goes and comes, and the bus too.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/loop_thread.h"
#include "dbus/adaptor.h"
#include "dbus/bus_daemon.h"
#include "dbus/wire.h"
#include "fakes/proxy_fixture.h"

namespace dosvc {
namespace {

// A JobService on a bus, on a thread of its own.
class ServedOnBus {
 public:
  ServedOnBus(JobService& service, BusDaemon& bus) : service_(service), bus_(bus) { begin(); }
  ~ServedOnBus() { end(); }
  ServedOnBus(const ServedOnBus&) = delete;
  ServedOnBus& operator=(const ServedOnBus&) = delete;

  void begin() {
    thread_ = LoopThread::create("test-service").take();
    auto named = std::make_shared<std::promise<bool>>();
    auto has_name = named->get_future();
    thread_->run_and_wait([&] {
      adaptor_ = std::make_unique<BusAdaptor>(thread_->loop(), service_, authority_);
      auto connection = BusConnection::connect(thread_->loop(), bus_.address(), true).take();
      MessageWriter call = connection->call_message("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                                    "org.freedesktop.DBus", "RequestName");
      const std::uint32_t flags = 4;  // don't queue
      call.text(wire::kBusName).basic('u', &flags);
      naming_ = connection->call(std::move(call), std::nullopt,
                                 [named](const Result<sd_bus_message*>& answer) { named->set_value(answer.ok()); });
      adaptor_->serve(std::move(connection), [] {});
    });
    ASSERT_TRUE(has_name.get());
  }
  void end() {
    if (!thread_) return;
    thread_->run_and_wait([&] {
      naming_ = {};
      adaptor_.reset();
    });
    thread_.reset();
  }

 private:
  JobService& service_;
  BusDaemon& bus_;
  NobodyElse authority_;
  std::unique_ptr<LoopThread> thread_;
  std::unique_ptr<BusAdaptor> adaptor_;
  PendingCall naming_;
};

class ProxyOnBus : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_FALSE(bus.address().empty()) << "is Debian's package dbus installed?";
    auto opened = open_bus_proxy([this](bool) -> Result<ServiceAddress> {
      const std::lock_guard wait_for_it(restarting);
      return ServiceAddress{bus.address(), true};
    });
    ASSERT_TRUE(opened) << opened.error().message;
    proxy = std::move(opened).take();
  }
  // Who looks for it meanwhile waits, as for one that starts.
  void restart() {
    const std::lock_guard lock(restarting);
    served.end();
    served.begin();
  }
  Result<void> rename(const JobId& id, const std::string& name) {
    return wait_for<void>(
        [&](auto reply) { proxy->change(me, id, JobChange{.display_name = name}, std::move(reply)); });
  }
  Result<void> listen(const JobId& id, std::shared_ptr<JobListener> listener) {
    return wait_for<void>([&](auto reply) { proxy->set_listener(me, id, std::move(listener), std::move(reply)); });
  }
  Result<std::shared_ptr<JobView>> create() {
    return wait_for<std::shared_ptr<JobView>>([&](auto reply) { proxy->create_job(me, {}, std::move(reply)); });
  }
  std::future<bool> tell(const std::shared_ptr<JobListener>& listener, const JobId& id, NotificationKind kind) {
    auto answer = std::make_shared<std::promise<bool>>();
    auto future = answer->get_future();
    listener->notify({kind, queue.held(id)->snapshot()}, [answer](bool taken) { answer->set_value(taken); });
    return future;
  }

  const Caller me = Caller::this_process();
  PlainQueue queue;
  BusDaemon bus{BusDaemon::everything_allowed()};
  std::mutex restarting;
  ServedOnBus served{queue, bus};
  std::unique_ptr<JobService> proxy;
};

TEST_F(ProxyOnBus, a_service_that_begins_anew_is_found_again) {
  const JobId id = queue.add();
  EXPECT_TRUE(rename(id, "before"));
  restart();
  EXPECT_TRUE(rename(id, "after"));
  EXPECT_EQ(queue.held(id)->snapshot()->job.display_name, "after");
}

TEST_F(ProxyOnBus, while_the_name_is_nobodys_calls_say_so) {
  const JobId id = queue.add();
  served.end();
  const auto refused = rename(id, "x");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, DO_E_NO_SERVICE);
  served.begin();
  EXPECT_TRUE(rename(id, "y"));
}

TEST_F(ProxyOnBus, listeners_are_registered_again_and_hear_nothing_twice) {
  Job failed;
  failed.error = JobError{{E_FAIL, ErrorContext::none, "failed"}, 0u, 0};
  failed.error_count = 1;
  const JobId id = queue.add(JobState::error, std::move(failed));
  const auto ear = std::make_shared<Ear>();
  ASSERT_TRUE(listen(id, ear));
  auto first = tell(queue.wait_for_registration(1), id, NotificationKind::error);
  ear->next().answer(true);
  ASSERT_TRUE(first.get());
  restart();  // nobody calls: that the name has another owner is enough
  EXPECT_TRUE(tell(queue.wait_for_registration(2), id, NotificationKind::error).get());
  EXPECT_EQ(ear->count(), 1);
}

TEST_F(ProxyOnBus, calls_that_were_underway_are_asked_again_or_answered_with_doubt) {
  const JobId id = queue.add();
  queue.hold();
  auto renamed = std::async(std::launch::async, [&] { return rename(id, "new").ok(); });
  queue.wait_for_call();
  queue.hold();
  auto created = std::async(std::launch::async, [&] { return create(); });
  queue.wait_for_call();
  queue.let_go();
  restart();
  EXPECT_TRUE(renamed.get());
  const auto answer = created.get();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, HRESULT_FROM_WIN32(RPC_S_CALL_FAILED));
}

TEST_F(ProxyOnBus, a_bus_that_ends_and_begins_again_is_found_again) {
  const JobId id = queue.add();
  const auto ear = std::make_shared<Ear>();
  ASSERT_TRUE(listen(id, ear));
  {
    const std::lock_guard lock(restarting);
    bus.end();
    served.end();
    bus.begin_again();
    served.begin();
  }
  (void)queue.wait_for_registration(2);
  EXPECT_TRUE(rename(id, "after"));
}

TEST_F(ProxyOnBus, it_may_end_while_the_service_is_away) {
  const JobId id = queue.add();
  ASSERT_TRUE(listen(id, std::make_shared<Ear>()));
  served.end();
  proxy.reset();
}

}  // namespace
}  // namespace dosvc
