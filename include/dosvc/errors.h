#pragma once

// Every result code of the interfaces, and the system error numbers they are
// made from. Depends on nothing but <cstdint>, so that any layer may name them.

#include <cstdint>

using HRESULT = std::int32_t;

namespace dosvc {

constexpr HRESULT hresult(std::uint32_t bits) { return static_cast<HRESULT>(bits); }

// Numbers that are an HRESULT already (zero or negative) pass unchanged.
constexpr HRESULT hresult_from_win32(std::uint32_t number) {
  return hresult(number) <= 0 ? hresult(number) : hresult((number & 0xFFFFu) | 0x80070000u);
}

}  // namespace dosvc

// Macros, as sources written for Windows expect them.
#define SUCCEEDED(hr) (static_cast<HRESULT>(hr) >= 0)
#define FAILED(hr) (static_cast<HRESULT>(hr) < 0)
#define HRESULT_FROM_WIN32(x) (::dosvc::hresult_from_win32(static_cast<std::uint32_t>(x)))

// System error numbers, the ones that reach a caller inside an HRESULT ("System Error Codes").
inline constexpr std::uint32_t ERROR_SUCCESS = 0;
inline constexpr std::uint32_t ERROR_FILE_NOT_FOUND = 2;
inline constexpr std::uint32_t ERROR_PATH_NOT_FOUND = 3;
inline constexpr std::uint32_t ERROR_TOO_MANY_OPEN_FILES = 4;
inline constexpr std::uint32_t ERROR_ACCESS_DENIED = 5;
inline constexpr std::uint32_t ERROR_INVALID_HANDLE = 6;
inline constexpr std::uint32_t ERROR_NOT_ENOUGH_MEMORY = 8;
inline constexpr std::uint32_t ERROR_INVALID_DATA = 13;
inline constexpr std::uint32_t ERROR_OUTOFMEMORY = 14;
inline constexpr std::uint32_t ERROR_NOT_SAME_DEVICE = 17;
inline constexpr std::uint32_t ERROR_WRITE_PROTECT = 19;
inline constexpr std::uint32_t ERROR_WRITE_FAULT = 29;
inline constexpr std::uint32_t ERROR_READ_FAULT = 30;
inline constexpr std::uint32_t ERROR_SHARING_VIOLATION = 32;
inline constexpr std::uint32_t ERROR_LOCK_VIOLATION = 33;
inline constexpr std::uint32_t ERROR_HANDLE_DISK_FULL = 39;
inline constexpr std::uint32_t ERROR_NOT_SUPPORTED = 50;
inline constexpr std::uint32_t ERROR_FILE_EXISTS = 80;
inline constexpr std::uint32_t ERROR_INVALID_PARAMETER = 87;
inline constexpr std::uint32_t ERROR_DISK_FULL = 112;
inline constexpr std::uint32_t ERROR_INSUFFICIENT_BUFFER = 122;
inline constexpr std::uint32_t ERROR_INVALID_NAME = 123;
inline constexpr std::uint32_t ERROR_ALREADY_EXISTS = 183;
inline constexpr std::uint32_t ERROR_FILENAME_EXCED_RANGE = 206;
inline constexpr std::uint32_t ERROR_FILE_TOO_LARGE = 223;
inline constexpr std::uint32_t ERROR_DIRECTORY = 267;
inline constexpr std::uint32_t ERROR_OPERATION_ABORTED = 995;
inline constexpr std::uint32_t ERROR_NOT_FOUND = 1168;
inline constexpr std::uint32_t ERROR_CANCELLED = 1223;
inline constexpr std::uint32_t ERROR_DISK_QUOTA_EXCEEDED = 1295;
inline constexpr std::uint32_t ERROR_NO_SUCH_DOMAIN = 1355;
inline constexpr std::uint32_t ERROR_DISK_CORRUPT = 1393;
inline constexpr std::uint32_t ERROR_TIMEOUT = 1460;
inline constexpr std::uint32_t RPC_S_SERVER_UNAVAILABLE = 1722;  // the service can't be reached, or has left
inline constexpr std::uint32_t RPC_S_CALL_FAILED = 1726;         // it left during the call, which may have been done
inline constexpr std::uint32_t ERROR_RESOURCE_LANG_NOT_FOUND = 1815;
inline constexpr std::uint32_t ERROR_NOT_ENOUGH_QUOTA = 1816;

// WinHTTP and WinINet numbers ("WinHTTP Error Messages").
inline constexpr std::uint32_t ERROR_WINHTTP_TIMEOUT = 12002;
inline constexpr std::uint32_t ERROR_WINHTTP_INVALID_URL = 12005;
inline constexpr std::uint32_t ERROR_WINHTTP_UNRECOGNIZED_SCHEME = 12006;
inline constexpr std::uint32_t ERROR_WINHTTP_NAME_NOT_RESOLVED = 12007;
inline constexpr std::uint32_t ERROR_WINHTTP_OPERATION_CANCELLED = 12017;
inline constexpr std::uint32_t ERROR_WINHTTP_CANNOT_CONNECT = 12029;
inline constexpr std::uint32_t ERROR_WINHTTP_CONNECTION_ERROR = 12030;
inline constexpr std::uint32_t ERROR_WINHTTP_SECURE_CERT_DATE_INVALID = 12037;
inline constexpr std::uint32_t ERROR_WINHTTP_SECURE_CERT_CN_INVALID = 12038;
inline constexpr std::uint32_t ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED = 12044;
inline constexpr std::uint32_t ERROR_WINHTTP_SECURE_INVALID_CA = 12045;
inline constexpr std::uint32_t ERROR_WINHTTP_SECURE_CERT_REV_FAILED = 12057;
inline constexpr std::uint32_t ERROR_WINHTTP_INVALID_SERVER_RESPONSE = 12152;
inline constexpr std::uint32_t ERROR_WINHTTP_REDIRECT_FAILED = 12156;
inline constexpr std::uint32_t ERROR_WINHTTP_SECURE_CERT_REVOKED = 12170;
inline constexpr std::uint32_t ERROR_WINHTTP_SECURE_FAILURE = 12175;

