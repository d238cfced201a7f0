// Whose jobs they are: what strangers, administrators and those who ask for more than their share get.
#include "fakes/adaptor_fixture.h"

#include "dbus/bus_methods.h"

namespace dosvc {
namespace {

constexpr uid_t kAda = 1000;
constexpr uid_t kBob = 1001;
constexpr char kProperties[] = "org.freedesktop.DBus.Properties";
constexpr char kSecretUrl[] = "http://origin/secret.bin";
constexpr char kAccessDenied[] = "x80070005";

class Users : public AdaptorFixture {
 protected:
  void SetUp() override {
    AdaptorFixture::SetUp();
    transport.serve(kSecretUrl, "hello");
  }
  // A call of any method with arguments of the right types.
  MessagePtr any_call(BusPeer& peer, const std::string& path, const BusMethod& method) {
    MessagePtr call = peer.message(path, std::string(method.interface).c_str(), std::string(method.member).c_str());
    append_any(call.get(), method.takes);
    return call;
  }
  static void append_any(sd_bus_message* to, std::string_view types) {
    const std::uint64_t zero = 0;
    for (std::size_t at = 0; at < types.size(); ++at) {
      if (types[at] == 'a') {
        const std::string element(types.substr(at + 1));  // an array is always last
        ASSERT_GE(sd_bus_message_open_container(to, 'a', element.c_str()), 0);
        ASSERT_GE(sd_bus_message_close_container(to), 0);
        return;
      }
      if (types[at] == 'v') {
        ASSERT_GE(sd_bus_message_append(to, "v", "s", ""), 0);
      } else if (types[at] == 's') {
        ASSERT_GE(sd_bus_message_append(to, "s", wire::kJob), 0);
      } else if (types[at] == 'o') {
        ASSERT_GE(sd_bus_message_append(to, "o", "/"), 0);
      } else {
        ASSERT_GE(sd_bus_message_append_basic(to, types[at], &zero), 0);
      }
    }
  }
  static std::string everything_said(const MessagePtr& answer) {
    std::string text;
    std::FILE* into = std::tmpfile();
    sd_bus_message_rewind(answer.get(), 1);
    sd_bus_message_dump(answer.get(), into, 0);
    std::rewind(into);
    char buffer[4096];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, into)) > 0;) text.append(buffer, n);
    std::fclose(into);
    return text;
  }
};

TEST_F(Users, a_stranger_is_denied_every_method_and_learns_nothing) {
  BusPeer& ada = connect(kAda);
  BusPeer& bob = connect(kBob);
  const std::string path = run_job(ada, kSecretUrl);
  const JobSnapshotPtr before = get_all(ada, path);
  for (const BusMethod& method : bus_methods()) {
    if (method.interface == wire::kManager) continue;
    const PeerAnswer answer = call(bob, any_call(bob, path, method));
    EXPECT_TRUE(answer.has(kAccessDenied)) << method.member << ": " << answer.error();
    const std::string said = everything_said(answer.message);
    EXPECT_EQ(said.find("secret"), std::string::npos) << said;
    EXPECT_EQ(said.find("/dl"), std::string::npos) << said;
  }
  EXPECT_EQ(*get_all(ada, path), *before);
  EXPECT_TRUE(manager(bob, "GetJob", "s", wire::job_at(path)->text().c_str()).has(kAccessDenied));
  EXPECT_TRUE(manager(bob, "ListJobs", "bou", 1, "/", 10u).has(kAccessDenied));
  EXPECT_TRUE(manager(bob, "Subscribe", "b", 1).has(kAccessDenied));
  const PeerAnswer own = manager(bob, "ListJobs", "bou", 0, "/", 10u);
  EXPECT_EQ(everything_said(own.message).find(path), std::string::npos);
  // An id that nobody has looks no different to him who owns none.
  const std::string unknown = wire::path_of(Uuid::random());
  EXPECT_TRUE(job(bob, unknown, "Resume").has("x80200001"));
  EXPECT_TRUE(call(bob, unknown, kProperties, "GetAll", "s", wire::kJob).has("x80200001"));
}

