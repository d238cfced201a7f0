// Callbacks across processes: told until taken, never twice at a time, and nobody waits for another's program.
#include "fakes/adaptor_fixture.h"

namespace dosvc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr uid_t kAda = 1000;
constexpr uid_t kBob = 1001;
constexpr char kUrl[] = "http://origin/a.bin";
constexpr char kMissing[] = "http://origin/none";
using Members = std::vector<std::string>;

class Callbacks : public AdaptorFixture {
 protected:
  void SetUp() override {
    AdaptorFixture::SetUp();
    transport.serve(kUrl, std::string(1 << 20, 'a'));
  }
  void listen(BusPeer& peer, const std::string& path, const char* at = "/ear") {
    EXPECT_TRUE(job(peer, path, "SetListener", "o", at).ok());
  }
  // A job in ERROR that tells the peer so.
  std::string failed_job(BusPeer& peer) {
    const std::string path = run_job(peer, kMissing);
    listen(peer, path);
    return path;
  }
  static std::string job_of(const MessagePtr& callback) {
    const char* path = "";
    sd_bus_message_rewind(callback.get(), 1);
    sd_bus_message_read(callback.get(), "o", &path);
    return path;
  }
  static JobSnapshot snapshot_of(const MessagePtr& callback) {
    job_of(callback);
    auto job = wire::read_job(callback.get());
    EXPECT_TRUE(job.ok());
    return job ? job.take() : JobSnapshot{};
  }
  void answer_all(BusPeer& peer, std::uint32_t code = 0) {
    for (turn(); !peer.heard.empty(); turn()) {
      peer.answer(peer.heard.front(), code);
      peer.heard.pop_front();
    }
  }
  bool listened_to(const std::string& path) { return view_of(*wire::job_at(path))->listener() != nullptr; }
};

TEST_F(Callbacks, an_error_is_told_to_the_object_that_was_named_until_it_is_taken) {
  BusPeer& ada = connect(kAda);
  const std::string path = failed_job(ada);
  ASSERT_EQ(ada.members_heard(), Members{"JobError"});
  sd_bus_message* call = ada.heard[0].get();
  EXPECT_STREQ(sd_bus_message_get_interface(call), wire::kCallback);
  EXPECT_STREQ(sd_bus_message_get_path(call), "/ear");
  EXPECT_EQ(sd_bus_message_get_auto_start(call), 0);
  EXPECT_EQ(job_of(ada.heard[0]), path);
  EXPECT_EQ(snapshot_of(ada.heard[0]).job.error->error.code, BG_E_HTTP_ERROR_404);
  ada.answer(ada.heard[0], 0x80004005u);
  turn();
  advance(seconds(1));
  EXPECT_EQ(ada.members_heard(), (Members{"JobError", "JobError"}));
  ada.answer(ada.heard[1]);
  turn();
  advance(std::chrono::hours(1));
  EXPECT_EQ(ada.heard.size(), 2u);
}

TEST_F(Callbacks, nothing_but_s_ok_takes_it) {
  BusPeer& ada = connect(kAda);
  failed_job(ada);
  std::size_t told = 1;
  const auto told_again_after = [&](const std::function<void(sd_bus_message*)>& answer) {
    answer(ada.heard.back().get());
    turn();
    advance(seconds(60));
    return ada.heard.size() == ++told;
  };
  EXPECT_TRUE(told_again_after([](auto* call) { sd_bus_reply_method_return(call, "u", 1u); }));  // S_FALSE
  EXPECT_TRUE(told_again_after([](auto* call) { sd_bus_reply_method_return(call, ""); }));
  EXPECT_TRUE(told_again_after([](auto* call) { sd_bus_reply_method_return(call, "s", "ok"); }));
  EXPECT_TRUE(told_again_after([](auto* call) { sd_bus_reply_method_return(call, "uu", 0u, 0u); }));
  EXPECT_TRUE(told_again_after(
      [](auto* call) { sd_bus_reply_method_errorf(call, "org.freedesktop.DBus.Error.UnknownMethod", "no"); }));
  EXPECT_FALSE(told_again_after([](auto* call) { sd_bus_reply_method_return(call, "u", 0u); }));
}