// Generic results.
inline constexpr HRESULT S_OK = ::dosvc::hresult(0x00000000u);
inline constexpr HRESULT S_FALSE = ::dosvc::hresult(0x00000001u);  // success, with nothing or less than was asked
inline constexpr HRESULT E_NOTIMPL = ::dosvc::hresult(0x80004001u);
inline constexpr HRESULT E_NOINTERFACE = ::dosvc::hresult(0x80004002u);
inline constexpr HRESULT E_POINTER = ::dosvc::hresult(0x80004003u);
inline constexpr HRESULT E_ABORT = ::dosvc::hresult(0x80004004u);
inline constexpr HRESULT E_FAIL = ::dosvc::hresult(0x80004005u);
inline constexpr HRESULT E_UNEXPECTED = ::dosvc::hresult(0x8000FFFFu);
inline constexpr HRESULT E_PENDING = ::dosvc::hresult(0x8000000Au);       // asked too early
inline constexpr HRESULT E_ACCESSDENIED = ::dosvc::hresult(0x80070005u);  // not the owner, or no right to the file
inline constexpr HRESULT E_HANDLE = ::dosvc::hresult(0x80070006u);
inline constexpr HRESULT E_OUTOFMEMORY = ::dosvc::hresult(0x8007000Eu);
inline constexpr HRESULT E_INVALIDARG = ::dosvc::hresult(0x80070057u);
inline constexpr HRESULT E_NOT_SET = ::dosvc::hresult(0x80070490u);  // property never set; also ERROR_NOT_FOUND

// COM runtime, automation and marshalling.
inline constexpr HRESULT CO_E_NOT_SUPPORTED = ::dosvc::hresult(0x80004021u);  // URL protocol unsupported
inline constexpr HRESULT CLASS_E_NOAGGREGATION = ::dosvc::hresult(0x80040110u);
inline constexpr HRESULT REGDB_E_CLASSNOTREG = ::dosvc::hresult(0x80040154u);
inline constexpr HRESULT REGDB_E_IIDNOTREG = ::dosvc::hresult(0x80040155u);
inline constexpr HRESULT CO_E_NOTINITIALIZED = ::dosvc::hresult(0x800401F0u);  // no CoInitializeEx on this thread
inline constexpr HRESULT CO_E_ALREADYINITIALIZED = ::dosvc::hresult(0x800401F1u);
inline constexpr HRESULT RPC_E_CHANGED_MODE =
    ::dosvc::hresult(0x80010106u);  // thread already has the other apartment model
inline constexpr HRESULT RPC_E_DISCONNECTED = ::dosvc::hresult(0x80010108u);  // the object behind the proxy is gone
inline constexpr HRESULT CO_E_SERVER_EXEC_FAILURE = ::dosvc::hresult(0x80080005u);  // the service cannot be started
inline constexpr HRESULT DISP_E_TYPEMISMATCH = ::dosvc::hresult(0x80020005u);       // VARIANT of another type
inline constexpr HRESULT DISP_E_BADVARTYPE = ::dosvc::hresult(0x80020008u);
inline constexpr HRESULT DISP_E_OVERFLOW = ::dosvc::hresult(0x8002000Au);
inline constexpr HRESULT DISP_E_BADINDEX = ::dosvc::hresult(0x8002000Bu);
inline constexpr HRESULT DISP_E_ARRAYISLOCKED = ::dosvc::hresult(0x8002000Du);
inline constexpr HRESULT RPC_X_NULL_REF_POINTER =
    ::dosvc::hresult(0x800706F4u);  // NULL where a reference pointer is required

inline constexpr HRESULT RPC_X_BAD_STUB_DATA = ::dosvc::hresult(0x800706F7u);  // "no client certificate is set"

// Content and addresses.
inline constexpr HRESULT CRYPT_E_FILE_ERROR =
    ::dosvc::hresult(0x80092003u);  // SecurityContext bytes are not a certificate
inline constexpr HRESULT CRYPT_E_NOT_FOUND = ::dosvc::hresult(0x80092004u);  // no such certificate in the store
inline constexpr HRESULT INET_E_INVALID_URL = ::dosvc::hresult(0x800C0002u);
inline constexpr HRESULT INET_E_UNKNOWN_PROTOCOL = ::dosvc::hresult(0x800C000Du);

// The same numbers as HRESULT, as far as they have names. For the others: HRESULT_FROM_WIN32(ERROR_WINHTTP_...).
inline constexpr HRESULT WININET_E_TIMEOUT = ::dosvc::hresult(0x80072EE2u);
inline constexpr HRESULT WININET_E_INVALID_URL = ::dosvc::hresult(0x80072EE5u);
inline constexpr HRESULT WININET_E_UNRECOGNIZED_SCHEME = ::dosvc::hresult(0x80072EE6u);
inline constexpr HRESULT WININET_E_NAME_NOT_RESOLVED = ::dosvc::hresult(0x80072EE7u);
inline constexpr HRESULT WININET_E_CANNOT_CONNECT = ::dosvc::hresult(0x80072EFDu);
inline constexpr HRESULT WININET_E_CONNECTION_ABORTED = ::dosvc::hresult(0x80072EFEu);
inline constexpr HRESULT WININET_E_CONNECTION_RESET = ::dosvc::hresult(0x80072EFFu);
inline constexpr HRESULT WININET_E_SEC_CERT_DATE_INVALID = ::dosvc::hresult(0x80072F05u);
inline constexpr HRESULT WININET_E_SEC_CERT_CN_INVALID = ::dosvc::hresult(0x80072F06u);
inline constexpr HRESULT WININET_E_CLIENT_AUTH_CERT_NEEDED = ::dosvc::hresult(0x80072F0Cu);
inline constexpr HRESULT WININET_E_INVALID_CA = ::dosvc::hresult(0x80072F0Du);
inline constexpr HRESULT WININET_E_SEC_CERT_REV_FAILED = ::dosvc::hresult(0x80072F19u);
inline constexpr HRESULT WININET_E_REDIRECT_FAILED = ::dosvc::hresult(0x80072F7Cu);
inline constexpr HRESULT WININET_E_SEC_CERT_REVOKED = ::dosvc::hresult(0x80072F8Au);