TEST_F(Users, an_authority_is_asked_when_a_call_would_be_denied_and_not_before) {
  BusPeer& ada = connect(kAda);
  BusPeer& bob = connect(kBob);
  const std::string path = new_job(ada);
  job(ada, path, "Suspend");
  manager(bob, "ListJobs", "bou", 0, "/", 10u);
  EXPECT_TRUE(authority.questions.empty());
  EXPECT_TRUE(job(bob, path, "Suspend").has(kAccessDenied));
  ASSERT_EQ(authority.questions.size(), 1u);
  EXPECT_EQ(authority.questions[0].uid, kBob);
  EXPECT_EQ(authority.questions[0].bus_name, "");
  EXPECT_FALSE(authority.questions[0].interactive);
  // A no is no more than that.
  authority.at_once = true;
  MessagePtr willing = bob.message(path, wire::kJob, "Suspend");
  sd_bus_message_set_allow_interactive_authorization(willing.get(), 1);
  EXPECT_TRUE(call(bob, willing).ok());
  ASSERT_EQ(authority.questions.size(), 2u);
  EXPECT_TRUE(authority.questions[1].interactive);
  // A yes holds for this connection, for every call,
  EXPECT_TRUE(manager(bob, "ListJobs", "bou", 1, "/", 10u).ok());
  EXPECT_TRUE(manager(bob, "GetJob", "s", wire::job_at(path)->text().c_str()).ok());
  EXPECT_TRUE(job(bob, path, "TakeOwnership").ok());
  EXPECT_EQ(authority.questions.size(), 2u);
  EXPECT_EQ(get_all(bob, path)->job.owner, kBob);
  EXPECT_EQ(get_all(bob, path)->job.files_of, kAda);
  // and for no other.
  BusPeer& second = connect(kAda);
  authority.at_once = false;
  EXPECT_TRUE(job(second, path, "Suspend").has(kAccessDenied));
  EXPECT_EQ(authority.questions.size(), 3u);
}

TEST_F(Users, a_call_that_was_allowed_later_has_all_its_arguments) {
  BusPeer& ada = connect(kAda);
  const std::string path = new_job(ada);
  authority.at_once = true;
  const PeerAnswer all = manager(connect(kBob), "ListJobs", "bou", 1, "/", 10u);
  ASSERT_TRUE(all.ok()) << all.sentence();
  EXPECT_NE(everything_said(all.message).find(path), std::string::npos);
  EXPECT_EQ(manager(connect(kBob), "GetJob", "s", wire::job_at(path)->text().c_str()).text("o"), path);
}

TEST_F(Users, calls_stay_in_order_while_an_authority_thinks_and_others_go_on) {
  BusPeer& ada = connect(kAda);
  BusPeer& bob = connect(kBob);
  const std::string path = new_job(ada);
  authority.at_once.reset();
  const PendingAnswer foreign = bob.ask(path, wire::kJob, "TakeOwnership");
  const PendingAnswer after = bob.ask(path, wire::kJob, "Change", "a{sv}", 1, "DisplayName", "s", "mine now");
  turn();
  EXPECT_FALSE(foreign->here());
  EXPECT_FALSE(after->here());
  EXPECT_EQ(adaptor->calls_underway(), 2u);
  EXPECT_TRUE(job(ada, path, "Suspend").ok());
  authority.questions.at(0).answer(true);
  turn();
  EXPECT_TRUE(foreign->ok());
  EXPECT_TRUE(after->ok());
  EXPECT_EQ(get_all(bob, path)->job.display_name, "mine now");
  EXPECT_EQ(authority.questions.size(), 1u);
  EXPECT_EQ(adaptor->calls_underway(), 0u);
}