TEST_F(Callbacks, each_kind_brings_what_it_is_about) {
  BusPeer& ada = connect(kAda);
  const std::string path = new_job(ada);
  ASSERT_TRUE(
      job(ada, path, "Change", "a{sv}", 2, "NotifyFlags", "u", 0x1u | 0x8u | 0x10u | 0x20u, "OnDemand", "b", 1).ok());
  ASSERT_TRUE(job(ada, path, "AddFiles", "aa{sv}", 1, 2, "RemoteName", "s", kUrl, "LocalName", "s", "/dl/a").ok());
  ASSERT_TRUE(
      job(ada, path, "ChangeFile", "ua{sv}", 0u, 1, "Wanted", "a(tt)", 1, std::uint64_t{0}, std::uint64_t{1} << 20)
          .ok());
  listen(ada, path);
  job(ada, path, "Resume");
  std::map<std::string, std::string> types;
  for (turn(); !ada.heard.empty(); turn()) {
    const MessagePtr call = std::move(ada.heard.front());
    ada.heard.pop_front();
    types[sd_bus_message_get_member(call.get())] = sd_bus_message_get_signature(call.get(), 1);
    ada.answer(call);
  }
  EXPECT_EQ(types, (std::map<std::string, std::string>{{"JobModification", "oa{sv}"},
                                                       {"FileRangesTransferred", "oa{sv}ua(tt)"},
                                                       {"FileTransferred", "oa{sv}u"},
                                                       {"JobTransferred", "oa{sv}"}}));
}

TEST_F(Callbacks, one_user_has_four_at_a_time_over_all_his_connections_and_others_have_their_own) {
  BusPeer& first = connect(kAda);
  BusPeer& second = connect(kAda);
  BusPeer& bob = connect(kBob);
  for (int n = 0; n < 3; ++n) {
    failed_job(first);
    failed_job(second);
  }
  EXPECT_EQ(first.heard.size() + second.heard.size(), 4u);
  failed_job(bob);
  EXPECT_EQ(bob.heard.size(), 1u);
  first.answer(first.heard[0]);
  turn();
  EXPECT_EQ(first.heard.size() + second.heard.size(), 5u);
  answer_all(first);
  answer_all(second);
  EXPECT_EQ(engine->list(user, false).value().size(), 6u);
}

TEST_F(Callbacks, a_call_counts_as_not_taken_after_60_seconds_and_makes_room) {
  BusPeer& ada = connect(kAda);
  for (int n = 0; n < 6; ++n) failed_job(ada);
  EXPECT_EQ(ada.heard.size(), 4u);
  advance(seconds(59));
  EXPECT_EQ(ada.heard.size(), 4u);
  advance(seconds(1));
  EXPECT_EQ(ada.heard.size(), 6u);
}

TEST_F(Callbacks, nothing_is_told_of_a_job_while_an_earlier_call_is_unanswered) {
  BusPeer& ada = connect(kAda);
  failed_job(ada);
  advance(seconds(3600));
  ASSERT_EQ(ada.heard.size(), 1u);
  ada.answer(ada.heard[0]);  // too late to be taken
  turn();
  advance(seconds(60));
  ASSERT_EQ(ada.heard.size(), 2u);
  ada.answer(ada.heard[1]);
  turn();
  advance(seconds(3600));
  EXPECT_EQ(ada.heard.size(), 2u);
}