// HTTP status as HRESULT: 0x80190000 + status.
inline constexpr HRESULT BG_E_HTTP_ERROR_100 = ::dosvc::hresult(0x80190064u);
inline constexpr HRESULT BG_E_HTTP_ERROR_101 = ::dosvc::hresult(0x80190065u);
inline constexpr HRESULT BG_E_HTTP_ERROR_200 = ::dosvc::hresult(0x801900C8u);
inline constexpr HRESULT BG_E_HTTP_ERROR_201 = ::dosvc::hresult(0x801900C9u);
inline constexpr HRESULT BG_E_HTTP_ERROR_202 = ::dosvc::hresult(0x801900CAu);
inline constexpr HRESULT BG_E_HTTP_ERROR_203 = ::dosvc::hresult(0x801900CBu);
inline constexpr HRESULT BG_E_HTTP_ERROR_204 = ::dosvc::hresult(0x801900CCu);
inline constexpr HRESULT BG_E_HTTP_ERROR_205 = ::dosvc::hresult(0x801900CDu);
inline constexpr HRESULT BG_E_HTTP_ERROR_206 = ::dosvc::hresult(0x801900CEu);
inline constexpr HRESULT BG_E_HTTP_ERROR_300 = ::dosvc::hresult(0x8019012Cu);
inline constexpr HRESULT BG_E_HTTP_ERROR_301 = ::dosvc::hresult(0x8019012Du);
inline constexpr HRESULT BG_E_HTTP_ERROR_302 = ::dosvc::hresult(0x8019012Eu);
inline constexpr HRESULT BG_E_HTTP_ERROR_303 = ::dosvc::hresult(0x8019012Fu);
inline constexpr HRESULT BG_E_HTTP_ERROR_304 = ::dosvc::hresult(0x80190130u);
inline constexpr HRESULT BG_E_HTTP_ERROR_305 = ::dosvc::hresult(0x80190131u);
inline constexpr HRESULT BG_E_HTTP_ERROR_307 = ::dosvc::hresult(0x80190133u);
inline constexpr HRESULT BG_E_HTTP_ERROR_400 = ::dosvc::hresult(0x80190190u);
inline constexpr HRESULT BG_E_HTTP_ERROR_401 = ::dosvc::hresult(0x80190191u);
inline constexpr HRESULT BG_E_HTTP_ERROR_402 = ::dosvc::hresult(0x80190192u);
inline constexpr HRESULT BG_E_HTTP_ERROR_403 = ::dosvc::hresult(0x80190193u);
inline constexpr HRESULT BG_E_HTTP_ERROR_404 = ::dosvc::hresult(0x80190194u);
inline constexpr HRESULT BG_E_HTTP_ERROR_405 = ::dosvc::hresult(0x80190195u);
inline constexpr HRESULT BG_E_HTTP_ERROR_406 = ::dosvc::hresult(0x80190196u);
inline constexpr HRESULT BG_E_HTTP_ERROR_407 = ::dosvc::hresult(0x80190197u);
inline constexpr HRESULT BG_E_HTTP_ERROR_408 = ::dosvc::hresult(0x80190198u);
inline constexpr HRESULT BG_E_HTTP_ERROR_409 = ::dosvc::hresult(0x80190199u);
inline constexpr HRESULT BG_E_HTTP_ERROR_410 = ::dosvc::hresult(0x8019019Au);
inline constexpr HRESULT BG_E_HTTP_ERROR_411 = ::dosvc::hresult(0x8019019Bu);
inline constexpr HRESULT BG_E_HTTP_ERROR_412 = ::dosvc::hresult(0x8019019Cu);
inline constexpr HRESULT BG_E_HTTP_ERROR_413 = ::dosvc::hresult(0x8019019Du);
inline constexpr HRESULT BG_E_HTTP_ERROR_414 = ::dosvc::hresult(0x8019019Eu);
inline constexpr HRESULT BG_E_HTTP_ERROR_415 = ::dosvc::hresult(0x8019019Fu);
inline constexpr HRESULT BG_E_HTTP_ERROR_416 = ::dosvc::hresult(0x801901A0u);
inline constexpr HRESULT BG_E_HTTP_ERROR_417 = ::dosvc::hresult(0x801901A1u);
inline constexpr HRESULT BG_E_HTTP_ERROR_449 = ::dosvc::hresult(0x801901C1u);
inline constexpr HRESULT BG_E_HTTP_ERROR_500 = ::dosvc::hresult(0x801901F4u);
inline constexpr HRESULT BG_E_HTTP_ERROR_501 = ::dosvc::hresult(0x801901F5u);
inline constexpr HRESULT BG_E_HTTP_ERROR_502 = ::dosvc::hresult(0x801901F6u);
inline constexpr HRESULT BG_E_HTTP_ERROR_503 = ::dosvc::hresult(0x801901F7u);
inline constexpr HRESULT BG_E_HTTP_ERROR_504 = ::dosvc::hresult(0x801901F8u);
inline constexpr HRESULT BG_E_HTTP_ERROR_505 = ::dosvc::hresult(0x801901F9u);
inline constexpr HRESULT HTTP_E_STATUS_UNEXPECTED = ::dosvc::hresult(0x80190001u);
inline constexpr HRESULT HTTP_E_STATUS_UNEXPECTED_REDIRECTION = ::dosvc::hresult(0x80190003u);
inline constexpr HRESULT HTTP_E_STATUS_UNEXPECTED_CLIENT_ERROR = ::dosvc::hresult(0x80190004u);
inline constexpr HRESULT HTTP_E_STATUS_UNEXPECTED_SERVER_ERROR = ::dosvc::hresult(0x80190005u);

