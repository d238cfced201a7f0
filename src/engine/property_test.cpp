// What programs change on a job and its files while it is there.
#include "base/url.h"
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::seconds;
constexpr auto kUrl = "http://origin/a.bin";
constexpr auto kOther = "http://mirror/a.bin";

class Property : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    content_ = patterned(300'000);
    transport.serve(kUrl, content_);
  }
  Result<void> change_file(const JobId& id, FileChange what, std::uint32_t index = 0) {
    return result_of<void>([&](auto reply) { engine->change_file(user, id, index, std::move(what), reply); });
  }
  Result<std::uint32_t> replace_prefix(const JobId& id, std::string from, std::string to) {
    return result_of<std::uint32_t>([&](auto reply) { engine->replace_remote_prefix(user, id, from, to, reply); });
  }
  JobId job_in_error() {
    transport.next(kUrl, {.status = 404});
    const JobId job = start_job(kUrl);
    EXPECT_EQ(state_of(job), JobState::error);
    return job;
  }
  std::string content_;
};

TEST_F(Property, nothing_changes_when_one_of_them_is_wrong) {
  const JobId job = create_job();
  EXPECT_EQ(change(job, {.description = "new", .security_flags = 0x20}).error().code, E_NOTIMPL);
  EXPECT_EQ(snapshot(job)->job.description, "");
}

TEST_F(Property, a_final_job_takes_none) {
  const JobId job = start_job(kUrl);
  const auto view = view_of(job);
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(change(job, {.description = "new"}).error().code, BG_E_NOT_FOUND);
  EXPECT_EQ(change_file(job, {.remote_name = kOther}).error().code, BG_E_NOT_FOUND);
}

TEST_F(Property, the_last_answer_can_be_looked_at_also_of_a_failure) {
  const JobId job = job_in_error();
  EXPECT_EQ(file_snapshot(job)->file.answer.status, 404);
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(file_snapshot(job)->file.answer.status, 200);
  EXPECT_EQ(file_snapshot(job)->file.answer.url, kUrl);
  EXPECT_EQ(file_snapshot(job)->file.fetched, content_.size());
  restart();
  EXPECT_EQ(file_snapshot(job)->file.answer.status, 200);
}

TEST_F(Property, another_address_mends_a_job_in_error) {
  const JobId job = job_in_error();
  transport.serve(kOther, content_);
  ASSERT_TRUE(change_file(job, {.remote_name = kOther}).ok());
  EXPECT_EQ(state_of(job), JobState::error) << "until Resume";
  ASSERT_TRUE(resume(job).ok());
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_);
}

