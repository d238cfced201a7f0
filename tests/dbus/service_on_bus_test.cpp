// The service on a message bus: programs in any language, and what the bus itself tells.
#include <unistd.h>

#include "dbus/bus_daemon_fixture.h"

namespace dosvc {
namespace {

using std::chrono::seconds;
using Members = std::vector<std::string>;

constexpr char kMissing[] = "http://origin/none";
// The bus turns away users that the machine doesn't know: these two every Debian has, "daemon" and "bin".
constexpr uid_t kAda = 1;
constexpr uid_t kBob = 2;

class OnBus : public BusDaemonFixture {
 protected:
  bool listened_to(const std::string& path) {
    const auto view = engine->find(Caller{0, true}, *wire::job_at(path));
    return view.ok() && view.value()->listener() != nullptr;
  }
  std::string failed_job(BusPeer& peer) {
    const std::string path = run_job(peer, kMissing);
    EXPECT_TRUE(job(peer, path, "SetListener", "o", "/ear").ok());
    return path;
  }
};

#define NEEDS_ROOT()                                                                         \
  if (::geteuid() != 0) {                                                                    \
    GTEST_SKIP() << "NOT TESTED: this needs root, to talk to the bus as more than one user"; \
  }

TEST_F(OnBus, busctl_shows_and_calls_everything) {
  BusPeer& peer = program();
  const std::string path = new_job(peer, "by hand");
  const std::string tree = busctl({"tree", "--list", wire::kBusName});
  EXPECT_NE(tree.find(path + "\n"), std::string::npos) << tree;
  const std::string manager_text = busctl({"introspect", wire::kBusName, wire::kManagerPath});
  EXPECT_NE(manager_text.find(".CreateJob"), std::string::npos) << manager_text;
  const std::string text = busctl({"introspect", wire::kBusName, path});
  EXPECT_NE(text.find("\"by hand\""), std::string::npos) << text;
  EXPECT_NE(text.find(".SetListener"), std::string::npos) << text;
  EXPECT_EQ(busctl({"get-property", wire::kBusName, path, wire::kJob, "DisplayName"}), "s \"by hand\"\n");
  EXPECT_EQ(busctl({"call", wire::kBusName, path, wire::kJob, "Change", "a{sv}", "1", "DisplayName", "s", "new"}), "");
  EXPECT_EQ(get_all(peer, path)->job.display_name, "new");
  const std::string set = busctl({"set-property", wire::kBusName, path, wire::kJob, "DisplayName", "s", "other"});
  EXPECT_NE(set.find("Change"), std::string::npos) << set;
  EXPECT_NE(
      busctl({"call", wire::kBusName, wire::kManagerPath, wire::kManager, "GetJob", "s", "x"}).find("exit status"),
      std::string::npos);
  // Its like leave no trace.
  settle();
  EXPECT_EQ(busctl({"call", wire::kBusName, path, wire::kJob, "Cancel"}), "u 0\n");
}

TEST_F(OnBus, callbacks_reach_the_program_that_asked_for_them) {
  BusPeer& peer = program();
  BusPeer& other = program();
  const std::string path = failed_job(peer);
  turn_until([&] { return !peer.heard.empty(); });
  EXPECT_EQ(peer.members_heard(), Members{"JobError"});
  peer.answer(peer.heard[0]);
  settle();
  advance(seconds(3600));
  settle();
  EXPECT_EQ(peer.heard.size(), 1u);
  EXPECT_TRUE(other.heard.empty());
}

TEST_F(OnBus, a_program_that_leaves_the_bus_is_forgotten) {
  BusPeer& peer = program();
  const std::string path = failed_job(peer);
  turn_until([&] { return !peer.heard.empty(); });
  EXPECT_TRUE(listened_to(path));
  peer.leave();
  turn_until([&] { return !listened_to(path); });
  BusPeer& next = program();
  EXPECT_TRUE(job(next, path, "SetListener", "o", "/ear").ok());
  turn_until([&] { return !next.heard.empty(); });
  EXPECT_EQ(next.members_heard(), Members{"JobError"});
}

TEST_F(OnBus, what_a_program_that_left_has_not_answered_holds_up_nobody) {
  BusPeer& dead = program();
  for (int n = 0; n < 6; ++n) failed_job(dead);
  BusPeer& living = program();
  for (int n = 0; n < 6; ++n) failed_job(living);
  settle();
  EXPECT_EQ(dead.heard.size(), 4u);
  EXPECT_TRUE(living.heard.empty());
  dead.leave();
  turn_until([&] { return living.heard.size() >= 4; });
  settle();
  EXPECT_EQ(living.heard.size(), 4u);  // and no more at a time than before
}

// A bus lets nobody wait for more than so many answers: 128, unless it is told otherwise.
TEST_F(OnBus, programs_that_never_answer_leave_room_for_others) {
  BusPeer& silent = program();
  for (int n = 0; n < 140; ++n) failed_job(silent);
  for (int n = 0; n < 40; ++n) {
    settle();
    advance(seconds(60));
  }
  BusPeer& next = program();
  const std::string path = new_job(next);
  EXPECT_FALSE(path.empty());
  failed_job(next);
  turn_until([&] { return !next.heard.empty(); });
}

TEST_F(OnBus, signals_go_to_who_subscribed_and_to_no_listener_beside_him) {
  BusPeer& peer = program();
  BusPeer& curious = program();
  PendingAnswer matched = nullptr;
  curious.destination = "org.freedesktop.DBus";
  EXPECT_TRUE(call(curious, "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s",
                   "type='signal',interface='org.dosvc1.Manager'")
                  .ok());
  curious.destination = wire::kBusName;
  EXPECT_TRUE(manager(peer, "Subscribe", "b", 0).ok());
  const std::string path = new_job(peer);
  job(peer, path, "Cancel");
  settle();
  EXPECT_EQ(peer.members_heard(), (Members{"JobChanged", "JobChanged", "JobRemoved"}));
  EXPECT_TRUE(curious.heard.empty());
  EXPECT_STREQ(sd_bus_message_get_destination(peer.heard[0].get()), peer.name().c_str());
}

TEST_F(OnBus, more_programs_than_are_remembered_are_served_as_well) {
  std::vector<BusPeer*> all;  // more also than the bus lets anybody watch
  for (int n = 0; n < 320; ++n) all.push_back(&program());
  const std::string path = new_job(*all.front());
  EXPECT_TRUE(job(*all.front(), path, "SetListener", "o", "/ear").ok());
  for (BusPeer* each : all) EXPECT_TRUE(job(*each, path, "Suspend").ok());
  EXPECT_TRUE(listened_to(path));
  all.front()->leave();
  turn_until([&] { return !listened_to(path); });
}

// Each program that is remembered takes one of the 512 rules that a bus keeps for the service.
TEST_F(OnBus, who_listens_to_jobs_that_are_not_there_is_not_remembered_for_that) {
  for (int n = 0; n < 520; ++n) {
    BusPeer& peer = program();
    EXPECT_TRUE(job(peer, wire::path_of(Uuid::random()), "SetListener", "o", "/ear").has("x80200001"));
  }
  EXPECT_FALSE(new_job(program()).empty());
}

TEST_F(OnBus, calls_of_a_sender_stay_in_order_while_the_bus_is_asked_who_it_is) {
  BusPeer& peer = program();
  const std::string path = new_job(program());
  std::vector<PendingAnswer> answers;
  for (const char* name : {"one", "two", "three"}) {
    answers.push_back(peer.ask(path, wire::kJob, "Change", "a{sv}", 1, "DisplayName", "s", name));
  }
  const PendingAnswer last = peer.ask(path, wire::kJob, "Suspend");
  turn_until([&] { return last->here(); });
  EXPECT_TRUE(answers[0]->ok() && answers[1]->ok() && answers[2]->ok());
  EXPECT_EQ(get_all(peer, path)->job.display_name, "three");
}

TEST_F(OnBus, the_end_of_the_bus_is_the_end_of_the_connection_alone) {
  BusPeer& peer = program();
  const std::string path = failed_job(peer);
  EXPECT_TRUE(listened_to(path));
  bus->end();
  turn_until([&] { return closed == 1; });
  EXPECT_FALSE(listened_to(path));
  peers.clear();
  start_bus(BusDaemon::everything_allowed());
  BusPeer& again = program();
  EXPECT_NE(get_all(again, path), nullptr);
}

TEST_F(OnBus, users_are_who_the_bus_says_they_are) {
  NEEDS_ROOT();
  BusPeer& ada = program_of(kAda);
  BusPeer& bob = program_of(kBob);
  BusPeer& root = program();
  const std::string path = new_job(ada);
  EXPECT_EQ(get_all(ada, path)->job.owner, kAda);
  const PeerAnswer denied = job(bob, path, "Cancel");
  EXPECT_TRUE(denied.has("x80070005")) << denied.error();
  ASSERT_EQ(authority.questions.size(), 1u);
  EXPECT_EQ(authority.questions[0].uid, kBob);
  EXPECT_EQ(authority.questions[0].bus_name, bob.name());
  EXPECT_TRUE(job(root, path, "Suspend").ok());
  EXPECT_EQ(authority.questions.size(), 1u);
}

TEST_F(OnBus, the_system_buss_rules_let_pass_what_the_service_needs_and_no_more) {
  NEEDS_ROOT();
  AdaptorFixture::TearDown();
  AdaptorFixture::SetUp();
  start_bus(BusDaemon::system_rules());
  BusPeer& ada = program_of(kAda);
  BusPeer& bob = program_of(kBob);
  const std::string path = failed_job(ada);
  turn_until([&] { return !ada.heard.empty(); });
  EXPECT_EQ(ada.members_heard(), Members{"JobError"});
  ada.answer(ada.heard[0]);
  EXPECT_TRUE(manager(ada, "Subscribe", "b", 0).ok());
  job(ada, path, "Cancel");
  settle();
  EXPECT_EQ(ada.members_heard(), (Members{"JobError", "JobChanged", "JobRemoved"}));
  // A stranger can't tell her of jobs.
  bob.destination = ada.name();
  EXPECT_EQ(call(bob, "/ear", wire::kCallback, "JobError", "oa{sv}", path.c_str(), 0).error(),
            "org.freedesktop.DBus.Error.AccessDenied");
}

}  // namespace
}  // namespace dosvc
