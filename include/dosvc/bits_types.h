#pragma once

// Enumerations, structures and constants of background transfer. Numbers, layouts and names are those of Windows;
// each type's reference page has its name. Sizes are in bytes and times in UTC.

#include <dosvc/com.h>

enum BG_JOB_TYPE : LONG {
  BG_JOB_TYPE_DOWNLOAD = 0,
  BG_JOB_TYPE_UPLOAD = 1,
  BG_JOB_TYPE_UPLOAD_REPLY = 2,
};

// Foreground jobs compete with the user's own traffic; the others take what the link leaves over.
enum BG_JOB_PRIORITY : LONG {
  BG_JOB_PRIORITY_FOREGROUND = 0,
  BG_JOB_PRIORITY_HIGH = 1,
  BG_JOB_PRIORITY_NORMAL = 2,
  BG_JOB_PRIORITY_LOW = 3,
};

enum BG_JOB_STATE : LONG {
  BG_JOB_STATE_QUEUED = 0,           // waits its turn
  BG_JOB_STATE_CONNECTING = 1,       // never seen through CLSID_DeliveryOptimization
  BG_JOB_STATE_TRANSFERRING = 2,     // bytes move
  BG_JOB_STATE_SUSPENDED = 3,        // new, or stopped by Suspend
  BG_JOB_STATE_ERROR = 4,            // goes on only after Resume
  BG_JOB_STATE_TRANSIENT_ERROR = 5,  // is tried again by itself
  BG_JOB_STATE_TRANSFERRED = 6,      // waits for Complete or Cancel
  BG_JOB_STATE_ACKNOWLEDGED = 7,     // final, after Complete
  BG_JOB_STATE_CANCELLED = 8,        // final, after Cancel
};

// Where an error arose.
enum BG_ERROR_CONTEXT : LONG {
  BG_ERROR_CONTEXT_NONE = 0,
  BG_ERROR_CONTEXT_UNKNOWN = 1,
  BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER = 2,
  BG_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION = 3,
  BG_ERROR_CONTEXT_LOCAL_FILE = 4,
  BG_ERROR_CONTEXT_REMOTE_FILE = 5,
  BG_ERROR_CONTEXT_GENERAL_TRANSPORT = 6,
  BG_ERROR_CONTEXT_REMOTE_APPLICATION = 7,
  BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK = 8,
};

enum BG_JOB_PROXY_USAGE : LONG {
  BG_JOB_PROXY_USAGE_PRECONFIG = 0,
  BG_JOB_PROXY_USAGE_NO_PROXY = 1,
  BG_JOB_PROXY_USAGE_OVERRIDE = 2,
  BG_JOB_PROXY_USAGE_AUTODETECT = 3,
};

enum BG_AUTH_TARGET : LONG {
  BG_AUTH_TARGET_SERVER = 1,
  BG_AUTH_TARGET_PROXY = 2,
};

enum BG_AUTH_SCHEME : LONG {
  BG_AUTH_SCHEME_BASIC = 1,
  BG_AUTH_SCHEME_DIGEST = 2,
  BG_AUTH_SCHEME_NTLM = 3,
  BG_AUTH_SCHEME_NEGOTIATE = 4,
  BG_AUTH_SCHEME_PASSPORT = 5,
};

enum BG_CERT_STORE_LOCATION : LONG {
  BG_CERT_STORE_LOCATION_CURRENT_USER = 0,
  BG_CERT_STORE_LOCATION_LOCAL_MACHINE = 1,
  BG_CERT_STORE_LOCATION_CURRENT_SERVICE = 2,
  BG_CERT_STORE_LOCATION_SERVICES = 3,
  BG_CERT_STORE_LOCATION_USERS = 4,
  BG_CERT_STORE_LOCATION_CURRENT_USER_GROUP_POLICY = 5,
  BG_CERT_STORE_LOCATION_LOCAL_MACHINE_GROUP_POLICY = 6,
  BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE = 7,
};

