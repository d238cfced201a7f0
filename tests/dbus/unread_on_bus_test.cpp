// Programs on a message bus that don't read what they are sent.
#include <unistd.h>

#include <algorithm>

#include "dbus/bus_daemon_fixture.h"

namespace dosvc {
namespace {

using std::chrono::seconds;

constexpr char kBus[] = "org.freedesktop.DBus";
constexpr char kLimitsExceeded[] = "org.freedesktop.DBus.Error.LimitsExceeded";
constexpr std::uint32_t kLimit = 1u << 20;

class UnreadOnBus : public BusDaemonFixture {
 protected:
  void SetUp() override {
    BusDaemonFixture::SetUp();
    fill();
  }
  // So that a page of ListJobs is large.
  void fill() {
    user.uid = ::geteuid();
    for (std::uint32_t n = 0; n < wire::kPageSize; ++n) create_job();
    page_ = static_cast<std::uint32_t>(page_of(program()));
  }
  std::size_t page_of(BusPeer& peer) {
    const std::uint32_t before = stat(peer, peer, "PeakOutgoingBytes");
    EXPECT_TRUE(manager(peer, "ListJobs", "bou", 0, "/", wire::kPageSize).ok());
    const std::uint32_t after = stat(peer, peer, "PeakOutgoingBytes");
    EXPECT_GT(after, before);
    return after;
  }

  // What the bus says of `of`.
  std::uint32_t stat(BusPeer& asker, BusPeer& of, const std::string& key) {
    asker.destination = kBus;
    PeerAnswer answer = call(asker, "/org/freedesktop/DBus", "org.freedesktop.DBus.Debug.Stats", "GetConnectionStats",
                             "s", of.name().c_str());
    asker.destination = wire::kBusName;
    EXPECT_TRUE(answer.ok()) << answer.error() << ": " << answer.sentence();
    sd_bus_message* message = answer.message.get();
    std::uint32_t value = 0;
    sd_bus_message_enter_container(message, 'a', "{sv}");
    while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
      const char* name = "";
      sd_bus_message_read_basic(message, 's', &name);
      if (key == name) {
        EXPECT_GT(sd_bus_message_read(message, "v", "u", &value), 0);
        return value;
      }
      sd_bus_message_skip(message, "v");
      sd_bus_message_exit_container(message);
    }
    ADD_FAILURE() << "the bus doesn't say " << key;
    return 0;
  }
  std::uint32_t waiting_for(BusPeer& peer) { return stat(*other_, peer, "OutgoingBytes"); }

  // More than the bus should keep; and nothing of it is read.
  std::vector<PendingAnswer> ask_for_pages(BusPeer& peer) {
    std::vector<PendingAnswer> answers;
    peer.reads = false;
    for (int n = 0; n < kPages; ++n) {
      answers.push_back(peer.ask(wire::kManagerPath, wire::kManager, "ListJobs", "bou", 0, "/", wire::kPageSize));
    }
    sd_bus_flush(peer.raw());
    return answers;
  }
  // Until calls wait for `peer` to read; false: too much has been sent to it meanwhile.
  bool held(BusPeer& peer) {
    while (adaptor->calls_underway() == 0) {
      settle();
      if (waiting_for(peer) > kLimit + 2 * page_) return false;
    }
    return true;
  }
  void pass_a_minute() {
    for (int n = 0; n < 14; ++n) {
      advance(seconds(5));
      settle();
    }
  }