// Background transfer ("BITS Return Values").
inline constexpr HRESULT BG_E_NOT_FOUND = ::dosvc::hresult(0x80200001u);               // no such job
inline constexpr HRESULT BG_E_INVALID_STATE = ::dosvc::hresult(0x80200002u);           // call not allowed in this state
inline constexpr HRESULT BG_E_EMPTY = ::dosvc::hresult(0x80200003u);                   // job has no files
inline constexpr HRESULT BG_E_FILE_NOT_AVAILABLE = ::dosvc::hresult(0x80200004u);      // the error concerns no file
inline constexpr HRESULT BG_E_PROTOCOL_NOT_AVAILABLE = ::dosvc::hresult(0x80200005u);  // the error concerns no protocol
inline constexpr HRESULT BG_S_ERROR_CONTEXT_NONE =
    ::dosvc::hresult(0x00200006u);  // message id of a context, as the five below
inline constexpr HRESULT BG_E_ERROR_CONTEXT_UNKNOWN = ::dosvc::hresult(0x80200007u);
inline constexpr HRESULT BG_E_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER = ::dosvc::hresult(0x80200008u);
inline constexpr HRESULT BG_E_ERROR_CONTEXT_LOCAL_FILE = ::dosvc::hresult(0x80200009u);
inline constexpr HRESULT BG_E_ERROR_CONTEXT_REMOTE_FILE = ::dosvc::hresult(0x8020000Au);
inline constexpr HRESULT BG_E_ERROR_CONTEXT_GENERAL_TRANSPORT = ::dosvc::hresult(0x8020000Bu);
inline constexpr HRESULT BG_E_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION = ::dosvc::hresult(0x8020000Cu);
inline constexpr HRESULT BG_E_DESTINATION_LOCKED = ::dosvc::hresult(0x8020000Du);  // destination volume is locked
inline constexpr HRESULT BG_E_VOLUME_CHANGED = ::dosvc::hresult(0x8020000Eu);      // removable volume was swapped
inline constexpr HRESULT BG_E_ERROR_INFORMATION_UNAVAILABLE =
    ::dosvc::hresult(0x8020000Fu);                                                   // the job has no error now
inline constexpr HRESULT BG_E_NETWORK_DISCONNECTED = ::dosvc::hresult(0x80200010u);  // no network
inline constexpr HRESULT BG_E_MISSING_FILE_SIZE = ::dosvc::hresult(0x80200011u);     // server gave no Content-Length
inline constexpr HRESULT BG_E_INSUFFICIENT_HTTP_SUPPORT =
    ::dosvc::hresult(0x80200012u);  // server does not speak HTTP/1.1
inline constexpr HRESULT BG_E_INSUFFICIENT_RANGE_SUPPORT =
    ::dosvc::hresult(0x80200013u);  // server or proxy without ranges
inline constexpr HRESULT BG_E_REMOTE_NOT_SUPPORTED = ::dosvc::hresult(0x80200014u);
inline constexpr HRESULT BG_E_NEW_OWNER_DIFF_MAPPING = ::dosvc::hresult(0x80200015u);
inline constexpr HRESULT BG_E_NEW_OWNER_NO_FILE_ACCESS = ::dosvc::hresult(0x80200016u);
inline constexpr HRESULT BG_S_PARTIAL_COMPLETE =
    ::dosvc::hresult(0x00200017u);  // Complete kept the finished files only
inline constexpr HRESULT BG_E_PROXY_LIST_TOO_LARGE = ::dosvc::hresult(0x80200018u);
inline constexpr HRESULT BG_E_PROXY_BYPASS_LIST_TOO_LARGE = ::dosvc::hresult(0x80200019u);
inline constexpr HRESULT BG_S_UNABLE_TO_DELETE_FILES = ::dosvc::hresult(0x0020001Au);  // some temporary files remain
inline constexpr HRESULT BG_E_INVALID_SERVER_RESPONSE = ::dosvc::hresult(0x8020001Bu);
inline constexpr HRESULT BG_E_TOO_MANY_FILES = ::dosvc::hresult(0x8020001Cu);      // second file of an upload job
inline constexpr HRESULT BG_E_LOCAL_FILE_CHANGED = ::dosvc::hresult(0x8020001Du);  // upload source changed
inline constexpr HRESULT BG_E_ERROR_CONTEXT_REMOTE_APPLICATION = ::dosvc::hresult(0x8020001Eu);
inline constexpr HRESULT BG_E_SESSION_NOT_FOUND = ::dosvc::hresult(0x8020001Fu);  // server forgot the upload session
inline constexpr HRESULT BG_E_TOO_LARGE = ::dosvc::hresult(0x80200020u);          // upload or reply over its limit
inline constexpr HRESULT BG_E_STRING_TOO_LONG = ::dosvc::hresult(0x80200021u);
inline constexpr HRESULT BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH =
    ::dosvc::hresult(0x80200022u);  // no common upload protocol