TEST_F(Callbacks, who_owes_too_many_answers_hears_nothing_else_until_he_gives_one) {
  BusPeer& stuck = connect(kAda);
  for (int n = 0; n < 12; ++n) failed_job(stuck);
  const std::string changed = new_job(stuck);
  ASSERT_TRUE(job(stuck, changed, "Change", "a{sv}", 1, "NotifyFlags", "u", 0x1u | 0x8u).ok());
  for (int n = 0; n < 10; ++n) advance(seconds(60));
  constexpr std::size_t kTold = 8 + 3;  // three were underway when the eighth became overdue
  EXPECT_EQ(stuck.heard.size(), kTold);
  listen(stuck, changed);
  job(stuck, changed, "Change", "a{sv}", 1, "DisplayName", "s", "the last change");
  EXPECT_EQ(stuck.heard.size(), kTold);
  // Another program of the same user is told.
  BusPeer& other = connect(kAda);
  failed_job(other);
  EXPECT_EQ(other.members_heard(), Members{"JobError"});
  for (int n = 0; n < 3; ++n) stuck.answer(stuck.heard[n]);
  turn();
  EXPECT_EQ(stuck.heard.size(), kTold);
  stuck.answer(stuck.heard[3]);
  turn();
  ASSERT_EQ(stuck.heard.size(), kTold + 1);
  EXPECT_EQ(snapshot_of(stuck.heard.back()).job.display_name, "the last change");
  stuck.heard.erase(stuck.heard.begin(), stuck.heard.begin() + 4);
  answer_all(stuck);
  for (int n = 0; n < 10; ++n) {
    advance(seconds(60));
    answer_all(stuck);
  }
  // All has been taken.
  advance(seconds(3600));
  EXPECT_TRUE(stuck.heard.empty());
}

TEST_F(Callbacks, what_a_user_owes_is_bounded_and_ends_with_his_programs) {
  std::vector<BusPeer*> stuck;
  for (int n = 0; n < 4; ++n) {
    stuck.push_back(&connect(kAda));
    for (int each = 0; each < 6; ++each) failed_job(*stuck.back());
  }
  for (int n = 0; n < 10; ++n) advance(seconds(60));
  std::size_t told = 0;
  for (BusPeer* each : stuck) told += each->heard.size();
  EXPECT_EQ(told, 16u + 3u);  // three were underway when the last became overdue
  BusPeer& bob = connect(kBob);
  failed_job(bob);
  EXPECT_EQ(bob.members_heard(), Members{"JobError"});
  for (BusPeer* each : stuck) each->leave();
  turn();
  BusPeer& next = connect(kAda);
  failed_job(next);
  EXPECT_EQ(next.members_heard(), Members{"JobError"});
}

TEST_F(Callbacks, another_connection_is_told_meanwhile) {
  BusPeer& stuck = connect(kAda);
  const std::string path = failed_job(stuck);
  advance(seconds(60));
  BusPeer& other = connect(kAda);
  listen(other, path);
  EXPECT_EQ(other.members_heard(), Members{"JobError"});
  EXPECT_EQ(stuck.heard.size(), 1u);
}

TEST_F(Callbacks, of_modifications_that_wait_the_newest_is_told_and_then_the_end) {
  BusPeer& ada = connect(kAda);
  const std::string path = new_job(ada);
  ASSERT_TRUE(job(ada, path, "Change", "a{sv}", 1, "NotifyFlags", "u", 0x1u | 0x8u).ok());
  listen(ada, path);
  job(ada, path, "Change", "a{sv}", 1, "DisplayName", "s", "one");
  ASSERT_EQ(ada.members_heard(), Members{"JobModification"});
  advance(seconds(61));  // it counts as told, and the next one may wait
  for (const char* name : {"two", "three"}) {
    job(ada, path, "Change", "a{sv}", 1, "DisplayName", "s", name);
    advance(seconds(1));
  }
  EXPECT_EQ(ada.heard.size(), 1u);
  ada.answer(ada.heard[0]);
  turn();
  ASSERT_EQ(ada.members_heard(), (Members{"JobModification", "JobModification"}));
  EXPECT_EQ(snapshot_of(ada.heard[1]).job.display_name, "three");
  job(ada, path, "AddFiles", "aa{sv}", 1, 2, "RemoteName", "s", kUrl, "LocalName", "s", "/dl/a");
  job(ada, path, "Resume");
  EXPECT_EQ(ada.heard.size(), 2u);
  ada.answer(ada.heard[1]);
  turn();
  ASSERT_EQ(ada.members_heard().back(), "JobModification");
  ada.answer(ada.heard.back());
  turn();
  EXPECT_EQ(ada.members_heard().back(), "JobTransferred");
  EXPECT_EQ(ada.heard.size(), 4u);
}

