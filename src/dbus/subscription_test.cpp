// JobChanged and JobRemoved: to those who asked, of what is theirs, and not more than twice a second.
#include "fakes/adaptor_fixture.h"

namespace dosvc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Members = std::vector<std::string>;

constexpr uid_t kAda = 1000;
constexpr uid_t kBob = 1001;
constexpr char kUrl[] = "http://origin/a.bin";

class Signals : public AdaptorFixture {
 protected:
  void SetUp() override {
    AdaptorFixture::SetUp();
    transport.serve(kUrl, std::string(1 << 20, 'a'));
  }
  void subscribe(BusPeer& peer, bool all_users = false) {
    ASSERT_TRUE(manager(peer, "Subscribe", "b", all_users ? 1 : 0).ok());
  }
  JobSnapshot snapshot_of(const MessagePtr& signal) {
    const char* path = "";
    sd_bus_message_rewind(signal.get(), 1);
    sd_bus_message_read(signal.get(), "o", &path);
    auto job = wire::read_job(signal.get());
    EXPECT_TRUE(job.ok());
    return job ? job.take() : JobSnapshot{};
  }
  void rename(BusPeer& peer, const std::string& path, const std::string& name) {
    ASSERT_TRUE(job(peer, path, "Change", "a{sv}", 1, "DisplayName", "s", name.c_str()).ok());
  }
};

TEST_F(Signals, tell_a_jobs_life_to_who_asked_and_to_nobody_else) {
  BusPeer& ada = connect(kAda);
  BusPeer& silent = connect(kAda);
  BusPeer& bob = connect(kBob);
  subscribe(ada);
  subscribe(bob);
  const std::string path = run_job(ada, kUrl);
  job(ada, path, "Complete");
  advance(seconds(2));
  ASSERT_GE(ada.heard.size(), 4u);
  EXPECT_STREQ(sd_bus_message_get_interface(ada.heard[0].get()), wire::kManager);
  EXPECT_STREQ(sd_bus_message_get_path(ada.heard[0].get()), wire::kManagerPath);
  EXPECT_EQ(snapshot_of(ada.heard[0]).job.state(), JobState::suspended);
  EXPECT_EQ(snapshot_of(ada.heard[ada.heard.size() - 2]).job.state(), JobState::acknowledged);
  EXPECT_EQ(ada.members_heard().back(), "JobRemoved");
  EXPECT_TRUE(silent.heard.empty());
  EXPECT_TRUE(bob.heard.empty());
}

TEST_F(Signals, come_twice_a_second_at_most_but_for_changes_of_the_state) {
  BusPeer& ada = connect(kAda);
  const std::string path = new_job(ada);
  advance(seconds(1));
  subscribe(ada);
  rename(ada, path, "one");
  EXPECT_EQ(ada.heard.size(), 1u);
  for (const char* name : {"two", "three", "four"}) {
    advance(milliseconds(100));
    rename(ada, path, name);
  }
  EXPECT_EQ(ada.heard.size(), 1u);
  advance(milliseconds(200));
  ASSERT_EQ(ada.heard.size(), 2u);
  EXPECT_EQ(snapshot_of(ada.heard[1]).job.display_name, "four");
  advance(seconds(5));
  EXPECT_EQ(ada.heard.size(), 2u);
  rename(ada, path, "five");
  job(ada, path, "Cancel");  // in the pause after the third
  ASSERT_EQ(ada.heard.size(), 5u);
  EXPECT_EQ(snapshot_of(ada.heard[3]).job.state(), JobState::cancelled);
  EXPECT_EQ(ada.members_heard().back(), "JobRemoved");
  advance(seconds(5));
  EXPECT_EQ(ada.heard.size(), 5u);
}

TEST_F(Signals, of_all_users_are_for_administrators) {
  BusPeer& ada = connect(kAda);
  BusPeer& bob = connect(kBob);
  EXPECT_FALSE(manager(bob, "Subscribe", "b", 1).ok());
  BusPeer& root = connect(0);
  subscribe(root, true);
  new_job(ada);
  EXPECT_TRUE(bob.heard.empty());
  EXPECT_EQ(root.members_heard(), Members{"JobChanged"});
  EXPECT_EQ(snapshot_of(root.heard[0]).job.owner, kAda);
}

TEST_F(Signals, end_when_a_job_goes_to_somebody_else) {
  BusPeer& ada = connect(kAda);
  BusPeer& root = connect(0);
  const std::string path = new_job(ada);
  subscribe(ada);
  subscribe(root);
  ASSERT_TRUE(job(root, path, "TakeOwnership").ok());
  rename(root, path, "secret");
  advance(seconds(2));
  EXPECT_EQ(ada.members_heard(), Members{"JobRemoved"});
  EXPECT_EQ(root.members_heard(), (Members{"JobChanged", "JobChanged"}));
}

TEST_F(Signals, end_when_they_are_not_wanted_any_more) {
  BusPeer& ada = connect(kAda);
  subscribe(ada);
  subscribe(ada);  // not twice as many
  const std::string path = new_job(ada);
  EXPECT_EQ(ada.heard.size(), 1u);
  rename(ada, path, "in the pause");
  ASSERT_TRUE(manager(ada, "Unsubscribe").ok());
  rename(ada, path, "x");
  advance(seconds(5));
  EXPECT_EQ(ada.heard.size(), 1u);
}

TEST_F(Signals, end_with_a_subscriber_that_does_not_read) {
  BusPeer& ada = connect(kAda);
  BusPeer& deaf = connect(kAda);
  subscribe(deaf);
  deaf.reads = false;
  std::vector<std::string> paths;
  for (int n = 0; n < 20; ++n) paths.push_back(new_job(ada));
  const std::string long_text(1000, 'd');
  for (int n = 0; n < 500 && closed == 0; ++n) {
    for (const std::string& path : paths) {
      job(ada, path, "Change", "a{sv}", 2, "Description", "s", long_text.c_str(), "DisplayName", "s",
          std::to_string(n).c_str());
    }
    advance(milliseconds(600));
  }
  EXPECT_EQ(closed, 1);
  EXPECT_EQ(adaptor->direct_connections(), 1u);
  EXPECT_TRUE(manager(ada, "CreateJob", "a{sv}", 0).ok());
}

}  // namespace
}  // namespace dosvc
