// Two users of one machine and its administrator, on a system bus with its own rules: who sees and who may do what, by
// any program.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <regex>
#include <string>

#include "origin/content.h"
#include "origin/origin.h"
#include "users/machine.h"

namespace dosvc::users {
namespace {

using cli_tests::Finished;
using cli_tests::Program;

constexpr char kSecret[] = "anns-secret-name";

class UsersTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!machine_.problem().empty()) GTEST_SKIP() << "SKIPPED: " << machine_.problem();
    service_ =
        machine_.start(kRoot, {DOSVCD, "--system", "--state-directory", machine_.path("state"), "--ready-fd", "2"});
    ASSERT_TRUE(service_->wait_for_error_text("\n"));
  }
  void TearDown() override {
    if (service_) service_->signal(SIGTERM);
  }

  Finished dosvc(const User& user, std::vector<std::string> words) {
    words.insert(words.begin(), DOSVC);
    return machine_.run(user, std::move(words));
  }
  Finished busctl(const User& user, std::vector<std::string> words) {
    words.insert(words.begin(), {"/usr/bin/busctl", "--system", "--timeout=20"});
    return machine_.run(user, std::move(words));
  }
  Finished call(const User& user, const std::string& object, const std::string& interface, const std::string& method,
                std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {"call", "org.dosvc1", object, interface, method});
    return busctl(user, std::move(arguments));
  }

  // A job of Ann's that stays suspended, with names that nobody else is to see; its object.
  std::string a_job_of_anns() {
    const Finished made = call(machine_.ann(), "/org/dosvc1", "org.dosvc1.Manager", "CreateJob",
                               {"a{sv}", "1", "DisplayName", "s", kSecret});
    EXPECT_EQ(made.code, 0) << made.err;
    std::smatch path;
    EXPECT_TRUE(std::regex_search(made.out, path, std::regex("/org/dosvc1/job/[0-9a-f]{32}"))) << made.out;
    const std::string object = path.str();
    const Finished added = call(machine_.ann(), object, "org.dosvc1.Job", "AddFiles",
                                {"aa{sv}", "1", "2", "RemoteName", "s", origin_.url("/" + std::string(kSecret)),
                                 "LocalName", "s", machine_.folder_of(machine_.ann()) + "/" + kSecret});
    EXPECT_EQ(added.code, 0) << added.err;
    return object;
  }

  Machine machine_;
  origin::Origin origin_;
  std::unique_ptr<Program> service_;
};

void expect_denied(const Finished& answer, const std::string& what) {
  EXPECT_NE(answer.code, 0) << what;
  EXPECT_EQ(answer.out.find(kSecret), std::string::npos) << what;
  EXPECT_EQ(answer.err.find(kSecret), std::string::npos) << what;
}

TEST_F(UsersTest, a_job_is_its_owners_alone) {
  const std::string object = a_job_of_anns();
  struct Method {
    const char* name;
    std::vector<std::string> arguments;
  };
  const Method methods[] = {{"AddFiles", {"aa{sv}", "0"}},
                            {"Resume", {}},
                            {"Suspend", {}},
                            {"TakeOwnership", {}},
                            {"Complete", {}},
                            {"Cancel", {}},
                            {"Change", {"a{sv}", "1", "DisplayName", "s", "mine"}},
                            {"ChangeFile", {"ua{sv}", "0", "1", "RemoteName", "s", "http://localhost/x"}},
                            {"ReplaceRemotePrefix", {"ss", "http", "https"}},
                            {"SetClientCertificate", {"a{sv}", "0"}},
                            {"StartDownload", {"ba(tt)", "true", "0"}},
                            {"SetListener", {"o", "/ear"}},
                            {"GetFiles", {"uu", "0", "10"}}};
  for (const Method& method : methods) {
    const Finished answer = call(machine_.bob(), object, "org.dosvc1.Job", method.name, method.arguments);
    expect_denied(answer, method.name);
    EXPECT_NE(answer.err.find("another user"), std::string::npos) << method.name << ": " << answer.err;
  }
  expect_denied(busctl(machine_.bob(), {"get-property", "org.dosvc1", object, "org.dosvc1.Job", "State"}), "Get");
  expect_denied(call(machine_.bob(), object, "org.freedesktop.DBus.Properties", "GetAll", {"s", "org.dosvc1.Job"}),
                "GetAll");
  expect_denied(call(machine_.bob(), "/org/dosvc1", "org.dosvc1.Manager", "ListJobs", {"bou", "true", "/", "100"}),
                "ListJobs of all");
  expect_denied(call(machine_.bob(), "/org/dosvc1", "org.dosvc1.Manager", "Subscribe", {"b", "true"}),
                "Subscribe to all");
  // All this has changed nothing.
  const Finished state = busctl(machine_.ann(), {"get-property", "org.dosvc1", object, "org.dosvc1.Job", "State"});
  EXPECT_NE(state.out.find("suspended"), std::string::npos) << state.out << state.err;
}

