#include "core/failure.h"

#include <gtest/gtest.h>

#include <set>

namespace dosvc {
namespace {

TEST(Failure, classes_of_the_statuses) {
  const std::set<int> kTransient = {408, 429, 306};
  const std::set<int> kFatal = {501, 505};
  for (int status = 300; status < 600; ++status) {
    const bool transient =
        kTransient.count(status) != 0 || (status > 308 && status < 400) || (status >= 500 && kFatal.count(status) == 0);
    EXPECT_EQ(classify_http_status(status), transient ? FailureClass::transient : FailureClass::fatal) << status;
  }
  for (int status : {100, 101, 201, 202, 204, 205, 207, 299, 600, 999}) {
    EXPECT_EQ(classify_http_status(status), FailureClass::transient) << status;
  }
}

TEST(Failure, says_what_failed_where_and_what_to_do) {
  const struct {
    int status;
    std::string_view url;
    HRESULT code;
    std::string_view message;
  } kCases[] = {
      {404, "https://host/a.bin", BG_E_HTTP_ERROR_404,
       "the server answered 404 (not found) for https://host/a.bin: check the URL"},
      {403, "https://me:secret@host/a?token=secret", BG_E_HTTP_ERROR_403,
       "the server answered 403 (forbidden) for https://me:***@host/a?token=***: check whether the file may be fetched "
       "from here, and by whom"},
      {407, "http://host/", BG_E_HTTP_ERROR_407,
       "the proxy answered 407 (proxy authentication required) for http://host/: check the user name and password for "
       "the proxy"},
      {503, "http://host/", BG_E_HTTP_ERROR_503,
       "the server answered 503 (service unavailable) for http://host/: the server may be able to do it later"},
      {418, "http://host/", http_status_code(418),
       "the server answered 418 for http://host/: the server won't give the file"},
      {599, "http://host/", http_status_code(599),
       "the server answered 599 for http://host/: the server may be able to do it later"},
      {404, "http://host/\n<b>", BG_E_HTTP_ERROR_404,
       "the server answered 404 (not found) for (not a valid URL): check the URL"},
  };
  for (const auto& c : kCases) {
    const Failure failure = http_failure(c.status, c.url);
    EXPECT_EQ(failure.error.message, c.message);
    EXPECT_EQ(failure.error.code, c.code) << c.status;
    EXPECT_EQ(failure.error.context, ErrorContext::remote_file) << c.status;
    EXPECT_EQ(failure.http_status, c.status);
    EXPECT_EQ(failure.failure_class, classify_http_status(c.status)) << c.status;
    EXPECT_FALSE(failure.retry_after);
  }
}

TEST(Failure, a_status_tells_what_kind_it_is) {
  EXPECT_EQ(http_failure(429, "http://host/").kind, FailureKind::rate_limit);
  for (const int status : {502, 503, 504}) EXPECT_EQ(kind_of_http_status(status), FailureKind::overload) << status;
  for (const int status : {204, 404, 408, 500, 501, 505}) {
    EXPECT_EQ(kind_of_http_status(status), FailureKind::status) << status;
  }
}

TEST(Failure, of_the_disk_mend_when_somebody_makes_room) {
  const Error full{HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::local_file, "full"};
  EXPECT_EQ(local_failure(full).failure_class, FailureClass::transient);
  EXPECT_EQ(local_failure(full).kind, FailureKind::disk_full);
  EXPECT_EQ(local_failure(full).error, full);
  const Error quota{HRESULT_FROM_WIN32(ERROR_DISK_QUOTA_EXCEEDED), ErrorContext::local_file, "quota"};
  EXPECT_EQ(local_failure(quota).failure_class, FailureClass::transient);
  EXPECT_EQ(local_failure(quota).kind, FailureKind::disk_quota);
  const Error nobody{HRESULT_FROM_WIN32(ERROR_NO_SUCH_DOMAIN), ErrorContext::local_file, "no user database"};
  EXPECT_EQ(local_failure(nobody).failure_class, FailureClass::transient);
  EXPECT_EQ(local_failure(nobody).kind, FailureKind::local);
  const Error denied{E_ACCESSDENIED, ErrorContext::local_file, "denied"};
  EXPECT_EQ(local_failure(denied).failure_class, FailureClass::fatal);
  EXPECT_EQ(local_failure(denied).kind, FailureKind::local);
}

}  // namespace
}  // namespace dosvc
