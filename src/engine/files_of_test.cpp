// Whose files a job's are: who made it, also when an administrator has taken the job over.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using Users = std::set<uid_t>;

class FilesOf : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    for (const char* name : {"a", "b", "c"}) transport.serve(url(name), patterned(10'000));
  }
  static std::string url(const std::string& name) { return "https://origin/" + name; }
  // And from now on it is the administrator who calls.
  void take_over(const JobId& id) {
    const auto taken =
        result_of<CommandOutcome>([&](auto reply) { engine->command(admin_, id, JobCommand::take_ownership, reply); });
    ASSERT_TRUE(taken.ok()) << taken.error().message;
    user = admin_;
    EXPECT_EQ(snapshot(id)->job.owner, admin_.uid);
    EXPECT_EQ(snapshot(id)->job.files_of, maker_.uid);
  }
  Result<void> change_file(const JobId& id, std::uint32_t index, FileChange what) {
    return result_of<void>([&](auto reply) { engine->change_file(user, id, index, std::move(what), reply); });
  }
  Result<void> set_certificate(const JobId& id, Pending<void>* later = nullptr) {
    CertificateChoice choice;
    choice.store = "MY";
    choice.subject = "CN=me";
    const auto call = [&](auto reply) { engine->set_client_certificate(user, id, choice, reply); };
    if (!later) return result_of<void>(call);
    *later = ask<void>(call);
    return {};
  }

  const Caller maker_ = user;
  const Caller admin_{0, true};
};

TEST_F(FilesOf, after_a_take_over_all_work_on_the_disk_is_done_as_who_made_the_job) {
  files.make_file("/home/ca.pem", "certificates");
  NewJob spec;
  spec.http.ca_file = "/home/ca.pem";
  const JobId job = create_job(spec);
  ASSERT_TRUE(add_file(job, url("a"), "/dl/a"));
  take_over(job);
  files.asked_as.clear();
  ASSERT_TRUE(add_files(job, {NewFile{url("b"), "/dl/b"}, NewFile{url("c"), ""}}));
  ASSERT_TRUE(change_file(job, 2, {.local_name = "/dl/c"}));
  restart();
  ASSERT_TRUE(resume(job));
  ASSERT_EQ(state_of(job), JobState::transferred);
  ASSERT_TRUE(complete(job));
  for (const char* call : {"check_destination", "read_trusted", "open_temp", "publish", "remove_temps"}) {
    EXPECT_EQ(files.asked_as[call], Users{maker_.uid}) << call;
  }
  EXPECT_EQ(files.asked_as.size(), 5u);
}

TEST_F(FilesOf, of_a_download_the_folders_and_the_spool_are_too) {
  for (const bool to_stream : {false, true}) {
    user = maker_;
    NewJob spec;
    spec.view = ApiView::delivery_optimization;
    spec.download = DownloadSettings{};
    const JobId id = create_job(spec);
    ASSERT_TRUE(change_file(id, 0, {.remote_name = url("a")}));
    ASSERT_TRUE(to_stream ? change(id, {.to_stream = true}) : change_file(id, 0, {.local_name = "/dl/new/a"}));
    take_over(id);
    const std::optional<std::vector<FileRange>> all{{{0, FileRange::kToEnd}}};
    ASSERT_TRUE(result_of<void>([&](auto reply) { engine->start_download(user, id, all, reply); }));
    ASSERT_EQ(state_of(id), JobState::transferred);
    ASSERT_TRUE(complete(id));
  }
  for (const auto& [call, users] : files.asked_as) EXPECT_EQ(users, Users{maker_.uid}) << call;
  EXPECT_TRUE(files.asked_as.contains("make_folders"));
  EXPECT_EQ(host.spools_of, Users{maker_.uid});
}

TEST_F(FilesOf, a_take_over_asks_nothing_of_the_disk) {
  const JobId job = create_job();
  ASSERT_TRUE(add_file(job, url("a"), "/dl/a"));
  files.make_unwritable("/dl");
  files.asked_as.clear();
  take_over(job);
  EXPECT_TRUE(files.asked_as.empty());
}

// It is who logs in, as a password is, and not whose files they are.
TEST_F(FilesOf, the_new_owner_has_a_certificate_of_his_own) {
  const JobId job = create_job();
  take_over(job);
  ASSERT_TRUE(set_certificate(job));
  EXPECT_EQ(files.asked_as["find_certificate"], Users{admin_.uid});
}

TEST_F(FilesOf, a_certificate_that_is_found_after_a_take_over_stays_out_of_the_job) {
  const JobId job = create_job();
  take_over(job);
  files.hold(FakeFiles::Op::certificate);
  Pending<void> first;
  (void)set_certificate(job, &first);
  const Caller second{2000, true};
  ASSERT_TRUE(
      result_of<CommandOutcome>([&](auto reply) { engine->command(second, job, JobCommand::take_ownership, reply); }));
  files.release();
  loop.run_until_idle();
  ASSERT_TRUE(first->has_value());
  ASSERT_FALSE((*first)->ok());
  EXPECT_EQ((*first)->error().code, E_ACCESSDENIED);
  EXPECT_FALSE(store.committed().front().job.http.client_certificate);
}

}  // namespace
}  // namespace dosvc