  static constexpr int kPages = 100;  // a bus lets a program wait for 128 answers
  std::uint32_t page_ = 0;
  BusPeer* other_ = nullptr;
};

TEST_F(UnreadOnBus, at_most_1_mib_and_an_answer_wait_while_others_are_served) {
  BusPeer& silent = program();
  other_ = &program();
  ask_for_pages(silent);
  ASSERT_TRUE(held(silent));
  for (int n = 0; n < 20; ++n) EXPECT_FALSE(new_job(*other_).empty());
  settle();
  EXPECT_GT(adaptor->calls_underway(), 0u);
  EXPECT_LE(waiting_for(silent), kLimit + 2 * page_);
}

TEST_F(UnreadOnBus, who_reads_nothing_for_a_minute_is_cut_off_and_told_so) {
  BusPeer& silent = program();
  other_ = &program();
  EXPECT_TRUE(manager(silent, "Subscribe", "b", 0).ok());
  const std::string path = run_job(silent, "http://origin/none");
  EXPECT_TRUE(job(silent, path, "SetListener", "o", "/ear").ok());
  const auto answers = ask_for_pages(silent);
  ASSERT_TRUE(held(silent));
  advance(seconds(5));
  settle();
  EXPECT_GT(adaptor->calls_underway(), 0u);
  pass_a_minute();
  EXPECT_EQ(adaptor->calls_underway(), 0u);
  EXPECT_EQ(engine->find(Caller{0, true}, *wire::job_at(path)).value()->listener(), nullptr);
  silent.reads = true;
  turn_until([&] { return answers.back()->here(); });
  EXPECT_TRUE(answers.front()->ok());
  EXPECT_EQ(answers.back()->error(), kLimitsExceeded);
  EXPECT_EQ(manager(silent, "ListJobs", "bou", 0, "/", 1u).error(), kLimitsExceeded);
  silent.heard.clear();
  EXPECT_FALSE(new_job(*other_).empty());
  settle();
  EXPECT_TRUE(silent.heard.empty());
  EXPECT_TRUE(manager(program(), "ListJobs", "bou", 0, "/", 1u).ok());
}

TEST_F(UnreadOnBus, who_reads_again_gets_all_answers_and_the_news_of_meanwhile) {
  BusPeer& slow = program();
  other_ = &program();
  EXPECT_TRUE(manager(slow, "Subscribe", "b", 0).ok());
  const auto answers = ask_for_pages(slow);
  ASSERT_TRUE(held(slow));
  const std::string path = new_job(*other_);
  const std::string gone = new_job(*other_);
  for (const char* name : {"one", "two"}) {
    EXPECT_TRUE(job(*other_, path, "Change", "a{sv}", 1, "DisplayName", "s", name).ok());
  }
  EXPECT_TRUE(job(*other_, gone, "Cancel").ok());
  settle();
  slow.reads = true;
  for (int n = 0; n < 400 && !answers.back()->here(); ++n) {
    settle();
    advance(seconds(1));
  }
  EXPECT_TRUE(std::all_of(answers.begin(), answers.end(), [](const auto& each) { return each->ok(); }));
  settle();
  ASSERT_FALSE(slow.heard.empty());
  if (slow.members_heard().front() == "JobRemoved") std::swap(slow.heard.front(), slow.heard.back());
  ASSERT_EQ(slow.members_heard(), (std::vector<std::string>{"JobChanged", "JobRemoved"}));
  const char* told = "";
  sd_bus_message_read(slow.heard[0].get(), "o", &told);
  const auto job_told = wire::read_job(slow.heard[0].get());
  ASSERT_TRUE(job_told.ok());
  EXPECT_EQ(job_told.value().job.display_name, "two");
}

TEST_F(UnreadOnBus, who_reads_may_take_as_much_as_he_likes) {
  BusPeer& reader = program();
  for (int n = 0; n < kPages; ++n) {
    ASSERT_TRUE(manager(reader, "ListJobs", "bou", 0, "/", wire::kPageSize).ok());
  }
  const auto answers = ask_for_pages(reader);
  reader.reads = true;
  // Virtual time passes only so that the bus is asked again.
  for (int n = 0; n < 400 && !answers.back()->here(); ++n) {
    settle();
    advance(std::chrono::milliseconds(100));
  }
  EXPECT_TRUE(std::all_of(answers.begin(), answers.end(), [](const auto& each) { return each->ok(); }));
  EXPECT_EQ(stat(reader, reader, "OutgoingBytes"), 0u);
}

// sd-bus answers them itself. In the end the bus refuses the calls, since too many of them have no answer.
TEST_F(UnreadOnBus, answers_to_pings_are_no_way_round) {
  BusPeer& silent = program();
  other_ = &program();
  silent.reads = false;
  std::vector<PendingAnswer> answers;
  for (int round = 0; round < 400; ++round) {
    for (int n = 0; n < 100; ++n) answers.push_back(silent.ask("/", "org.freedesktop.DBus.Peer", "Ping"));
    sd_bus_flush(silent.raw());
    settle();
  }
  silent.reads = true;
  turn_until([&] { return answers.back()->here(); });
  constexpr std::uint32_t kSmallestAnswer = 40;
  constexpr std::uint32_t kOfSocket = 256u << 10;  // what the kernel keeps, too
  const auto answered = std::count_if(answers.begin(), answers.end(), [](const auto& each) { return each->ok(); });
  EXPECT_LE(answered, (kLimit + kOfSocket) / kSmallestAnswer + 1024 + 128);
}

TEST_F(UnreadOnBus, one_user_can_not_have_1_mib_for_each_of_many_programs) {
  other_ = &program();
  std::vector<BusPeer*> silent;
  for (int n = 0; n < 40; ++n) {
    silent.push_back(&program());
    silent.back()->reads = false;
    for (int page = 0; page < 40; ++page) {
      silent.back()->ask(wire::kManagerPath, wire::kManager, "ListJobs", "bou", 0, "/", wire::kPageSize);
    }
    sd_bus_flush(silent.back()->raw());
    settle();
  }
  settle();
  std::uint64_t all = 0;
  for (BusPeer* each : silent) all += waiting_for(*each);
  EXPECT_LE(all, (20u << 20) + 40u * page_);
}

TEST_F(UnreadOnBus, where_the_bus_does_not_say_what_waits_all_is_sent) {
  if (::geteuid() != 0) GTEST_SKIP() << "NOT TESTED: the bus's rules are told by users";
  AdaptorFixture::TearDown();
  AdaptorFixture::SetUp();
  start_bus(BusDaemon::everything_allowed() +
            std::string("<policy user=\"root\"><deny send_interface=\"org.freedesktop.DBus.Debug.Stats\"/></policy>"));
  user.uid = 0;
  for (std::uint32_t n = 0; n < wire::kPageSize; ++n) create_job();
  BusPeer& slow = program();
  other_ = &program();
  const auto answers = ask_for_pages(slow);
  settle();
  slow.reads = true;
  turn_until([&] { return answers.back()->here(); });
  EXPECT_TRUE(std::all_of(answers.begin(), answers.end(), [](const auto& each) { return each->ok(); }));
}

TEST_F(UnreadOnBus, the_system_buss_rules_let_root_ask) {
  if (::geteuid() != 0) GTEST_SKIP() << "NOT TESTED: this needs root";
  AdaptorFixture::TearDown();
  AdaptorFixture::SetUp();
  start_bus(BusDaemon::system_rules());
  fill();
  BusPeer& silent = program();
  other_ = &program();
  ask_for_pages(silent);
  EXPECT_TRUE(held(silent));
}

}  // namespace
}  // namespace dosvc