inline constexpr HRESULT BG_E_SERVER_EXECUTE_ENABLE = ::dosvc::hresult(0x80200023u);
inline constexpr HRESULT BG_E_NO_PROGRESS = ::dosvc::hresult(0x80200024u);  // no progress, will be tried again
inline constexpr HRESULT BG_E_USERNAME_TOO_LARGE = ::dosvc::hresult(0x80200025u);
inline constexpr HRESULT BG_E_PASSWORD_TOO_LARGE = ::dosvc::hresult(0x80200026u);
inline constexpr HRESULT BG_E_INVALID_AUTH_TARGET = ::dosvc::hresult(0x80200027u);
inline constexpr HRESULT BG_E_INVALID_AUTH_SCHEME = ::dosvc::hresult(0x80200028u);
inline constexpr HRESULT BG_E_FILE_NOT_FOUND = ::dosvc::hresult(0x80200029u);  // no file of the job has this name
inline constexpr HRESULT BG_S_PROXY_CHANGED = ::dosvc::hresult(0x0020002Au);
inline constexpr HRESULT BG_E_INVALID_RANGE = ::dosvc::hresult(0x8020002Bu);
inline constexpr HRESULT BG_E_OVERLAPPING_RANGES = ::dosvc::hresult(0x8020002Cu);
inline constexpr HRESULT BG_E_CONNECT_FAILURE = ::dosvc::hresult(0x8020002Du);
inline constexpr HRESULT BG_E_CONNECTION_CLOSED = ::dosvc::hresult(0x8020002Eu);
inline constexpr HRESULT BG_E_KEEP_ALIVE_FAILURE = ::dosvc::hresult(0x8020002Fu);  // from here to 3D: older kits only
inline constexpr HRESULT BG_E_MESSAGE_LENGTH_LIMIT_EXCEEDED = ::dosvc::hresult(0x80200030u);
inline constexpr HRESULT BG_E_NAME_RESOLUTION_FAILURE = ::dosvc::hresult(0x80200031u);
inline constexpr HRESULT BG_E_PENDING = ::dosvc::hresult(0x80200032u);
inline constexpr HRESULT BG_E_PIPELINE_FAILURE = ::dosvc::hresult(0x80200033u);
inline constexpr HRESULT BG_E_PROTOCOL_ERROR = ::dosvc::hresult(0x80200034u);
inline constexpr HRESULT BG_E_PROXY_NAME_RESOLUTION_FAILURE = ::dosvc::hresult(0x80200035u);
inline constexpr HRESULT BG_E_RECEIVE_FAILURE = ::dosvc::hresult(0x80200036u);
inline constexpr HRESULT BG_E_REQUEST_CANCELED = ::dosvc::hresult(0x80200037u);
inline constexpr HRESULT BG_E_SECURE_CHANNEL_FAILURE = ::dosvc::hresult(0x80200038u);
inline constexpr HRESULT BG_E_SEND_FAILURE = ::dosvc::hresult(0x80200039u);
inline constexpr HRESULT BG_E_SERVER_PROTOCOL_VIOLATION = ::dosvc::hresult(0x8020003Au);
inline constexpr HRESULT BG_E_TIMEOUT = ::dosvc::hresult(0x8020003Bu);
inline constexpr HRESULT BG_E_TRUST_FAILURE = ::dosvc::hresult(0x8020003Cu);
inline constexpr HRESULT BG_E_UNKNOWN_ERROR = ::dosvc::hresult(0x8020003Du);
inline constexpr HRESULT BG_E_BLOCKED_BY_POLICY = ::dosvc::hresult(0x8020003Eu);  // bandwidth policy allows nothing now
inline constexpr HRESULT BG_E_INVALID_PROXY_INFO = ::dosvc::hresult(0x8020003Fu);
inline constexpr HRESULT BG_E_INVALID_CREDENTIALS = ::dosvc::hresult(0x80200040u);
inline constexpr HRESULT BG_E_INVALID_HASH_ALGORITHM = ::dosvc::hresult(0x80200041u);
inline constexpr HRESULT BG_E_RECORD_DELETED = ::dosvc::hresult(0x80200042u);
inline constexpr HRESULT BG_E_COMMIT_IN_PROGRESS = ::dosvc::hresult(0x80200043u);
inline constexpr HRESULT BG_E_DISCOVERY_IN_PROGRESS = ::dosvc::hresult(0x80200044u);
inline constexpr HRESULT BG_E_UPNP_ERROR = ::dosvc::hresult(0x80200045u);
inline constexpr HRESULT BG_E_TEST_OPTION_BLOCKED_DOWNLOAD = ::dosvc::hresult(0x80200046u);
inline constexpr HRESULT BG_E_PEERCACHING_DISABLED = ::dosvc::hresult(0x80200047u);
inline constexpr HRESULT BG_E_BUSYCACHERECORD = ::dosvc::hresult(0x80200048u);
inline constexpr HRESULT BG_E_TOO_MANY_JOBS_PER_USER = ::dosvc::hresult(0x80200049u);
inline constexpr HRESULT BG_E_TOO_MANY_JOBS_PER_MACHINE = ::dosvc::hresult(0x80200050u);
inline constexpr HRESULT BG_E_TOO_MANY_FILES_IN_JOB = ::dosvc::hresult(0x80200051u);
inline constexpr HRESULT BG_E_TOO_MANY_RANGES_IN_FILE = ::dosvc::hresult(0x80200052u);
inline constexpr HRESULT BG_E_VALIDATION_FAILED =
    ::dosvc::hresult(0x80200053u);  // the application rejected the content