// In brackets the member of BITS_JOB_PROPERTY_VALUE that the id goes with. 6 and 8 have no public name (Dword).
enum BITS_JOB_PROPERTY_ID : LONG {
  BITS_JOB_PROPERTY_ID_COST_FLAGS = 1,                     // BITS_JOB_TRANSFER_POLICY or BITS_COST_* bits [Dword]
  BITS_JOB_PROPERTY_NOTIFICATION_CLSID = 2,                // kept; no class is started [ClsID]
  BITS_JOB_PROPERTY_DYNAMIC_CONTENT = 3,                   // [Enable]
  BITS_JOB_PROPERTY_HIGH_PERFORMANCE = 4,                  // several files at a time [Enable]
  BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE = 5,                 // bytes, from 1 up [Uint64]
  BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS = 7,            // BG_AUTH_TARGET_PROXY only [Target]
  BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS = 9,  // [Dword]
  BITS_JOB_PROPERTY_ON_DEMAND_MODE = 10,                   // [Enable]
};

enum BITS_FILE_PROPERTY_ID : LONG {
  BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS = 1,  // all headers of the last response [String]
};

// Ready-made sets of BITS_COST_* bits: in which states of the network's cost a job may transfer.
enum BITS_JOB_TRANSFER_POLICY : DWORD {
  BITS_JOB_TRANSFER_POLICY_ALWAYS = 0x800000FF,
  BITS_JOB_TRANSFER_POLICY_NOT_ROAMING = 0x8000007F,
  BITS_JOB_TRANSFER_POLICY_NO_SURCHARGE = 0x8000006F,
  BITS_JOB_TRANSFER_POLICY_STANDARD = 0x80000067,
  BITS_JOB_TRANSFER_POLICY_UNRESTRICTED = 0x80000021,
};

struct BG_FILE_PROGRESS {
  UINT64 BytesTotal;  // BG_SIZE_UNKNOWN until the server has told
  UINT64 BytesTransferred;
  BOOL Completed;  // TRUE only after Complete: the file has its name
};

struct BG_FILE_INFO {
  LPWSTR RemoteName;
  LPWSTR LocalName;
};

struct BG_FILE_RANGE {
  UINT64 InitialOffset;
  UINT64 Length;  // or BG_LENGTH_TO_EOF
};

struct BG_JOB_PROGRESS {
  UINT64 BytesTotal;  // BG_SIZE_UNKNOWN until all sizes are known
  UINT64 BytesTransferred;
  ULONG FilesTotal;
  ULONG FilesTransferred;
};

struct BG_JOB_REPLY_PROGRESS {
  UINT64 BytesTotal;
  UINT64 BytesTransferred;
};

struct BG_JOB_TIMES {
  FILETIME CreationTime;
  FILETIME ModificationTime;
  FILETIME TransferCompletionTime;  // zero until TRANSFERRED
};

struct BG_BASIC_CREDENTIALS {
  LPWSTR UserName;
  LPWSTR Password;
};

union BG_AUTH_CREDENTIALS_UNION {
  BG_BASIC_CREDENTIALS Basic;
};

struct BG_AUTH_CREDENTIALS {
  BG_AUTH_TARGET Target;
  BG_AUTH_SCHEME Scheme;
  BG_AUTH_CREDENTIALS_UNION Credentials;
};

union BITS_JOB_PROPERTY_VALUE {
  DWORD Dword;
  GUID ClsID;
  BOOL Enable;
  UINT64 Uint64;
  BG_AUTH_TARGET Target;
};

union BITS_FILE_PROPERTY_VALUE {
  LPWSTR String;  // freed by the caller with CoTaskMemFree
};

inline constexpr UINT64 BG_SIZE_UNKNOWN = ~UINT64{0};
inline constexpr UINT64 BG_LENGTH_TO_EOF = ~UINT64{0};

