#include "core/job_change.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

HRESULT code_of(const Result<void>& result) { return result ? S_OK : result.error().code; }

HRESULT code_of(const JobChange& change) { return code_of(check_change(Job{}, 0, change)); }

TEST(JobChange, arguments_are_checked) {
  const struct {
    const char* what;
    JobChange change;
    HRESULT code;
  } kCases[] = {
      {"nothing", {}, S_OK},
      {"name", {.display_name = std::string(257, 'n')}, BG_E_STRING_TOO_LONG},
      {"description", {.description = std::string(1025, 'n')}, BG_E_STRING_TOO_LONG},
      {"command", {.notify_command = NotifyCommand{"/bin/true", "true x"}}, S_OK},
      {"no command", {.notify_command = NotifyCommand{}}, S_OK},
      {"long command", {.notify_command = NotifyCommand{"/" + std::string(4096, 'x'), ""}}, BG_E_STRING_TOO_LONG},
      {"parameters alone", {.notify_command = NotifyCommand{"", "x"}}, E_INVALIDARG},
      {"relative command", {.notify_command = NotifyCommand{"true", ""}}, E_INVALIDARG},
      {"long parameters", {.notify_command = NotifyCommand{"/bin/true", std::string(4001, 'x')}}, BG_E_STRING_TOO_LONG},
      {"flags", {.security_flags = 0x0f1f & ~0x0600u}, S_OK},
      {"unknown flag", {.security_flags = 0x20}, E_NOTIMPL},
      {"unknown redirect policy", {.security_flags = 0x300}, E_NOTIMPL},
      {"peer caching", {.peer_caching_flags = 8}, E_NOTIMPL},
      {"rights", {.file_acl_flags = 1}, E_NOTIMPL},
      {"unknown rights", {.file_acl_flags = 16}, E_INVALIDARG},
      {"size", {.maximum_size = 0}, BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE},
      {"stored", {.stored_credentials = AuthTarget::server}, BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED},
      {"method", {.method = "POST"}, S_OK},
      {"bad method", {.method = "GET /x"}, E_INVALIDARG},
      {"empty method", {.method = ""}, E_INVALIDARG},
      {"header", {.headers = {{"A: b"}}}, S_OK},
      {"header without a name", {.headers = {{": b"}}}, E_INVALIDARG},
      {"two headers in one", {.headers = {{"A: b\r\nC: d"}}}, E_INVALIDARG},
      {"long headers", {.headers = {{"A: " + std::string(16'384, 'x')}}}, BG_E_STRING_TOO_LONG},
      {"auth header", {.auth_headers = {{"A b"}}}, E_INVALIDARG},
      {"vector", {.correlation_vector = "a\r\nb"}, E_INVALIDARG},
      {"cost flags", {.cost_flags = 0x800000ff}, S_OK},
      {"no cost flags", {.cost_flags = 0}, E_INVALIDARG},
      {"unknown cost flags", {.cost_flags = 0x100}, E_INVALIDARG},
      {"percent", {.callback_percent = 101}, E_INVALIDARG},
      {"cost", {.cost_policy = 6}, E_INVALIDARG},
      {"listed without list", {.proxy = ProxySettings{ProxyUsage::listed, "", ""}}, E_INVALIDARG},
      {"list without need", {.proxy = ProxySettings{ProxyUsage::none, "p:1", ""}}, E_INVALIDARG},
      {"bypass without need", {.proxy = ProxySettings{ProxyUsage::preconfigured, "", "x"}}, E_INVALIDARG},
      {"long list",
       {.proxy = ProxySettings{ProxyUsage::listed, std::string(32'001, 'p'), ""}},
       BG_E_PROXY_LIST_TOO_LARGE},
      {"long bypass",
       {.proxy = ProxySettings{ProxyUsage::listed, "p:1", std::string(32'001, 'p')}},
       BG_E_PROXY_BYPASS_LIST_TOO_LARGE},
      {"user", {.set_credentials = Credentials{{}, {}, std::string(301, 'u'), ""}}, BG_E_USERNAME_TOO_LARGE},
      {"password", {.set_credentials = Credentials{{}, {}, "u", std::string(65'537, 'p')}}, BG_E_PASSWORD_TOO_LARGE},
      {"zero", {.set_credentials = Credentials{{}, {}, std::string("u\0v", 3), ""}}, BG_E_INVALID_CREDENTIALS},
  };
  for (const auto& c : kCases) EXPECT_EQ(code_of(c.change), c.code) << c.what;
}

TEST(JobChange, some_properties_must_be_set_before_the_job_runs) {
  Job job;
  job.resumed = true;
  EXPECT_EQ(code_of(check_change(job, 1, {.dynamic_content = true})), BG_E_READ_ONLY_PROPERTY_AFTER_RESUME);
  EXPECT_EQ(code_of(check_change(job, 1, {.maximum_size = 5})), BG_E_READ_ONLY_PROPERTY_AFTER_RESUME);
  EXPECT_EQ(code_of(check_change(job, 1, {.on_demand = true})), BG_E_READ_ONLY_PROPERTY_AFTER_RESUME);
  EXPECT_EQ(code_of(check_change(job, 1, {.method = "GET"})), BG_E_READ_ONLY_PROPERTY_AFTER_RESUME);
  EXPECT_EQ(code_of(check_change({}, 1, {.high_performance = true})), BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE);
  EXPECT_EQ(code_of(check_change({}, 0, {.high_performance = true})), S_OK);
}

TEST(JobChange, arguments_of_files_are_checked) {
  const struct {
    const char* what;
    FileChange change;
    HRESULT code;
  } kCases[] = {
      {"nothing", {}, S_OK},
      {"address", {.remote_name = "ftp://h/x"}, E_INVALIDARG},
      {"local name", {.local_name = "x"}, E_INVALIDARG},
      {"size", {.size = 1ull << 63}, E_INVALIDARG},
      {"empty range", {.wanted = {{5, 0}}}, BG_E_INVALID_RANGE},
      {"range without a beginning", {.wanted = {{FileRange::kToEnd, 1}}}, BG_E_INVALID_RANGE},
      {"ranges that overlap", {.wanted = {{0, 10}, {5, FileRange::kToEnd}}}, S_OK},
  };
  for (const auto& c : kCases) EXPECT_EQ(code_of(check_arguments(c.change)), c.code) << c.what;
}

// "IBackgroundCopyJobHttpOptions2::SetHttpMethod", "BITS_JOB_PROPERTY_ID enumeration".
TEST(JobChange, some_properties_exclude_each_other) {
  Job own;
  change_job(own, {.method = "POST"}, {});
  EXPECT_EQ(own.priority, Priority::foreground);
  EXPECT_EQ(code_of(check_change(own, 0, {.priority = Priority::low})), BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD);
  EXPECT_EQ(code_of(check_change(own, 0, {.priority = Priority::foreground})), S_OK);
  EXPECT_EQ(code_of(check_change(own, 0, {.dynamic_content = true})), BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD);
  EXPECT_EQ(code_of(check_change(own, 0, {.on_demand = true})), BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD);
  EXPECT_EQ(code_of(check_change(own, 0, {.on_demand = false})), S_OK);
  Job dynamic;
  dynamic.dynamic_content = true;
  EXPECT_EQ(code_of(check_change(dynamic, 0, {.method = "POST"})), BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD);
  EXPECT_EQ(code_of(check_change(dynamic, 0, {.method = "GET"})), S_OK);
  EXPECT_EQ(code_of(check_change(dynamic, 0, {.on_demand = true})), BG_E_UNSUPPORTED_JOB_CONFIGURATION);
  EXPECT_EQ(code_of(check_change(dynamic, 0, {.display_name = "x"})), S_OK);
}

TEST(JobChange, credentials_replace_those_of_their_target_and_scheme) {
  Job job;
  change_job(job, {.set_credentials = Credentials{AuthTarget::server, AuthScheme::basic, "a", "1"}}, {});
  change_job(job, {.set_credentials = Credentials{AuthTarget::proxy, AuthScheme::basic, "b", "2"}}, {});
  change_job(job, {.set_credentials = Credentials{AuthTarget::server, AuthScheme::basic, "c", "3"}}, {});
  ASSERT_EQ(job.http.credentials.size(), 2u);
  EXPECT_EQ(job.http.credentials.back().user, "c");
  change_job(job, {.remove_credentials = std::pair(AuthTarget::server, AuthScheme::basic)}, {});
  ASSERT_EQ(job.http.credentials.size(), 1u);
  EXPECT_EQ(job.http.credentials.back().user, "b");
}

TEST(JobChange, secrets_are_never_shown) {
  HttpOptions http;
  http.credentials = {{AuthTarget::server, AuthScheme::basic, "user", "secret"}};
  http.client_certificate = ClientCertificate{0, "MY", "aa", "CN=x", "secret"};
  http.http_proxy = http.https_proxy = "http://user:secret@proxy";
  http.headers = {"Authorization: secret"};
  HttpOptions shown = http.without_secrets();
  EXPECT_EQ(shown.credentials, (std::vector<Credentials>{{AuthTarget::server, AuthScheme::basic, "", ""}}));
  EXPECT_EQ(shown.client_certificate->pem, "");
  EXPECT_EQ(shown.client_certificate->subject, "CN=x");
  EXPECT_EQ(shown.http_proxy + shown.https_proxy, "");
  EXPECT_EQ(shown.headers, http.headers) << "the owner may read his headers back";
  http.headers_hidden = true;
  EXPECT_TRUE(http.without_secrets().headers.empty());
}

TEST(JobChange, get_is_no_method_of_its_own) {
  Job job;
  change_job(job, {.method = "POST"}, {});
  EXPECT_EQ(job.http.method, "POST");
  change_job(job, {.method = "GET"}, {});
  EXPECT_EQ(job.http.method, "");
}

TEST(JobChange, the_patience_of_a_download_is_its_priority_s_until_it_was_set) {
  Job job;
  job.view = ApiView::delivery_optimization;
  job.download = DownloadSettings{};
  const auto background = default_no_progress_timeout(job.view, Priority::normal);
  const auto foreground = default_no_progress_timeout(job.view, Priority::foreground);
  change_job(job, {.priority = Priority::foreground}, {});
  EXPECT_EQ(job.no_progress_timeout, foreground);
  change_job(job, {.no_progress_timeout = foreground}, {});
  change_job(job, {.priority = Priority::normal}, {});
  EXPECT_EQ(job.no_progress_timeout, foreground) << "it was set, if to what it was";
  EXPECT_EQ(job.download->no_progress_timeout, foreground);
  change_job(job, {.no_progress_timeout = std::chrono::seconds(0)}, {});
  EXPECT_EQ(job.no_progress_timeout, background);
}

}  // namespace
}  // namespace dosvc
