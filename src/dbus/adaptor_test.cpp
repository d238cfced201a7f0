// What programs see of the service: its objects, and what it refuses.
#include "fakes/adaptor_fixture.h"

namespace dosvc {
namespace {

constexpr uid_t kAda = 1000;
constexpr uid_t kBob = 1001;
constexpr char kProperties[] = "org.freedesktop.DBus.Properties";
constexpr char kUrl[] = "http://origin/a.bin";

class Adaptor : public AdaptorFixture {
 protected:
  void SetUp() override {
    AdaptorFixture::SetUp();
    transport.serve(kUrl, "hello");
  }
  std::vector<std::string> list(BusPeer& peer, bool all_users, const std::string& after = "/",
                                std::uint32_t at_most = 200) {
    PeerAnswer answer = manager(peer, "ListJobs", "bou", all_users ? 1 : 0, after.c_str(), at_most);
    std::vector<std::string> paths;
    if (!answer.ok()) return {answer.error()};
    sd_bus_message_enter_container(answer.message.get(), 'a', "(oa{sv})");
    while (sd_bus_message_enter_container(answer.message.get(), 'r', "oa{sv}") > 0) {
      const char* path = "";
      sd_bus_message_read(answer.message.get(), "o", &path);
      paths.emplace_back(path);
      EXPECT_TRUE(wire::read_job(answer.message.get()).ok());
      sd_bus_message_exit_container(answer.message.get());
    }
    return paths;
  }
};

std::string id_text(const std::string& path) { return wire::job_at(path)->text(); }

TEST_F(Adaptor, a_job_is_made_filled_run_read_and_taken) {
  BusPeer& ada = connect(kAda);
  const std::string path = new_job(ada, "first");
  EXPECT_EQ(manager(ada, "GetJob", "s", id_text(path).c_str()).text("o"), path);
  EXPECT_EQ(get_all(ada, path)->job.display_name, "first");
  EXPECT_EQ(get_all(ada, path)->job.owner, kAda);
  EXPECT_TRUE(job(ada, path, "AddFiles", "aa{sv}", 1, 2, "RemoteName", "s", kUrl, "LocalName", "s", "/dl/a").ok());
  EXPECT_TRUE(job(ada, path, "Change", "a{sv}", 1, "Description", "s", "changed").ok());
  EXPECT_TRUE(job(ada, path, "Suspend").ok());
  EXPECT_TRUE(job(ada, path, "Resume").ok());
  EXPECT_EQ(get_all(ada, path)->job.state(), JobState::transferred);
  EXPECT_EQ(get_all(ada, path)->job.description, "changed");
  PeerAnswer page = job(ada, path, "GetFiles", "uu", 0u, 10u);
  ASSERT_TRUE(page.ok());
  sd_bus_message_enter_container(page.message.get(), 'a', "a{sv}");
  const auto file = wire::read_file(page.message.get());
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file.value().file.remote_name, kUrl);
  EXPECT_GT(sd_bus_message_at_end(page.message.get(), 0), 0);
  EXPECT_EQ(job(ada, path, "Complete").number(), static_cast<std::uint32_t>(S_OK));
  EXPECT_EQ(adaptor->calls_underway(), 0u);
}

TEST_F(Adaptor, other_methods_reach_the_service_with_their_arguments) {
  BusPeer& ada = connect(kAda);
  const std::string path = run_job(ada, "http://origin/none");
  EXPECT_EQ(get_all(ada, path)->job.state(), JobState::error);
  EXPECT_EQ(job(ada, path, "ReplaceRemotePrefix", "ss", "http://origin/no", "http://origin/o").number(), 1u);
  PeerAnswer page = job(ada, path, "GetFiles", "uu", 0u, 1u);
  sd_bus_message_enter_container(page.message.get(), 'a', "a{sv}");
  EXPECT_EQ(wire::read_file(page.message.get()).value().file.remote_name, "http://origin/one");
  EXPECT_TRUE(job(ada, path, "ChangeFile", "ua{sv}", 0u, 1, "RemoteName", "s", kUrl).ok());
  EXPECT_TRUE(job(ada, path, "ChangeFile", "ua{sv}", 9u, 1, "RemoteName", "s", kUrl).has("x80200029"));
  EXPECT_TRUE(job(ada, path, "SetClientCertificate", "a{sv}", 0).ok());
  EXPECT_FALSE(job(ada, path, "StartDownload", "ba(tt)", 1, 0).ok());  // it is no download
  EXPECT_TRUE(job(ada, path, "Resume").ok());
  EXPECT_EQ(get_all(ada, path)->job.state(), JobState::transferred);
  EXPECT_EQ(job(ada, path, "Cancel").number(), static_cast<std::uint32_t>(S_OK));
}

TEST_F(Adaptor, properties_are_read_one_by_one_and_can_not_be_set) {
  BusPeer& ada = connect(kAda);
  const std::string path = new_job(ada, "name");
  const char* name = "";
  PeerAnswer got = call(ada, path, kProperties, "Get", "ss", wire::kJob, "DisplayName");
  got.read("v", "s", &name);
  EXPECT_STREQ(name, "name");
  const char* version = "";
  PeerAnswer told = call(ada, wire::kManagerPath, kProperties, "Get", "ss", wire::kManager, "Version");
  told.read("v", "s", &version);
  EXPECT_STRNE(version, "");
  PeerAnswer all = call(ada, wire::kManagerPath, kProperties, "GetAll", "s", "");
  const char* key = "";
  all.read("a{sv}", 1, &key, "s", &version);
  EXPECT_STREQ(key, "Version");
  EXPECT_EQ(call(ada, path, kProperties, "Get", "ss", wire::kJob, "Error").error(),
            "org.freedesktop.DBus.Error.UnknownProperty");
  EXPECT_EQ(call(ada, path, kProperties, "Get", "ss", wire::kManager, "Version").error(),
            "org.freedesktop.DBus.Error.UnknownProperty");
  EXPECT_EQ(call(ada, path, kProperties, "GetAll", "s", wire::kManager).error(),
            "org.freedesktop.DBus.Error.UnknownInterface");
  const PeerAnswer set = call(ada, path, kProperties, "Set", "ssv", wire::kJob, "DisplayName", "s", "other");
  EXPECT_EQ(set.error(), "org.freedesktop.DBus.Error.PropertyReadOnly");
  EXPECT_NE(set.sentence().find("Change"), std::string::npos);
}

TEST_F(Adaptor, calls_that_fit_no_method_are_refused_as_d_bus_has_it) {
  BusPeer& ada = connect(kAda);
  const std::string path = new_job(ada);
  EXPECT_EQ(manager(ada, "CreateJob", "s", "x").error(), "org.freedesktop.DBus.Error.InvalidArgs");
  EXPECT_EQ(job(ada, path, "Resume", "u", 1u).error(), "org.freedesktop.DBus.Error.InvalidArgs");
  EXPECT_EQ(manager(ada, "Nothing").error(), "org.freedesktop.DBus.Error.UnknownMethod");
  EXPECT_EQ(job(ada, wire::kManagerPath, "Resume").error(), "org.freedesktop.DBus.Error.UnknownInterface");
  EXPECT_EQ(call(ada, path, wire::kManager, "GetJob", "s", "x").error(), "org.freedesktop.DBus.Error.UnknownInterface");
  for (const char* wrong : {"/org/dosvc1/job/1", "/org/dosvc1/job/00000000000000000000000000000000/x", "/other",
                            "/org/dosvc1/job/0000000000000000000000000000000G"}) {
    EXPECT_EQ(job(ada, wrong, "Resume").error(), "org.freedesktop.DBus.Error.UnknownObject") << wrong;
  }
  // Without an interface the member alone says which.
  EXPECT_TRUE(call(ada, path, nullptr, "Suspend").ok());
}

TEST_F(Adaptor, what_it_can_not_read_or_does_not_know_is_an_argument_error_that_names_it) {
  BusPeer& ada = connect(kAda);
  const std::string path = new_job(ada);
  EXPECT_TRUE(manager(ada, "GetJob", "s", "no id").has("x80070057"));
  EXPECT_TRUE(manager(ada, "ListJobs", "bou", 0, "/other", 5u).has("x80070057"));
  const PeerAnswer unknown = job(ada, path, "Change", "a{sv}", 1, "Colour", "s", "red");
  EXPECT_TRUE(unknown.has("x80070057"));
  EXPECT_NE(unknown.sentence().find("Colour"), std::string::npos);
  EXPECT_TRUE(job(ada, path, "Change", "a{sv}", 1, "DisplayName", "u", 7u).has("x80070057"));
  EXPECT_EQ(get_all(ada, path)->job.display_name, "job");
}

TEST_F(Adaptor, lists_come_in_pages) {
  BusPeer& ada = connect(kAda);
  std::set<std::string> made;
  for (int n = 0; n < 7; ++n) made.insert(new_job(ada));
  std::vector<std::string> seen;
  for (std::string after = "/";;) {
    const auto page = list(ada, false, after, 3);
    ASSERT_LE(page.size(), 3u);
    if (page.empty()) break;
    seen.insert(seen.end(), page.begin(), page.end());
    after = page.back();
  }
  EXPECT_EQ(seen, std::vector<std::string>(made.begin(), made.end()));
  EXPECT_TRUE(list(ada, false, "/", 0).empty());
}

TEST_F(Adaptor, no_page_is_longer_than_the_service_wants) {
  BusPeer& ada = connect(kAda);
  for (std::uint32_t n = 0; n < wire::kPageSize + 3; ++n) create_job();
  EXPECT_EQ(list(ada, false, "/", 0xffffffffu).size(), wire::kPageSize);
  const std::string path = new_job(ada);
  MessagePtr all = ada.message(path, wire::kJob, "AddFiles");
  sd_bus_message_open_container(all.get(), 'a', "a{sv}");
  for (std::uint32_t n = 0; n < wire::kPageSize + 3; ++n) {
    const std::string local = "/dl/" + std::to_string(n);
    sd_bus_message_append(all.get(), "a{sv}", 2, "RemoteName", "s", kUrl, "LocalName", "s", local.c_str());
  }
  sd_bus_message_close_container(all.get());
  ASSERT_TRUE(call(ada, all).ok());
  for (const auto& [first, expected] : {std::pair{0u, wire::kPageSize}, {200u, 3u}, {203u, 0u}, {0xffffffffu, 0u}}) {
    PeerAnswer page = job(ada, path, "GetFiles", "uu", first, 0xffffffffu);
    sd_bus_message_enter_container(page.message.get(), 'a', "a{sv}");
    std::uint32_t count = 0;
    while (sd_bus_message_at_end(page.message.get(), 0) == 0 && wire::read_file(page.message.get())) ++count;
    EXPECT_EQ(count, expected) << first;
  }
}

TEST_F(Adaptor, a_finished_job_stays_readable_for_its_owner_for_a_while) {
  BusPeer& ada = connect(kAda);
  BusPeer& bob = connect(kBob);
  const std::string path = run_job(ada, kUrl);
  ASSERT_TRUE(job(ada, path, "Complete").ok());
  EXPECT_EQ(get_all(ada, path)->job.state(), JobState::acknowledged);
  EXPECT_TRUE(job(ada, path, "GetFiles", "uu", 0u, 1u).ok());
  EXPECT_TRUE(manager(ada, "GetJob", "s", id_text(path).c_str()).has("x80200001"));
  EXPECT_TRUE(job(ada, path, "Cancel").has("x80200001"));
  EXPECT_EQ(get_all(ada, path)->job.state(), JobState::acknowledged);
  EXPECT_TRUE(call(bob, path, kProperties, "GetAll", "s", wire::kJob).has("x80200001"));
  for (int n = 0; n < 255; ++n) job(ada, new_job(ada), "Cancel");
  EXPECT_NE(get_all(ada, path), nullptr);
  job(ada, new_job(ada), "Cancel");
  EXPECT_TRUE(call(ada, path, kProperties, "GetAll", "s", wire::kJob).has("x80200001"));
}

TEST_F(Adaptor, replies_that_nobody_waits_for_are_lost_in_peace) {
  BusPeer& ada = connect(kAda);
  ada.ask(wire::kManagerPath, wire::kManager, "CreateJob", "a{sv}", 0);
  ada.process();
  ada.leave();
  turn();
  EXPECT_EQ(closed, 1);
  EXPECT_EQ(engine->list(user, false).value().size(), 1u);
  EXPECT_EQ(adaptor->calls_underway(), 0u);
  EXPECT_EQ(adaptor->direct_connections(), 0u);
}

TEST_F(Adaptor, a_call_that_wants_no_answer_gets_none) {
  BusPeer& ada = connect(kAda);
  for (const char* types : {"a{sv}", "s"}) {
    MessagePtr call = ada.message(wire::kManagerPath, wire::kManager, "CreateJob");
    sd_bus_message_set_expect_reply(call.get(), 0);
    *types == 'a' ? sd_bus_message_append(call.get(), types, 0) : sd_bus_message_append(call.get(), types, "x");
    sd_bus_send(ada.raw(), call.get(), nullptr);
    turn();
  }
  EXPECT_EQ(engine->list(user, false).value().size(), 1u);
  EXPECT_TRUE(ada.heard.empty());
  EXPECT_EQ(adaptor->calls_underway(), 0u);
}

TEST_F(Adaptor, it_may_go_with_everything_underway) {
  BusPeer& ada = connect(kAda);
  const std::string path = run_job(ada, "http://origin/none");
  ASSERT_TRUE(job(ada, path, "SetListener", "o", "/ear").ok());
  turn();
  EXPECT_FALSE(ada.heard.empty());
  ASSERT_TRUE(manager(ada, "Subscribe", "b", 0).ok());
  authority.at_once.reset();
  BusPeer& bob = connect(kBob);
  bob.ask(path, wire::kJob, "Resume");
  ada.ask(path, wire::kJob, "Cancel");
  ada.process();
  bob.process();
  bus_loop.run_until_idle();
  EXPECT_EQ(authority.questions.size(), 1u);
  adaptor.reset();
  loop.run_until_idle();
  authority.questions[0].answer(true);
  turn();
}

}  // namespace
}  // namespace dosvc
