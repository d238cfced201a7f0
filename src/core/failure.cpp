#include "core/failure.h"

#include "base/url.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace dosvc {
namespace {

struct KnownStatus {
  int status;
  std::string_view meaning;
  std::string_view advice;
};

constexpr std::string_view kCheckUrl = "check the URL";
constexpr std::string_view kTryLater = "the server may be able to do it later";
constexpr KnownStatus kKnown[] = {
    {202, "accepted", kTryLater},
    {204, "no content", "the server has no content for it now"},
    {300, "multiple choices", "give the URL of one of the choices"},
    {301, "moved permanently", "give the new URL"},
    {302, "found", "give the new URL"},
    {303, "see other", "give the new URL"},
    {304, "not modified", "the server answers as if we had asked for changes only"},
    {305, "use proxy", "set the proxy it is to be fetched through"},
    {307, "temporary redirect", "give the new URL"},
    {308, "permanent redirect", "give the new URL"},
    {400, "bad request", kCheckUrl},
    {401, "unauthorized", "check the user name and password"},
    {402, "payment required", "the server wants to be paid first"},
    {403, "forbidden", "check whether the file may be fetched from here, and by whom"},
    {404, "not found", kCheckUrl},
    {405, "method not allowed", kCheckUrl},
    {407, "proxy authentication required", "check the user name and password for the proxy"},
    {408, "request timeout", kTryLater},
    {410, "gone", "the server has the file no more"},
    {416, "range not satisfiable", "the server refuses the part that was asked for"},
    {429, "too many requests", kTryLater},
    {451, "unavailable for legal reasons", "the server may not give the file away"},
    {500, "internal server error", kTryLater},
    {501, "not implemented", "this server can't give the file"},
    {502, "bad gateway", kTryLater},
    {503, "service unavailable", kTryLater},
    {504, "gateway timeout", kTryLater},
    {505, "HTTP version not supported", "this server can't be talked to"},
    {511, "network authentication required", "log in to the network, in a browser"},
};

KnownStatus look_up(int status) {
  const auto known =
      std::find_if(std::begin(kKnown), std::end(kKnown), [&](const KnownStatus& k) { return k.status == status; });
  if (known != std::end(kKnown)) return *known;
  const bool transient = classify_http_status(status) == FailureClass::transient;
  return {status, {}, transient ? kTryLater : "the server won't give the file"};
}

}  // namespace

FailureClass classify_http_status(int status) {
  const auto transient_if = [](bool time_may_help) {
    return time_may_help ? FailureClass::transient : FailureClass::fatal;
  };
  if (status >= 300 && status < 400) return transient_if(status == 306 || status > 308);
  if (status >= 400 && status < 500) return transient_if(status == 408 || status == 429);
  return transient_if(status != 501 && status != 505);
}

FailureKind kind_of_http_status(int status) {
  if (status == 429) return FailureKind::rate_limit;
  return status >= 502 && status <= 504 ? FailureKind::overload : FailureKind::status;
}

Failure local_failure(Error error) {
  Failure failure;
  failure.kind = FailureKind::local;
  if (error.code == HRESULT_FROM_WIN32(ERROR_DISK_FULL)) failure.kind = FailureKind::disk_full;
  if (error.code == HRESULT_FROM_WIN32(ERROR_DISK_QUOTA_EXCEEDED)) failure.kind = FailureKind::disk_quota;
  const bool may_pass = failure.kind != FailureKind::local || error.code == HRESULT_FROM_WIN32(ERROR_NO_SUCH_DOMAIN);
  failure.failure_class = may_pass ? FailureClass::transient : FailureClass::fatal;
  failure.error = std::move(error);
  return failure;
}

std::string_view name_of(FailureKind kind) {
  switch (kind) {
    case FailureKind::other:
      return "other";
    case FailureKind::name:
      return "name";
    case FailureKind::connection:
      return "connection";
    case FailureKind::certificate:
      return "certificate";
    case FailureKind::status:
      return "status";
    case FailureKind::rate_limit:
      return "rate limit";
    case FailureKind::overload:
      return "overload";
    case FailureKind::network:
      return "network";
    case FailureKind::disk_full:
      return "disk full";
    case FailureKind::disk_quota:
      return "disk quota";
    case FailureKind::local:
      return "local";
  }
  return "unknown";
}

Failure http_failure(int status, std::string_view url) {
  const KnownStatus known = look_up(status);
  std::string message = status == 407   ? "the proxy answered "
                        : status == 511 ? "the network answered "
                                        : "the server answered ";
  message += std::to_string(status);
  if (!known.meaning.empty()) message.append(" (").append(known.meaning).append(")");
  message.append(" for ").append(redacted(url)).append(": ").append(known.advice);

  Failure failure;
  failure.error = Error{http_status_code(status), ErrorContext::remote_file, std::move(message)};
  failure.failure_class = classify_http_status(status);
  failure.http_status = status;
  failure.kind = kind_of_http_status(status);
  return failure;
}

}  // namespace dosvc