// EnumJobs: the jobs of all users.
inline constexpr DWORD BG_JOB_ENUM_ALL_USERS = 0x0001;

// SetNotifyFlags.
inline constexpr ULONG BG_NOTIFY_JOB_TRANSFERRED = 0x0001;
inline constexpr ULONG BG_NOTIFY_JOB_ERROR = 0x0002;
inline constexpr ULONG BG_NOTIFY_DISABLE = 0x0004;  // none of the others counts
inline constexpr ULONG BG_NOTIFY_JOB_MODIFICATION = 0x0008;
inline constexpr ULONG BG_NOTIFY_FILE_TRANSFERRED = 0x0010;
inline constexpr ULONG BG_NOTIFY_FILE_RANGES_TRANSFERRED = 0x0020;

// SetFileACLFlags.
inline constexpr DWORD BG_COPY_FILE_OWNER = 1;
inline constexpr DWORD BG_COPY_FILE_GROUP = 2;
inline constexpr DWORD BG_COPY_FILE_DACL = 4;
inline constexpr DWORD BG_COPY_FILE_SACL = 8;
inline constexpr DWORD BG_COPY_FILE_ALL = 15;

// SetPeerCachingFlags.
inline constexpr DWORD BG_JOB_ENABLE_PEERCACHING_CLIENT = 0x0001;
inline constexpr DWORD BG_JOB_ENABLE_PEERCACHING_SERVER = 0x0002;
inline constexpr DWORD BG_JOB_DISABLE_BRANCH_CACHE = 0x0004;

// SetSecurityFlags: certificate checks, then what to do with redirects.
inline constexpr ULONG BG_SSL_ENABLE_CRL_CHECK = 0x0001;
inline constexpr ULONG BG_SSL_IGNORE_CERT_CN_INVALID = 0x0002;
inline constexpr ULONG BG_SSL_IGNORE_CERT_DATE_INVALID = 0x0004;
inline constexpr ULONG BG_SSL_IGNORE_UNKNOWN_CA = 0x0008;
inline constexpr ULONG BG_SSL_IGNORE_CERT_WRONG_USAGE = 0x0010;
inline constexpr ULONG BG_HTTP_REDIRECT_POLICY_MASK = 0x0700;
inline constexpr ULONG BG_HTTP_REDIRECT_POLICY_ALLOW_SILENT = 0x0000;
inline constexpr ULONG BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT = 0x0100;  // the remote name becomes the final address
inline constexpr ULONG BG_HTTP_REDIRECT_POLICY_DISALLOW = 0x0200;      // an error; the remote name becomes the target
inline constexpr ULONG BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP = 0x0800;

// BITS_JOB_PROPERTY_ID_COST_FLAGS, bit by bit.
inline constexpr DWORD BITS_COST_STATE_UNRESTRICTED = 0x1;
inline constexpr DWORD BITS_COST_STATE_CAPPED_USAGE_UNKNOWN = 0x2;
inline constexpr DWORD BITS_COST_STATE_BELOW_CAP = 0x4;
inline constexpr DWORD BITS_COST_STATE_NEAR_CAP = 0x8;
inline constexpr DWORD BITS_COST_STATE_OVERCAP_CHARGED = 0x10;
inline constexpr DWORD BITS_COST_STATE_OVERCAP_THROTTLED = 0x20;
inline constexpr DWORD BITS_COST_STATE_USAGE_BASED = 0x40;
inline constexpr DWORD BITS_COST_STATE_ROAMING = 0x80;
inline constexpr DWORD BITS_COST_STATE_RESERVED = 0x40000000;
inline constexpr DWORD BITS_COST_OPTION_IGNORE_CONGESTION = 0x80000000;

// SetHelperTokenFlags.
using BG_TOKEN = DWORD;
inline constexpr BG_TOKEN BG_TOKEN_LOCAL_FILE = 0x0001;
inline constexpr BG_TOKEN BG_TOKEN_NETWORK = 0x0002;