TEST_F(Property, another_address_with_the_same_version_goes_on_where_it_was) {
  transport.next(kUrl, {.stall_after = 100'000});
  const JobId job = start_job(kUrl);
  transport.serve(kOther, content_);
  ASSERT_TRUE(change_file(job, {.remote_name = kOther}).ok());
  ASSERT_EQ(transport.requests().back().url, kOther);
  EXPECT_EQ(transport.requests().back().asked.offset, 100'000u);
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_);
}

TEST_F(Property, another_address_with_another_version_begins_anew) {
  transport.next(kUrl, {.stall_after = 100'000});
  const JobId job = start_job(kUrl);
  ASSERT_TRUE(suspend(job).ok());
  const std::string other(200'000, 'o');
  transport.serve(kOther, other, {"\"other\"", "Wed, 02 Jan 2030 00:00:00 GMT"});
  ASSERT_TRUE(change_file(job, {.remote_name = kOther}).ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), other);
}

TEST_F(Property, another_address_mends_a_range_that_the_file_did_not_have) {
  transport.serve(kOther, content_ + content_, {"\"v2\"", "Wed, 02 Jan 2030 00:00:00 GMT"});
  const JobId job = create_job();
  NewFile file{kUrl, "/dl/a.bin"};
  file.ranges = {{0, 10}, {450'000, 10}};
  ASSERT_TRUE(add_files(job, {file}).ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(state_of(job), JobState::error);
  ASSERT_TRUE(change_file(job, {.remote_name = kOther}).ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(state_of(job), JobState::transferred);
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_.substr(0, 10) + content_.substr(150'000, 10));
}

TEST_F(Property, parts_of_what_can_be_asked_for_once_only_are_refused_unasked) {
  const JobId job = create_job();
  ASSERT_TRUE(change(job, {.method = "POST"}).ok());
  NewFile file{kUrl, "/dl/a.bin"};
  file.ranges = {{0, 10}, {50, 10}};
  ASSERT_TRUE(add_files(job, {file}).ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(state_of(job), JobState::error);
  EXPECT_EQ(snapshot(job)->job.error->error.code, BG_E_UNSUPPORTED_JOB_CONFIGURATION);
  EXPECT_TRUE(transport.requests().empty());
}

TEST_F(Property, of_two_local_names_told_at_once_one_counts) {
  const JobId job = create_job(ApiView::delivery_optimization);
  ASSERT_TRUE(add_files(job, {NewFile{kUrl, ""}}).ok());
  const auto one = ask<void>([&](auto r) { engine->change_file(user, job, 0, {.local_name = "/dl/one"}, r); });
  const auto two = ask<void>([&](auto r) { engine->change_file(user, job, 0, {.local_name = "/dl/two"}, r); });
  loop.run_until_idle();
  EXPECT_TRUE((*one)->ok());
  EXPECT_EQ((*two)->error().code, BG_E_INVALID_STATE);
  EXPECT_EQ(file_snapshot(job)->file.local_name, "/dl/one");
}

TEST_F(Property, sizes_that_no_disk_has_are_no_harm) {
  const JobId job = create_job(ApiView::delivery_optimization);
  for (const char name : {'a', 'b', 'c'}) {
    NewFile file{std::string("http://origin/") + name, std::string("/dl/") + name};
    file.size = (std::uint64_t{1} << 63) - 1;
    ASSERT_TRUE(add_files(job, {file}).ok());
  }
  EXPECT_EQ(snapshot(job)->progress.bytes_total, ~std::uint64_t{1});
}

TEST_F(Property, a_bad_address_changes_nothing) {
  const JobId job = job_in_error();
  EXPECT_EQ(change_file(job, {.remote_name = "ftp://x/a"}).error().code, E_INVALIDARG);
  EXPECT_EQ(file_snapshot(job)->file.remote_name, kUrl);
  EXPECT_EQ(change_file(job, {.remote_name = kOther}, 7).error().code, BG_E_FILE_NOT_FOUND);
}

TEST_F(Property, a_prefix_is_replaced_in_all_files_or_in_none) {
  const JobId job = create_job();
  ASSERT_TRUE(add_file(job, "http://a/x/1", "/dl/1").ok());
  ASSERT_TRUE(add_file(job, "http://b/x/2", "/dl/2").ok());
  ASSERT_TRUE(add_file(job, "http://a/x/3", "/dl/3").ok());
  EXPECT_EQ(*replace_prefix(job, "http://A/", "http://c/"), 0u) << "upper case is another text";
  EXPECT_EQ(*replace_prefix(job, "http://a/", "http://c/d/"), 2u);
  EXPECT_EQ(file_snapshot(job, 0)->file.remote_name, "http://c/d/x/1");
  EXPECT_EQ(file_snapshot(job, 1)->file.remote_name, "http://b/x/2");
  EXPECT_EQ(replace_prefix(job, "http://", "file://").error().code, E_INVALIDARG);
  EXPECT_EQ(replace_prefix(job, "", "x").error().code, E_INVALIDARG);
  EXPECT_EQ(replace_prefix(job, "x", "").error().code, E_INVALIDARG);
  EXPECT_EQ(file_snapshot(job, 2)->file.remote_name, "http://c/d/x/3");
  restart();
  EXPECT_EQ(file_snapshot(job, 2)->file.remote_name, "http://c/d/x/3");
}

TEST_F(Property, redirects_to_what_is_no_name_are_not_reported) {
  for (const std::string& place :
       {"http://other/" + std::string(kMaxUrlLength, 'x'), std::string("ftp://other/a.bin")}) {
    const JobId job = create_job();
    ASSERT_TRUE(change(job, {.security_flags = security::kRedirectReported}).ok());
    ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
    transport.next(kUrl, {.alter = [place](ResponseHead& head) { head.effective_url = place; }});
    ASSERT_TRUE(resume(job).ok());
    EXPECT_EQ(file_snapshot(job)->file.remote_name, kUrl);
  }
}

TEST_F(Property, redirects_can_be_reported) {
  const JobId job = create_job();
  ASSERT_TRUE(change(job, {.security_flags = security::kRedirectReported}).ok());
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  transport.next(kUrl, {.alter = [](ResponseHead& head) { head.effective_url = kOther; }});
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(file_snapshot(job)->shown_name, kOther);
  EXPECT_EQ(file_snapshot(job)->file.remote_name, kUrl) << "what is for this server is not for the other";
  ASSERT_TRUE(change_file(job, {.remote_name = "http://third/a.bin"}).ok());
  EXPECT_EQ(file_snapshot(job)->shown_name, "http://third/a.bin");
}

TEST_F(Property, a_redirect_that_is_refused_tells_where_it_leads) {
  const JobId job = create_job();
  ASSERT_TRUE(change(job, {.security_flags = security::kRedirectRefused}).ok());
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  transport.next(kUrl, {.status = 302, .alter = [](ResponseHead& head) { head.location = kOther; }});
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(state_of(job), JobState::error);
  EXPECT_EQ(file_snapshot(job)->file.remote_name, kOther);
}

TEST_F(Property, what_the_program_finds_wrong_is_an_error_and_fetched_again) {
  const JobId job = start_job(kUrl);
  ASSERT_TRUE(change_file(job, {.verdict = Verdict::valid}).ok());
  EXPECT_EQ(file_snapshot(job)->file.verdict, Verdict::valid);
  ASSERT_TRUE(change_file(job, {.verdict = Verdict::invalid}).ok());
  ASSERT_EQ(state_of(job), JobState::error);
  EXPECT_EQ(snapshot(job)->job.error->error.code, BG_E_VALIDATION_FAILED);
  EXPECT_EQ(snapshot(job)->progress.bytes_transferred, 0u);
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(state_of(job), JobState::transferred);
  EXPECT_EQ(transport.requests().size(), 2u);
  EXPECT_EQ(file_snapshot(job)->file.verdict, Verdict::none) << "that was of the content before";
}

TEST_F(Property, what_is_not_here_yet_can_not_be_judged) {
  const JobId job = create_job();
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  EXPECT_EQ(change_file(job, {.verdict = Verdict::valid}).error().code, E_PENDING);
}

TEST_F(Property, a_client_certificate_is_found_with_the_owners_rights_and_its_key_never_shown) {
  const JobId job = create_job();
  CertificateChoice choice{0, "MY", {}, "CN=me", {}};
  const auto set = [&](std::optional<CertificateChoice> what) {
    return result_of<void>([&](auto reply) { engine->set_client_certificate(user, job, what, reply); });
  };
  ASSERT_TRUE(set(choice).ok());
  EXPECT_EQ(snapshot(job)->job.http.client_certificate->subject, "CN=me");
  EXPECT_EQ(snapshot(job)->job.http.client_certificate->pem, "");
  EXPECT_EQ(store.committed().front().job.http.client_certificate->pem, "the secret key");
  choice.store = "nobody's";
  EXPECT_EQ(set(choice).error().code, CRYPT_E_NOT_FOUND);
  EXPECT_TRUE(snapshot(job)->job.http.client_certificate.has_value());
  ASSERT_TRUE(set(std::nullopt).ok());
  EXPECT_FALSE(snapshot(job)->job.http.client_certificate.has_value());
}

TEST_F(Property, an_administrator_takes_a_job_over_without_its_secrets) {
  const JobId job = create_job();
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(change(job, {.notify_command = NotifyCommand{"/bin/true", ""},
                           .headers = {{"A: b"}},
                           .set_credentials = Credentials{AuthTarget::server, AuthScheme::basic, "u", "p"}})
                  .ok());
  const auto take = [&](Caller who) {
    return result_of<CommandOutcome>([&](auto reply) { engine->command(who, job, JobCommand::take_ownership, reply); });
  };
  EXPECT_EQ(take({1000, false}).error().code, E_ACCESSDENIED);
  EXPECT_EQ(take({2000, false}).error().code, E_ACCESSDENIED);
  ASSERT_TRUE(take({0, true}).ok());
  const Job taken = store.committed().front().job;
  EXPECT_EQ(taken.owner, 0u);
  EXPECT_TRUE(taken.http.credentials.empty());
  EXPECT_TRUE(taken.http.headers.empty());
  EXPECT_EQ(taken.notify_command, NotifyCommand{});
  EXPECT_EQ(command(job, JobCommand::resume).error().code, E_ACCESSDENIED) << "the owner before";
}

TEST_F(Property, a_job_whose_file_has_no_local_name_yet_can_be_taken_over) {
  const JobId job = create_job(ApiView::delivery_optimization);
  ASSERT_TRUE(add_files(job, {NewFile{kUrl, ""}}).ok());
  ASSERT_TRUE(result_of<CommandOutcome>([&](auto reply) {
                engine->command({0, true}, job, JobCommand::take_ownership, reply);
              }).ok());
}

TEST_F(Property, an_administrator_leaves_the_owners_secrets_alone) {
  const JobId job = create_job();
  const Caller administrator{0, true};
  const auto change_as = [&](Caller who, JobChange what) {
    return result_of<void>([&](auto reply) { engine->change(who, job, what, reply); });
  };
  EXPECT_EQ(change_as(administrator, {.headers = {{"A: b"}}}).error().code, E_ACCESSDENIED);
  EXPECT_EQ(change_as(administrator, {.set_credentials = Credentials{}}).error().code, E_ACCESSDENIED);
  EXPECT_EQ(change_as(administrator, {.notify_command = NotifyCommand{"/bin/true", ""}}).error().code, E_ACCESSDENIED)
      << "it would run as the owner";
  EXPECT_EQ(change_as(administrator, {.remove_credentials = std::pair<AuthTarget, AuthScheme>{}}).error().code,
            E_ACCESSDENIED);
  EXPECT_EQ(
      result_of<void>([&](auto reply) { engine->set_client_certificate(administrator, job, std::nullopt, reply); })
          .error()
          .code,
      E_ACCESSDENIED);
  EXPECT_TRUE(change_as(administrator, {.description = "theirs too"}).ok());
}

TEST_F(Property, a_request_that_is_no_get_is_never_repeated_by_itself) {
  for (const FakeBehaviour& broken : {FakeBehaviour{.status = 503}, FakeBehaviour{.cut_after = 1000}}) {
    const JobId job = create_job();
    ASSERT_TRUE(change(job, {.method = "POST"}).ok());
    EXPECT_EQ(snapshot(job)->job.priority, Priority::foreground);
    ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
    transport.next(kUrl, broken);
    const std::size_t before = transport.requests().size();
    ASSERT_TRUE(resume(job).ok());
    EXPECT_EQ(state_of(job), JobState::error);
    EXPECT_EQ(transport.requests().size(), before + 1);
    ASSERT_TRUE(resume(job).ok());
    EXPECT_EQ(state_of(job), JobState::transferred);
    ASSERT_TRUE(complete(job).ok());
  }
}

TEST_F(Property, a_local_name_may_be_told_later) {
  const JobId job = create_job(ApiView::delivery_optimization);
  ASSERT_TRUE(add_files(job, {NewFile{kUrl, ""}}).ok());
  EXPECT_EQ(resume(job).error().code, DO_E_LOCALPATH_NOT_SET);
  EXPECT_EQ(change_file(job, {.local_name = "relative"}).error().code, E_INVALIDARG);
  EXPECT_EQ(change_file(job, {.local_name = "/nowhere/a"}).error().code, HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND));
  ASSERT_TRUE(add_file(job, "http://origin/other", "/dl/other").ok());
  EXPECT_EQ(change_file(job, {.local_name = "/dl/other"}).error().code, E_INVALIDARG);
  transport.serve("http://origin/other", "other");
  ASSERT_TRUE(change_file(job, {.local_name = "/dl/later"}).ok());
  EXPECT_EQ(change_file(job, {.local_name = "/dl/again"}).error().code, BG_E_INVALID_STATE);
  ASSERT_TRUE(resume(job).ok());
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/later"), content_);
}

TEST_F(Property, a_file_without_a_local_name_waits_while_the_others_are_fetched) {
  transport.next(kUrl, {.stall_after = 1000});
  const JobId job = create_job(ApiView::delivery_optimization);
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_TRUE(add_files(job, {NewFile{kUrl, ""}}).ok());
  EXPECT_EQ(state_of(job), JobState::transferring);
  ASSERT_TRUE(change_file(job, {.local_name = "/dl/later"}, 1).ok());
  EXPECT_EQ(file_snapshot(job, 1)->file.stage, FileStage::transferred) << "it needs no other call";
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/later"), content_);
}

TEST_F(Property, a_file_that_never_gets_a_local_name_is_an_error) {
  transport.next(kUrl, {.stall_after = 1000});
  const JobId job = create_job(ApiView::delivery_optimization);
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_TRUE(add_files(job, {NewFile{kUrl, ""}}).ok());
  ASSERT_TRUE(suspend(job).ok());
  EXPECT_EQ(resume(job).error().code, DO_E_LOCALPATH_NOT_SET);
  ASSERT_TRUE(change_file(job, {.local_name = "/dl/later"}, 1).ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(state_of(job), JobState::transferred);
  const JobId other = create_job(ApiView::delivery_optimization);
  transport.next(kUrl, {.by_hand = true});
  ASSERT_TRUE(add_file(other, kUrl, "/dl/b.bin").ok());
  ASSERT_TRUE(resume(other).ok());
  ASSERT_TRUE(add_files(other, {NewFile{kUrl, ""}}).ok());
  const auto fetch = transport.open().front();
  fetch->answer();
  fetch->bytes(content_.size());
  fetch->finish();
  loop.run_until_idle();
  ASSERT_EQ(state_of(other), JobState::error);
  EXPECT_EQ(snapshot(other)->job.error->error.code, DO_E_LOCALPATH_NOT_SET);
  EXPECT_EQ(snapshot(other)->job.error->file, 1u);
}

TEST_F(Property, a_job_that_is_larger_than_allowed_is_an_error) {
  const JobId job = create_job();
  ASSERT_TRUE(change(job, {.maximum_size = 299'999}).ok());
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(state_of(job), JobState::error);
  EXPECT_EQ(snapshot(job)->job.error->error.code, BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED);
  const JobId fits = create_job();
  ASSERT_TRUE(change(fits, {.maximum_size = 300'000}).ok());
  ASSERT_TRUE(add_file(fits, kUrl, "/dl/b.bin").ok());
  ASSERT_TRUE(resume(fits).ok());
  EXPECT_EQ(state_of(fits), JobState::transferred);
}

TEST_F(Property, the_limit_holds_when_the_server_tells_no_size) {
  transport.always(kUrl, {.alter = [](ResponseHead& head) { head.content_length.reset(); }});
  const JobId job = create_job();
  ASSERT_TRUE(change(job, {.maximum_size = 100'000}).ok());
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(state_of(job), JobState::error);
  EXPECT_EQ(snapshot(job)->job.error->error.code, BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED);
}

TEST_F(Property, the_proxy_may_be_shown_who_the_owner_is_unless_the_program_says) {
  const JobId job = create_job();
  ASSERT_TRUE(change(job, {.stored_credentials = AuthTarget::proxy}).ok());
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(transport.requests().back().http.credentials,
            (std::vector<Credentials>{{AuthTarget::proxy, AuthScheme::negotiate, "", ""}}));
  const Credentials own{AuthTarget::proxy, AuthScheme::basic, "u", "p"};
  ASSERT_TRUE(change(job, {.set_credentials = own}).ok());
  ASSERT_TRUE(add_file(job, kUrl, "/dl/b.bin").ok());
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(transport.requests().back().http.credentials, std::vector<Credentials>{own});
}

TEST_F(Property, a_proxy_that_has_its_login_in_its_variable_keeps_it) {
  NewJob spec;
  spec.http.http_proxy = "http://me:secret@proxy:3128";
  const JobId job = create_job(spec);
  ASSERT_TRUE(change(job, {.stored_credentials = AuthTarget::proxy}).ok());
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(resume(job).ok());
  EXPECT_TRUE(transport.requests().back().http.credentials.empty());
}

TEST_F(Property, dynamic_content_is_never_continued) {
  transport.next(kUrl, {.cut_after = 100'000});
  const JobId job = create_job();
  ASSERT_TRUE(change(job, {.dynamic_content = true}).ok());
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(transport.requests().size(), 2u);
  EXPECT_EQ(transport.requests()[1].asked.offset, 0u);
  EXPECT_EQ(state_of(job), JobState::transferred);
}

TEST_F(Property, high_performance_fetches_several_files_at_once) {
  const JobId job = create_job();
  ASSERT_TRUE(change(job, {.high_performance = true}).ok());
  for (const char name : {'a', 'b', 'c'}) {
    const std::string url = std::string("http://origin/") + name;
    transport.serve(url, content_);
    transport.always(url, {.stall_after = 1});
    ASSERT_TRUE(add_file(job, url, std::string("/dl/") + name).ok());
  }
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(transport.open().size(), 3u);
}

}  // namespace
}  // namespace dosvc