inline constexpr HRESULT BG_E_MAXDOWNLOAD_TIMEOUT = ::dosvc::hresult(0x80200054u);
inline constexpr HRESULT BG_S_OVERRIDDEN_BY_POLICY = ::dosvc::hresult(0x00200055u);  // value kept, policy wins
inline constexpr HRESULT BG_E_TOKEN_REQUIRED = ::dosvc::hresult(0x80200056u);
inline constexpr HRESULT BG_E_UNKNOWN_PROPERTY_ID = ::dosvc::hresult(0x80200057u);
inline constexpr HRESULT BG_E_READ_ONLY_PROPERTY = ::dosvc::hresult(0x80200058u);
inline constexpr HRESULT BG_E_BLOCKED_BY_COST_TRANSFER_POLICY = ::dosvc::hresult(0x80200059u);
inline constexpr HRESULT BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY = ::dosvc::hresult(0x80200060u);
inline constexpr HRESULT BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE = ::dosvc::hresult(0x80200061u);
inline constexpr HRESULT BG_E_READ_ONLY_PROPERTY_AFTER_RESUME = ::dosvc::hresult(0x80200062u);
inline constexpr HRESULT BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE = ::dosvc::hresult(0x80200063u);
inline constexpr HRESULT BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED = ::dosvc::hresult(0x80200064u);
inline constexpr HRESULT BG_E_STANDBY_MODE = ::dosvc::hresult(0x80200065u);
inline constexpr HRESULT BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED = ::dosvc::hresult(0x80200066u);
inline constexpr HRESULT BG_E_BLOCKED_BY_BATTERY_POLICY = ::dosvc::hresult(0x80200067u);
inline constexpr HRESULT BG_E_BLOCKED_BY_BATTERY_SAVER = ::dosvc::hresult(0x80200068u);
inline constexpr HRESULT BG_E_WATCHDOG_TIMEOUT = ::dosvc::hresult(0x80200069u);
inline constexpr HRESULT BG_E_APP_PACKAGE_NOT_FOUND = ::dosvc::hresult(0x8020006Au);
inline constexpr HRESULT BG_E_APP_PACKAGE_SCENARIO_NOT_SUPPORTED = ::dosvc::hresult(0x8020006Bu);
inline constexpr HRESULT BG_E_DATABASE_CORRUPT = ::dosvc::hresult(0x8020006Cu);
inline constexpr HRESULT BG_E_RANDOM_ACCESS_NOT_SUPPORTED = ::dosvc::hresult(0x8020006Du);
inline constexpr HRESULT BG_E_BLOCKED_BY_BACKGROUND_ACCESS_POLICY = ::dosvc::hresult(0x8020006Eu);
inline constexpr HRESULT BG_E_BLOCKED_BY_GAME_MODE = ::dosvc::hresult(0x8020006Fu);
inline constexpr HRESULT BG_E_BLOCKED_BY_SYSTEM_POLICY = ::dosvc::hresult(0x80200070u);
inline constexpr HRESULT BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD = ::dosvc::hresult(0x80200071u);
inline constexpr HRESULT BG_E_UNSUPPORTED_JOB_CONFIGURATION = ::dosvc::hresult(0x80200072u);
inline constexpr HRESULT BG_E_REMOTE_FILE_CHANGED =
    ::dosvc::hresult(0x80200073u);  // remote file changed during the transfer
inline constexpr HRESULT BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED = ::dosvc::hresult(0x80200074u);
inline constexpr HRESULT BG_E_READ_ONLY_WHEN_JOB_ACTIVE =
    ::dosvc::hresult(0x80200075u);  // only while suspended, in error or transferred
inline constexpr HRESULT BG_E_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK = ::dosvc::hresult(0x80200076u);

// Event log message ids; no call returns them.
inline constexpr HRESULT BITS_MC_JOB_CANCELLED = ::dosvc::hresult(0x80194000u);
inline constexpr HRESULT BITS_MC_FILE_DELETION_FAILED = ::dosvc::hresult(0x80194001u);
inline constexpr HRESULT BITS_MC_FILE_DELETION_FAILED_MORE = ::dosvc::hresult(0x80194002u);
inline constexpr HRESULT BITS_MC_JOB_PROPERTY_CHANGE = ::dosvc::hresult(0x80194003u);
inline constexpr HRESULT BITS_MC_JOB_TAKE_OWNERSHIP = ::dosvc::hresult(0x80194004u);
inline constexpr HRESULT BITS_MC_JOB_SCAVENGED = ::dosvc::hresult(0x80194005u);
inline constexpr HRESULT BITS_MC_JOB_NOTIFICATION_FAILURE = ::dosvc::hresult(0x80194006u);
inline constexpr HRESULT BITS_MC_STATE_FILE_CORRUPT = ::dosvc::hresult(0x80194007u);
inline constexpr HRESULT BITS_MC_FAILED_TO_START = ::dosvc::hresult(0x80194008u);
inline constexpr HRESULT BITS_MC_FATAL_IGD_ERROR = ::dosvc::hresult(0x80194009u);
inline constexpr HRESULT BITS_MC_PEERCACHING_PORT = ::dosvc::hresult(0x8019400Au);
inline constexpr HRESULT BITS_MC_WSD_PORT = ::dosvc::hresult(0x8019400Bu);

// Delivery Optimization ("Delivery Optimization error codes").
inline constexpr HRESULT DO_E_NO_SERVICE = ::dosvc::hresult(0x80D01001u);
inline constexpr HRESULT DO_E_DOWNLOAD_NO_PROGRESS =
    ::dosvc::hresult(0x80D02002u);  // no progress within the allowed period
