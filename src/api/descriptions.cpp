#include "api/descriptions.h"

#include "api/sentences.h"

#include <fmt/core.h>

#include <string_view>

namespace dosvc {
namespace {

std::string_view sentence_of_status(unsigned status) {
  switch (status) {
    case 400:
      return "the request is not valid";
    case 401:
      return "it wants a user name and a password";
    case 403:
      return "access is forbidden";
    case 404:
      return "there is no such file";
    case 407:
      return "the proxy wants a user name and a password";
    case 410:
      return "the file is gone for good";
    case 429:
      return "there were too many requests";
    case 500:
      return "it failed";
    case 502:
      return "a gateway got no valid answer";
    case 503:
      return "it is overloaded or being serviced";
    case 504:
      return "a gateway got no answer in time";
    default:
      return {};
  }
}

}  // namespace

std::string description_of(HRESULT code) {
  for (const Sentence& known : sentences()) {
    if (known.code == code) return std::string(known.text);
  }
  const auto bits = static_cast<std::uint32_t>(code);
  const unsigned status = bits & 0xFFFFu;
  if ((bits & 0xFFFF0000u) != 0x80190000u || status < 100 || status > 599) return {};
  const std::string_view meaning = sentence_of_status(status);
  if (meaning.empty()) return fmt::format("The server answered with HTTP status {}.", status);
  return fmt::format("The server answered with HTTP status {}: {}.", status, meaning);
}

std::string description_of(BG_ERROR_CONTEXT context) {
  switch (context) {
    case BG_ERROR_CONTEXT_NONE:
      return "Where the error arose is not told.";
    case BG_ERROR_CONTEXT_UNKNOWN:
      return "Where the error arose is not known.";
    case BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER:
      return "The error arose in the job queue.";
    case BG_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION:
      return "The error arose while the program was being told.";
    case BG_ERROR_CONTEXT_LOCAL_FILE:
      return "The error concerns the local file.";
    case BG_ERROR_CONTEXT_REMOTE_FILE:
      return "The error concerns the remote file.";
    case BG_ERROR_CONTEXT_GENERAL_TRANSPORT:
      return "The error arose in the network.";
    case BG_ERROR_CONTEXT_REMOTE_APPLICATION:
      return "The error arose in the server's application.";
    case BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK:
      return "The error arose while the server's certificate was being checked.";
  }
  return "Where the error arose is not known.";
}

}  // namespace dosvc