TEST_F(Users, each_call_is_asked_about_in_its_turn_until_the_answer_is_yes) {
  BusPeer& ada = connect(kAda);
  BusPeer& bob = connect(kBob);
  const std::string path = new_job(ada);
  authority.at_once.reset();
  std::vector<PendingAnswer> answers;
  for (const char* name : {"first", "second", "third"}) {
    answers.push_back(bob.ask(path, wire::kJob, "Change", "a{sv}", 1, "DisplayName", "s", name));
  }
  turn();
  authority.questions.at(0).answer(false);
  turn();
  EXPECT_TRUE(answers[0]->has(kAccessDenied));
  EXPECT_FALSE(answers[1]->here());
  authority.questions.at(1).answer(true);
  turn();
  EXPECT_TRUE(answers[1]->ok() && answers[2]->ok());
  EXPECT_EQ(get_all(ada, path)->job.display_name, "third");
  EXPECT_EQ(authority.questions.size(), 2u);
}

TEST_F(Users, who_leaves_while_an_authority_thinks_gets_nothing_done) {
  BusPeer& ada = connect(kAda);
  BusPeer& bob = connect(kBob);
  const std::string path = new_job(ada);
  authority.at_once.reset();
  bob.ask(path, wire::kJob, "Cancel");
  turn();
  bob.leave();
  turn();
  EXPECT_EQ(adaptor->calls_underway(), 0u);
  authority.questions.at(0).answer(true);
  turn();
  EXPECT_TRUE(manager(ada, "GetJob", "s", wire::job_at(path)->text().c_str()).ok());
}

// Each question may wait for a person, and a bus lets the service wait for so many answers and no more.
TEST_F(Users, few_questions_about_one_user_are_asked_at_a_time_and_all_in_the_end) {
  const std::string path = new_job(connect(kAda));
  authority.at_once.reset();
  std::vector<PendingAnswer> answers;
  for (int n = 0; n < 12; ++n) answers.push_back(connect(kBob).ask(path, wire::kJob, "Suspend"));
  turn();
  EXPECT_EQ(authority.questions.size(), 8u);
  peers.back()->leave();
  BusPeer& carol = connect(kBob + 1);
  const PendingAnswer other = carol.ask(path, wire::kJob, "Suspend");
  turn();
  ASSERT_EQ(authority.questions.size(), 9u);
  EXPECT_EQ(authority.questions.back().uid, kBob + 1);
  for (std::size_t n = 0; n < authority.questions.size(); ++n) {
    const auto answer = authority.questions[n].answer;
    answer(n % 2 == 0);
    turn();
  }
  EXPECT_EQ(authority.questions.size(), 12u);  // whoever has left isn't asked about
  EXPECT_TRUE(other->ok());
  const auto allowed = std::count_if(answers.begin(), answers.end(), [](const auto& each) { return each->ok(); });
  const auto denied =
      std::count_if(answers.begin(), answers.end(), [](const auto& each) { return each->has("x80070005"); });
  EXPECT_EQ(allowed + denied, 11);
  EXPECT_GE(denied, 5);
}

TEST_F(Users, root_manages_all_unasked_but_is_not_shown_what_may_be_a_secret) {
  BusPeer& ada = connect(kAda);
  BusPeer& root = connect(0);
  const std::string path = manager(ada, "CreateJob", "a{sv}", 1, "HttpHeaders", "as", 1, "X-Token: secret").text("o");
  ASSERT_TRUE(job(ada, path, "Change", "a{sv}", 1, "HttpAuthHeaders", "as", 1, "X-Key: secret").ok());
  EXPECT_EQ(get_all(ada, path)->job.http.headers.size(), 1u);
  EXPECT_EQ(get_all(ada, path)->job.http.auth_headers.size(), 1u);
  for (const PeerAnswer& answer :
       {call(root, path, kProperties, "GetAll", "s", wire::kJob), manager(root, "ListJobs", "bou", 1, "/", 9u)}) {
    const std::string said = everything_said(answer.message);
    EXPECT_NE(said.find("DisplayName"), std::string::npos);
    EXPECT_EQ(said.find("secret"), std::string::npos);
  }
  const PeerAnswer one = call(root, path, kProperties, "Get", "ss", wire::kJob, "HttpHeaders");
  EXPECT_EQ(everything_said(one.message).find("secret"), std::string::npos);
  EXPECT_TRUE(authority.questions.empty());
}

