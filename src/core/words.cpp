#include "core/words.h"

namespace dosvc {

std::string_view name_of(ApiView view) {
  switch (view) {
    case ApiView::bits:
      return "bits";
    case ApiView::delivery_optimization:
      return "delivery_optimization";
  }
  return "unknown";
}

std::string_view name_of(AuthScheme scheme) {
  switch (scheme) {
    case AuthScheme::basic:
      return "basic";
    case AuthScheme::digest:
      return "digest";
    case AuthScheme::ntlm:
      return "ntlm";
    case AuthScheme::negotiate:
      return "negotiate";
  }
  return "unknown";
}

std::string_view name_of(AuthTarget target) {
  switch (target) {
    case AuthTarget::server:
      return "server";
    case AuthTarget::proxy:
      return "proxy";
  }
  return "unknown";
}

std::string_view name_of(ErrorContext context) {
  switch (context) {
    case ErrorContext::none:
      return "none";
    case ErrorContext::unknown:
      return "unknown";
    case ErrorContext::queue:
      return "queue";
    case ErrorContext::notification:
      return "notification";
    case ErrorContext::local_file:
      return "local_file";
    case ErrorContext::remote_file:
      return "remote_file";
    case ErrorContext::transport:
      return "transport";
    case ErrorContext::remote_application:
      return "remote_application";
  }
  return "unknown";
}

std::string_view name_of(FileStage stage) {
  switch (stage) {
    case FileStage::waiting:
      return "waiting";
    case FileStage::transferred:
      return "transferred";
    case FileStage::completed:
      return "completed";
  }
  return "unknown";
}

std::string_view name_of(Priority priority) {
  switch (priority) {
    case Priority::foreground:
      return "foreground";
    case Priority::high:
      return "high";
    case Priority::normal:
      return "normal";
    case Priority::low:
      return "low";
  }
  return "unknown";
}

std::string_view name_of(ProxyUsage usage) {
  switch (usage) {
    case ProxyUsage::preconfigured:
      return "preconfigured";
    case ProxyUsage::none:
      return "none";
    case ProxyUsage::listed:
      return "listed";
    case ProxyUsage::detected:
      return "detected";
  }
  return "unknown";
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::none:
      return "none";
    case Verdict::valid:
      return "valid";
    case Verdict::invalid:
      return "invalid";
  }
  return "unknown";
}

}  // namespace dosvc