TEST_F(Callbacks, a_program_that_ends_is_forgotten_and_its_calls_are_not_taken) {
  BusPeer& ada = connect(kAda);
  const std::string path = failed_job(ada);
  EXPECT_TRUE(listened_to(path));
  ada.leave();
  turn();
  EXPECT_FALSE(listened_to(path));
  BusPeer& next = connect(kAda);
  listen(next, path);
  EXPECT_EQ(next.members_heard(), Members{"JobError"});
}

TEST_F(Callbacks, a_program_that_ends_takes_nobody_elses_registration_along) {
  BusPeer& first = connect(kAda);
  BusPeer& second = connect(kAda);
  const std::string path = new_job(first);
  listen(first, path);
  listen(second, path);
  first.leave();
  turn();
  EXPECT_TRUE(listened_to(path));
  EXPECT_TRUE(job(second, path, "SetListener", "o", "/").ok());
  EXPECT_FALSE(listened_to(path));
}

TEST_F(Callbacks, four_of_a_dead_program_leave_their_places_to_the_living) {
  BusPeer& dead = connect(kAda);
  for (int n = 0; n < 6; ++n) failed_job(dead);
  BusPeer& living = connect(kAda);
  failed_job(living);
  EXPECT_TRUE(living.heard.empty());
  dead.leave();
  turn();
  EXPECT_EQ(living.members_heard(), Members{"JobError"});
}

TEST_F(Callbacks, who_lost_the_job_hears_no_more_of_it) {
  BusPeer& ada = connect(kAda);
  BusPeer& root = connect(0);
  const std::string path = new_job(ada);
  listen(ada, path);
  ASSERT_TRUE(job(root, path, "TakeOwnership").ok());
  job(root, path, "AddFiles", "aa{sv}", 1, 2, "RemoteName", "s", kMissing, "LocalName", "s", "/dl/a");
  job(root, path, "Resume");
  EXPECT_EQ(get_all(root, path)->job.state(), JobState::error);
  EXPECT_TRUE(ada.heard.empty());
  listen(root, path);
  EXPECT_EQ(root.members_heard(), Members{"JobError"});
}

TEST_F(Callbacks, registering_again_and_again_keeps_no_more_than_the_newest_waiting) {
  BusPeer& ada = connect(kAda);
  const std::string path = failed_job(ada);
  for (int n = 0; n < 50; ++n) listen(ada, path, n % 2 == 0 ? "/even" : "/odd");
  ASSERT_EQ(ada.heard.size(), 1u);
  ada.answer(ada.heard[0], 0x80004005u);
  turn();
  ASSERT_EQ(ada.heard.size(), 2u);
  EXPECT_STREQ(sd_bus_message_get_path(ada.heard[1].get()), "/odd");
  ada.answer(ada.heard[1]);
  turn();
  advance(seconds(3600));
  EXPECT_EQ(ada.heard.size(), 2u);
}

TEST_F(Callbacks, a_program_that_does_not_read_holds_up_nobody) {
  BusPeer& deaf = connect(kAda);
  BusPeer& other = connect(kAda);
  BusPeer& bob = connect(kBob);
  std::vector<std::string> paths;
  for (int n = 0; n < 6; ++n) {
    paths.push_back(run_job(deaf, kMissing));
    deaf.ask(paths.back(), wire::kJob, "SetListener", "o", "/ear");
    deaf.process();
  }
  deaf.reads = false;
  turn();
  failed_job(bob);
  EXPECT_EQ(bob.members_heard(), Members{"JobError"});
  failed_job(other);
  EXPECT_TRUE(other.heard.empty());  // it is the same user's
  advance(seconds(60));
  advance(seconds(60));
  EXPECT_EQ(other.members_heard(), Members{"JobError"});
}

}  // namespace
}  // namespace dosvc