TEST_F(Users, a_program_has_a_share_of_calls_and_those_above_it_are_refused) {
  BusPeer& ada = connect(kAda);
  BusPeer& bob = connect(kBob);
  const std::string path = new_job(ada);
  authority.at_once.reset();
  std::vector<PendingAnswer> answers;
  for (int n = 0; n < 300; ++n) answers.push_back(bob.ask(path, wire::kJob, "Suspend"));
  turn();
  EXPECT_EQ(adaptor->calls_underway(), 256u);
  EXPECT_FALSE(answers[255]->here());
  EXPECT_EQ(answers[256]->error(), "org.freedesktop.DBus.Error.LimitsExceeded");
  EXPECT_TRUE(job(ada, path, "Suspend").ok());
  authority.questions.at(0).answer(true);
  turn();
  EXPECT_TRUE(answers[255]->ok());
  EXPECT_TRUE(job(bob, path, "Suspend").ok());
}

TEST_F(Users, a_share_of_calls_is_not_used_up_by_those_that_were_answered) {
  BusPeer& ada = connect(kAda);
  const std::string path = new_job(ada);
  for (int n = 0; n < 300; ++n) {
    ASSERT_TRUE(job(ada, path, "Suspend").ok());
    ASSERT_TRUE(job(ada, path, "GetFiles", "uu", 0u, 1u).ok());
    ASSERT_TRUE(job(ada, path, "Complete", "u", 1u).has("InvalidArgs"));
    ASSERT_TRUE(job(ada, path, "Change", "a{sv}", 1, "Priority", "u", 99u).has("x80070057"));
  }
}

TEST_F(Users, a_user_has_a_share_of_direct_connections) {
  for (int n = 0; n < 256; ++n) connect(kAda);
  EXPECT_EQ(closed, 0);
  connect(kAda);
  EXPECT_EQ(closed, 1);
  EXPECT_EQ(adaptor->direct_connections(), 256u);
  BusPeer& bob = connect(kBob);
  EXPECT_TRUE(manager(bob, "CreateJob", "a{sv}", 0).ok());
}

TEST_F(Users, texts_of_ten_mebibytes_are_refused_and_nobody_else_notices) {
  BusPeer& ada = connect(kAda);
  BusPeer& bob = connect(kBob);
  const std::string path = new_job(ada);
  const std::string huge(10 << 20, 'x');
  EXPECT_FALSE(manager(ada, "CreateJob", "a{sv}", 1, "DisplayName", "s", huge.c_str()).ok());
  EXPECT_FALSE(manager(ada, "CreateJob", "a{sv}", 1, huge.c_str(), "s", "").ok());
  EXPECT_FALSE(manager(ada, "GetJob", "s", huge.c_str()).ok());
  // A path as long as sd-bus lets through.
  const std::string longest = "/" + std::string(60 << 10, 'x');
  EXPECT_FALSE(manager(ada, "ListJobs", "bou", 0, longest.c_str(), 1u).ok());
  EXPECT_TRUE(job(ada, path, "SetListener", "o", longest.c_str()).has("x80070057"));
  EXPECT_FALSE(job(ada, longest, "Resume").ok());
  EXPECT_FALSE(call(ada, path, kProperties, "Get", "ss", wire::kJob, huge.c_str()).ok());
  EXPECT_TRUE(manager(bob, "CreateJob", "a{sv}", 0).ok());
  EXPECT_EQ(closed, 0);
}

}  // namespace
}  // namespace dosvc