TEST_F(UsersTest, a_job_is_seen_by_its_owner_and_by_the_administrator) {
  const std::string object = a_job_of_anns();
  for (const auto& [user, sees] :
       {std::pair(machine_.ann(), true), std::pair(machine_.bob(), false), std::pair(kRoot, true)}) {
    const Finished tree = busctl(user, {"tree", "--list", "org.dosvc1"});
    EXPECT_EQ(tree.out.find(object) != std::string::npos, sees) << user.name << ": " << tree.out << tree.err;
    const bool administrator = user.uid == 0;
    const Finished list =
        dosvc(user, administrator ? std::vector<std::string>{"list", "--all"} : std::vector<std::string>{"list"});
    EXPECT_EQ(list.code, 0) << list.err;
    EXPECT_EQ(list.out.find(kSecret) != std::string::npos, sees) << user.name << ": " << list.out;
  }
  expect_denied(dosvc(machine_.bob(), {"list", "--all"}), "list --all");
  expect_denied(dosvc(machine_.bob(), {"show", object.substr(object.rfind('/') + 1)}), "show");
}

TEST_F(UsersTest, nobody_hears_of_anothers_jobs) {
  const auto ann = machine_.start(machine_.ann(), {"/bin/sh", "-c", std::string("exec ") + DOSVC + " monitor >&2"});
  const auto bob = machine_.start(machine_.bob(), {"/bin/sh", "-c", std::string("exec ") + DOSVC + " monitor >&2"});
  ASSERT_EQ(call(machine_.bob(), "/org/dosvc1", "org.dosvc1.Manager", "CreateJob",
                 {"a{sv}", "1", "DisplayName", "s", "bobs-first"})
                .code,
            0);
  ASSERT_TRUE(bob->wait_for_error_text("bobs-first"));
  a_job_of_anns();
  ASSERT_TRUE(ann->wait_for_error_text(kSecret));
  // What came to Bob before this came after Ann's.
  ASSERT_EQ(call(machine_.bob(), "/org/dosvc1", "org.dosvc1.Manager", "CreateJob",
                 {"a{sv}", "1", "DisplayName", "s", "bobs-last"})
                .code,
            0);
  ASSERT_TRUE(bob->wait_for_error_text("bobs-last"));
  bob->signal(SIGINT);
  const Finished heard = bob->finish();
  EXPECT_EQ((heard.out + heard.err).find(kSecret), std::string::npos);
}

// The rules of the bus let the service call its clients, and the file is the owner's.
TEST_F(UsersTest, a_download_ends_with_a_callback_and_a_file_of_ones_own) {
  origin_.serve("/file", {.size = 100'000, .seed = 7});
  const std::string target = machine_.folder_of(machine_.ann()) + "/file";
  const Finished got = dosvc(machine_.ann(), {"get", origin_.url("/file"), "-o", target});
  EXPECT_EQ(got.code, 0) << got.err;
  struct stat about {};
  ASSERT_EQ(::lstat(target.c_str(), &about), 0);
  EXPECT_EQ(about.st_uid, machine_.ann().uid);
  EXPECT_EQ(origin::first_difference(target, 7, 100'000), std::nullopt);
  const auto client = machine_.start(machine_.ann(), {SERVICE_CLIENT, std::to_string(machine_.ann().uid), "a",
                                                      machine_.folder_of(machine_.ann()), origin_.url(""), "5"});
  const Finished told = client->finish();
  EXPECT_EQ(told.code, 0) << told.err;
}

TEST_F(UsersTest, nobody_writes_where_he_may_not) {
  origin_.serve("/file", {.size = 1000});
  const Finished refused =
      dosvc(machine_.bob(), {"get", origin_.url("/file"), "-o", machine_.folder_of(machine_.ann()) + "/file"});
  EXPECT_NE(refused.code, 0);
  EXPECT_FALSE(std::filesystem::exists(machine_.folder_of(machine_.ann()) + "/file"));
}

TEST_F(UsersTest, only_the_service_calls_its_clients) {
  const Finished forged = busctl(machine_.bob(), {"call", "org.dosvc1", "/org/dosvc1/callback", "org.dosvc1.Callback",
                                                  "JobError", "oa{sv}", "/", "0"});
  EXPECT_NE(forged.code, 0);
  EXPECT_NE(forged.err.find("denied"), std::string::npos) << forged.err;
}

}  // namespace
}  // namespace dosvc::users