inline constexpr HRESULT DO_E_JOB_NOT_FOUND = ::dosvc::hresult(0x80D02003u);
inline constexpr HRESULT DO_E_JOB_EMPTY = ::dosvc::hresult(0x80D02004u);
inline constexpr HRESULT DO_E_NO_DOWNLOADS = ::dosvc::hresult(0x80D02005u);
inline constexpr HRESULT DO_E_MEMORYSTREAM_DOWNLOAD_NOT_SUPPORTED = ::dosvc::hresult(0x80D0200Bu);
inline constexpr HRESULT DO_E_JOB_TOO_OLD = ::dosvc::hresult(0x80D0200Cu);  // neither completed nor cancelled in time
inline constexpr HRESULT DO_E_LOCALPATH_NOT_SET = ::dosvc::hresult(0x80D0200Du);
inline constexpr HRESULT DO_E_FILE_NOT_AVAILABLE = ::dosvc::hresult(0x80D02010u);  // the error concerns no file
inline constexpr HRESULT DO_E_UNKNOWN_PROPERTY_ID = ::dosvc::hresult(0x80D02011u);
inline constexpr HRESULT DO_E_READ_ONLY_PROPERTY = ::dosvc::hresult(0x80D02012u);
inline constexpr HRESULT DO_E_INVALID_STATE = ::dosvc::hresult(0x80D02013u);
inline constexpr HRESULT DO_E_ERROR_INFORMATION_UNAVAILABLE = ::dosvc::hresult(0x80D02014u);
inline constexpr HRESULT DO_E_WRITE_ONLY_PROPERTY = ::dosvc::hresult(0x80D02015u);
inline constexpr HRESULT DO_E_INTEGRITYCHECKINFO_UNSPECIFIED = ::dosvc::hresult(0x80D02016u);
inline constexpr HRESULT DO_E_INTEGRITYCHECKINFO_UNAVAILABLE = ::dosvc::hresult(0x80D02017u);
inline constexpr HRESULT DO_E_FILE_DOWNLOADSINK_UNSPECIFIED = ::dosvc::hresult(0x80D02018u);
inline constexpr HRESULT DO_E_FILE_DOWNLOADSINK_ALREADY_SET = ::dosvc::hresult(0x80D02019u);
inline constexpr HRESULT DO_E_FILE_SIZE_UNKNOWN_HTTP_200 = ::dosvc::hresult(0x80D0201Au);
inline constexpr HRESULT DO_E_FILE_ENCRYPTION_EXPECTED = ::dosvc::hresult(0x80D0201Bu);
inline constexpr HRESULT DO_E_FILE_SIZE_UNKNOWN_HTTP_206 = ::dosvc::hresult(0x80D0201Cu);
inline constexpr HRESULT DO_E_FILE_SIZE_UNKNOWN_HTTP_2XX = ::dosvc::hresult(0x80D0201Du);
inline constexpr HRESULT DO_E_NETWORK_ACCESS_CONSENT_NEEDED = ::dosvc::hresult(0x80D0201Eu);
inline constexpr HRESULT DO_E_DOWNLOAD_NO_URI = ::dosvc::hresult(0x80D02200u);
inline constexpr HRESULT DO_E_DOWNLOAD_NO_CONTENT_ID = ::dosvc::hresult(0x80D02201u);
inline constexpr HRESULT DO_E_INVALID_CONTENT_ID = ::dosvc::hresult(0x80D02202u);
inline constexpr HRESULT DO_E_DOWNLOAD_RANGES_UNEXPECTED = ::dosvc::hresult(0x80D02203u);
inline constexpr HRESULT DO_E_DOWNLOAD_RANGES_EXPECTED = ::dosvc::hresult(0x80D02204u);
inline constexpr HRESULT DO_E_NO_DOWNLOAD_PARTICIPATION = ::dosvc::hresult(0x80D03001u);
inline constexpr HRESULT DO_E_NO_DOWNLOAD_EXTSETTINGS = ::dosvc::hresult(0x80D03002u);  // settings forbid the download
inline constexpr HRESULT DO_E_BLOCKED_BY_COST_TRANSFER_POLICY =
    ::dosvc::hresult(0x80D03801u);  // from here to 380D: transient
inline constexpr HRESULT DO_E_DOWNLOADMODE_SET_BY_CP = ::dosvc::hresult(0x80D03802u);
inline constexpr HRESULT DO_E_BLOCKED_BY_CELLULAR_POLICY = ::dosvc::hresult(0x80D03803u);
inline constexpr HRESULT DO_E_BLOCKED_BY_POWER_STATE = ::dosvc::hresult(0x80D03804u);
inline constexpr HRESULT DO_E_BLOCKED_BY_NO_NETWORK = ::dosvc::hresult(0x80D03805u);
inline constexpr HRESULT DO_E_DOWNLOADMODE_SET_BY_POLICY = ::dosvc::hresult(0x80D03806u);
inline constexpr HRESULT DO_E_BLOCKED_BY_VPN_POLICY = ::dosvc::hresult(0x80D03807u);
inline constexpr HRESULT DO_E_BLOCKED_BY_CRITICAL_MEMORY_USAGE = ::dosvc::hresult(0x80D03808u);
inline constexpr HRESULT DO_E_DOWNLOADMODE_SET_BY_CACHE_ABSENCE = ::dosvc::hresult(0x80D03809u);
inline constexpr HRESULT DO_E_CLOUD_SERVICES_UNREACHABLE = ::dosvc::hresult(0x80D0380Au);
inline constexpr HRESULT DO_E_DOWNLOADMODE_SET_FOR_UNREG_CALLER = ::dosvc::hresult(0x80D0380Bu);
inline constexpr HRESULT DO_E_DOWNLOADMODE_SET_FOR_SIMPLE_RANGES = ::dosvc::hresult(0x80D0380Cu);
inline constexpr HRESULT DO_E_UNEXPECTED_HTTP_STATUS_2XX = ::dosvc::hresult(0x80D0380Du);
inline constexpr HRESULT DO_E_HTTP_BLOCKSIZE_MISMATCH =
    ::dosvc::hresult(0x80D05001u);  // body size differs from the asked size
