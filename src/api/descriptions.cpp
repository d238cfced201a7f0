#include "api/descriptions.h"

#include <fmt/core.h>

#include <string_view>

namespace dosvc {
namespace {

struct Sentence {
  HRESULT code;
  std::string_view text;
};

constexpr HRESULT win32(std::uint32_t number) { return hresult_from_win32(number); }

constexpr Sentence kSentences[] = {
    {S_OK, "The call succeeded."},
    {S_FALSE, "The call succeeded, with nothing or less than was asked for."},
    {E_NOTIMPL, "This is not supported."},
    {E_NOINTERFACE, "The object has no such interface."},
    {E_POINTER, "A pointer that is needed is NULL."},
    {E_ABORT, "The operation was stopped."},
    {E_FAIL, "An error without a code of its own occurred."},
    {E_UNEXPECTED, "Something happened that should not be possible."},
    {E_ACCESSDENIED, "Access is denied: the job belongs to another user, or the file may not be written."},
    {E_OUTOFMEMORY, "There is not enough memory."},
    {E_INVALIDARG, "An argument is not valid."},
    {RPC_E_DISCONNECTED, "The object is no longer connected: what was behind it ended with the last CoUninitialize."},
    {REGDB_E_CLASSNOTREG, "The class is not known."},
    {CO_E_NOTINITIALIZED, "CoInitializeEx was not called."},

    {win32(ERROR_FILE_NOT_FOUND), "The file does not exist."},
    {win32(ERROR_PATH_NOT_FOUND), "The folder does not exist."},
    {win32(ERROR_WRITE_FAULT), "The file could not be written."},
    {win32(ERROR_READ_FAULT), "The file could not be read."},
    {win32(ERROR_FILE_EXISTS), "The file exists."},
    {win32(ERROR_ALREADY_EXISTS), "Something of that name exists."},
    {win32(ERROR_DISK_FULL), "The disk is full."},
    {win32(ERROR_HANDLE_DISK_FULL), "The disk is full."},
    {win32(ERROR_INVALID_NAME), "The file name is not valid."},
    {win32(ERROR_FILENAME_EXCED_RANGE), "The file name is too long."},
    {win32(ERROR_WRITE_PROTECT), "The file system is read-only."},
    {win32(ERROR_FILE_TOO_LARGE), "The file is larger than the file system allows."},
    {win32(ERROR_RESOURCE_LANG_NOT_FOUND), "There is no text in that language."},

    {WININET_E_TIMEOUT, "The server did not answer in time."},
    {WININET_E_INVALID_URL, "The URL is not valid."},
    {WININET_E_UNRECOGNIZED_SCHEME, "The URL's scheme is not supported."},
    {WININET_E_NAME_NOT_RESOLVED, "The server's name is not known."},
    {WININET_E_CANNOT_CONNECT, "The server could not be reached."},
    {WININET_E_CONNECTION_ABORTED, "The connection ended before everything had arrived."},
    {WININET_E_CONNECTION_RESET, "The connection was reset."},
    {WININET_E_SEC_CERT_DATE_INVALID, "The server's certificate is not valid at this time."},
    {WININET_E_SEC_CERT_CN_INVALID, "The server's certificate is for another name."},
    {WININET_E_INVALID_CA, "The server's certificate comes from an authority that is not trusted."},
    {WININET_E_REDIRECT_FAILED, "The server's redirect could not be followed."},
    {WININET_E_SEC_CERT_REVOKED, "The server's certificate was revoked."},
    {win32(ERROR_WINHTTP_SECURE_FAILURE), "No secure connection to the server could be made."},
    {win32(ERROR_WINHTTP_INVALID_SERVER_RESPONSE), "The server's answer is not valid."},

    {BG_E_NOT_FOUND, "There is no such job."},
    {BG_E_INVALID_STATE, "The job's state does not allow this."},
    {BG_E_EMPTY, "The job has no files."},
    {BG_E_FILE_NOT_AVAILABLE, "The error concerns no file."},
    {BG_E_PROTOCOL_NOT_AVAILABLE, "The error concerns no protocol."},
    {BG_E_ERROR_INFORMATION_UNAVAILABLE, "The job has no error now."},
    {BG_E_NETWORK_DISCONNECTED, "There is no network."},
    {BG_E_MISSING_FILE_SIZE, "The server does not tell the size of the file."},
    {BG_E_INSUFFICIENT_HTTP_SUPPORT, "The server does not speak HTTP/1.1 well enough."},
    {BG_E_INSUFFICIENT_RANGE_SUPPORT, "The server cannot send parts of the file."},
    {BG_S_PARTIAL_COMPLETE, "The finished files are there, the others were deleted."},
    {BG_S_UNABLE_TO_DELETE_FILES, "The job is ended, but some temporary files could not be deleted."},
    {BG_E_INVALID_SERVER_RESPONSE, "The server's answer is not valid."},
    {BG_E_TOO_MANY_FILES, "An upload has one file only."},
    {BG_E_STRING_TOO_LONG, "A text is too long."},
    {BG_E_NO_PROGRESS, "The job makes no progress; it will be tried again."},
    {BG_E_INVALID_RANGE, "A range does not lie within the file."},
    {BG_E_OVERLAPPING_RANGES, "Ranges overlap."},
    {BG_E_INVALID_PROXY_INFO, "The proxy settings are not valid."},
    {BG_E_TOO_MANY_JOBS_PER_USER, "The user has too many jobs."},
    {BG_E_TOO_MANY_JOBS_PER_MACHINE, "The machine has too many jobs."},
    {BG_E_TOO_MANY_FILES_IN_JOB, "The job has too many files."},
    {BG_E_VALIDATION_FAILED, "The content is not what it should be."},
    {BG_E_MAXDOWNLOAD_TIMEOUT, "The job took longer than it may."},
    {BG_E_REMOTE_FILE_CHANGED, "The file on the server changed while it was transferred."},
    {BG_E_DATABASE_CORRUPT, "The file that holds the queue is damaged."},

    {DO_E_NO_SERVICE, "The service is not available."},
    {DO_E_DOWNLOAD_NO_PROGRESS, "Nothing arrived within the time allowed."},
    {DO_E_JOB_NOT_FOUND, "There is no such job."},
    {DO_E_JOB_EMPTY, "The job has no files."},
    {DO_E_NO_DOWNLOADS, "There are no downloads."},
    {DO_E_FILE_NOT_AVAILABLE, "The error concerns no file."},
    {DO_E_INVALID_STATE, "The state does not allow this."},
    {DO_E_ERROR_INFORMATION_UNAVAILABLE, "The job has no error now."},
    {DO_E_UNKNOWN_PROPERTY_ID, "There is no such property."},
    {DO_E_READ_ONLY_PROPERTY, "The property cannot be set."},
    {DO_E_WRITE_ONLY_PROPERTY, "The property cannot be read."},
    {DO_E_BLOCKED_BY_NO_NETWORK, "There is no network."},
    {DO_E_INVALID_RANGE, "A range does not lie within the file."},
    {DO_E_INSUFFICIENT_RANGE_SUPPORT, "The server cannot send parts of the file."},
    {DO_E_OVERLAPPING_RANGES, "Ranges overlap."},
};

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
  for (const Sentence& known : kSentences) {
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