inline constexpr HRESULT DO_E_HTTP_CERT_VALIDATION = ::dosvc::hresult(0x80D05002u);
inline constexpr HRESULT DO_E_INVALID_RANGE = ::dosvc::hresult(0x80D05010u);
inline constexpr HRESULT DO_E_INSUFFICIENT_RANGE_SUPPORT = ::dosvc::hresult(0x80D05011u);
inline constexpr HRESULT DO_E_OVERLAPPING_RANGES = ::dosvc::hresult(0x80D05012u);
inline constexpr HRESULT DO_E_UPLOADING_BAD_PIECES = ::dosvc::hresult(0x80D06800u);
inline constexpr HRESULT DO_E_FATAL_CORE_ERROR = ::dosvc::hresult(0x80D06802u);
inline constexpr HRESULT DO_E_SERVICES_RESPONSE_EMPTY = ::dosvc::hresult(0x80D06803u);
inline constexpr HRESULT DO_E_BAD_INCOMING_DATA = ::dosvc::hresult(0x80D06804u);
inline constexpr HRESULT DO_E_BAD_PIECE_HASH = ::dosvc::hresult(0x80D06805u);
inline constexpr HRESULT DO_E_BAD_PIECE_HASH_NO_BAN = ::dosvc::hresult(0x80D06806u);
inline constexpr HRESULT DO_E_ALREADY_HAVE_PIECE = ::dosvc::hresult(0x80D06807u);
inline constexpr HRESULT DO_E_MISSING_PIECE = ::dosvc::hresult(0x80D06808u);
inline constexpr HRESULT DO_E_METAINFO_CONTENT = ::dosvc::hresult(0x80D06809u);
inline constexpr HRESULT DO_E_METAINFO_VERSION = ::dosvc::hresult(0x80D0680Au);
inline constexpr HRESULT DO_E_SWARM_NOT_RUNNING = ::dosvc::hresult(0x80D0680Bu);
inline constexpr HRESULT DO_E_UNRECOGNIZED_CONN = ::dosvc::hresult(0x80D0680Cu);
inline constexpr HRESULT DO_E_PEER_BANNED = ::dosvc::hresult(0x80D0680Du);
inline constexpr HRESULT DO_E_CONNECT_TO_SELF = ::dosvc::hresult(0x80D0680Eu);
inline constexpr HRESULT DO_E_ALREADY_CONNECTED = ::dosvc::hresult(0x80D0680Fu);
inline constexpr HRESULT DO_E_NO_MORE_CONNECTIONS = ::dosvc::hresult(0x80D06810u);
inline constexpr HRESULT DO_E_LOST_CONNECTION = ::dosvc::hresult(0x80D06811u);
inline constexpr HRESULT DO_E_UNRECOGNIZED_SWARM = ::dosvc::hresult(0x80D06812u);
inline constexpr HRESULT DO_E_INVALID_HANDSHAKE_LEN = ::dosvc::hresult(0x80D06813u);
inline constexpr HRESULT DO_E_SOCKET_CLOSED = ::dosvc::hresult(0x80D06814u);
inline constexpr HRESULT DO_E_PEER_MSG_TOO_LONG = ::dosvc::hresult(0x80D06815u);
inline constexpr HRESULT DO_E_INVALID_PEER_MSG = ::dosvc::hresult(0x80D06816u);
inline constexpr HRESULT DO_E_PEER_IS_UPLOAD = ::dosvc::hresult(0x80D06817u);
inline constexpr HRESULT DO_E_PIN_FAIL_NO_PEERING = ::dosvc::hresult(0x80D06818u);
inline constexpr HRESULT DO_E_DELETE_PINNED_SWARM = ::dosvc::hresult(0x80D06819u);
inline constexpr HRESULT DO_E_METAINFO_DIGEST_MATCH = ::dosvc::hresult(0x80D0681Au);
inline constexpr HRESULT DO_E_METAINFO_HOH_MATCH = ::dosvc::hresult(0x80D0681Bu);
inline constexpr HRESULT DO_E_METAINFO_HOH_FINAL_MATCH = ::dosvc::hresult(0x80D0681Cu);
inline constexpr HRESULT DO_E_METAINFO_CONTENT_LENGTH = ::dosvc::hresult(0x80D0681Du);
inline constexpr HRESULT DO_E_METAINFO_PIECE_SIZE = ::dosvc::hresult(0x80D0681Eu);
inline constexpr HRESULT DO_E_METAINFO_PARSE_HOH = ::dosvc::hresult(0x80D0681Fu);
inline constexpr HRESULT DO_E_METAINFO_PARSE_PIECEHASHES = ::dosvc::hresult(0x80D06820u);
inline constexpr HRESULT DO_E_METAINFO_PARSE_ONE_PIECEHASH = ::dosvc::hresult(0x80D06821u);
inline constexpr HRESULT DO_E_METAINFO_FILE_SIZE = ::dosvc::hresult(0x80D06822u);
inline constexpr HRESULT DO_E_EMPTY = DO_E_JOB_EMPTY;          // the Resume page's name
inline constexpr HRESULT DO_E_NOT_FOUND = DO_E_JOB_NOT_FOUND;  // the GetJob page's name

// A Delivery Optimization code is transient when (code & mask) == zone.
inline constexpr std::uint32_t DO_TRANSIENT_ZONE = 0x3800;
inline constexpr std::uint32_t DO_TRANSIENT_ZONE_MASK = 0xF800;
inline constexpr std::uint32_t DO_ZONE_MASK = 0xF000;
