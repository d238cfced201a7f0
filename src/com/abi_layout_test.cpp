#include <deliveryoptimization.h>

#include <cstddef>

// The layout of every structure on machines with 64-bit pointers. Nothing here runs: it compiles or it does not.

namespace {

#define SIZE(Type, bytes) static_assert(sizeof(Type) == (bytes), #Type)
#define AT(Type, member, bytes) static_assert(offsetof(Type, member) == (bytes), #Type "::" #member)

static_assert(sizeof(void*) == 8 && sizeof(WCHAR) == 4);
static_assert(std::is_same_v<HRESULT, std::int32_t> && std::is_same_v<BOOL, std::int32_t>);
SIZE(LONG, 4);
SIZE(ULONG, 4);
SIZE(DWORD, 4);
SIZE(UINT64, 8);
SIZE(ULONG64, 8);
SIZE(BYTE, 1);
SIZE(VARIANT_BOOL, 2);

SIZE(GUID, 16);
AT(GUID, Data2, 4);
AT(GUID, Data3, 6);
AT(GUID, Data4, 8);

SIZE(FILETIME, 8);
AT(FILETIME, dwHighDateTime, 4);

SIZE(VARIANT, 24);
AT(VARIANT, boolVal, 8);
AT(VARIANT, bstrVal, 8);
SIZE(SAFEARRAY, 32);
AT(SAFEARRAY, pvData, 16);
AT(SAFEARRAY, rgsabound, 24);

SIZE(BG_FILE_PROGRESS, 24);
AT(BG_FILE_PROGRESS, BytesTransferred, 8);
AT(BG_FILE_PROGRESS, Completed, 16);
SIZE(BG_FILE_INFO, 16);
AT(BG_FILE_INFO, LocalName, 8);
SIZE(BG_FILE_RANGE, 16);
AT(BG_FILE_RANGE, Length, 8);
SIZE(BG_JOB_PROGRESS, 24);
AT(BG_JOB_PROGRESS, BytesTransferred, 8);
AT(BG_JOB_PROGRESS, FilesTotal, 16);
AT(BG_JOB_PROGRESS, FilesTransferred, 20);
SIZE(BG_JOB_REPLY_PROGRESS, 16);
AT(BG_JOB_REPLY_PROGRESS, BytesTransferred, 8);
SIZE(BG_JOB_TIMES, 24);
AT(BG_JOB_TIMES, ModificationTime, 8);
AT(BG_JOB_TIMES, TransferCompletionTime, 16);
SIZE(BG_BASIC_CREDENTIALS, 16);
AT(BG_BASIC_CREDENTIALS, Password, 8);
SIZE(BG_AUTH_CREDENTIALS, 24);
AT(BG_AUTH_CREDENTIALS, Scheme, 4);
AT(BG_AUTH_CREDENTIALS, Credentials, 8);
SIZE(BITS_JOB_PROPERTY_VALUE, 16);
AT(BITS_JOB_PROPERTY_VALUE, Uint64, 0);
SIZE(BITS_FILE_PROPERTY_VALUE, 8);

SIZE(DO_DOWNLOAD_RANGE, 16);
AT(DO_DOWNLOAD_RANGE, Length, 8);
SIZE(DO_DOWNLOAD_RANGES_INFO, 24);
AT(DO_DOWNLOAD_RANGES_INFO, Ranges, 8);
SIZE(DO_DOWNLOAD_STATUS, 32);
AT(DO_DOWNLOAD_STATUS, BytesTransferred, 8);
AT(DO_DOWNLOAD_STATUS, State, 16);
AT(DO_DOWNLOAD_STATUS, Error, 20);
AT(DO_DOWNLOAD_STATUS, ExtendedError, 24);
SIZE(DO_DOWNLOAD_ENUM_CATEGORY, 16);
AT(DO_DOWNLOAD_ENUM_CATEGORY, Value, 8);

SIZE(LARGE_INTEGER, 8);
AT(LARGE_INTEGER, u.HighPart, 4);
SIZE(ULARGE_INTEGER, 8);
AT(ULARGE_INTEGER, u.HighPart, 4);
SIZE(STATSTG, 80);
AT(STATSTG, type, 8);
AT(STATSTG, cbSize, 16);
AT(STATSTG, mtime, 24);
AT(STATSTG, ctime, 32);
AT(STATSTG, atime, 40);
AT(STATSTG, grfMode, 48);
AT(STATSTG, grfLocksSupported, 52);
AT(STATSTG, clsid, 56);
AT(STATSTG, grfStateBits, 72);
AT(STATSTG, reserved, 76);

SIZE(DOSwarmStats, 136);
AT(DOSwarmStats, sourceURL, 8);
AT(DOSwarmStats, fileSize, 16);
AT(DOSwarmStats, totalBytesDownloaded, 24);
AT(DOSwarmStats, bytesFromLanPeers, 32);
AT(DOSwarmStats, bytesFromGroupPeers, 40);
AT(DOSwarmStats, bytesFromInternetPeers, 48);
AT(DOSwarmStats, bytesFromHttp, 56);
AT(DOSwarmStats, bytesFromDoinc, 64);
AT(DOSwarmStats, bytesToLanPeers, 72);
AT(DOSwarmStats, bytesToGroupPeers, 80);
AT(DOSwarmStats, bytesToInternetPeers, 88);
AT(DOSwarmStats, httpConnectionCount, 96);
AT(DOSwarmStats, doincConnectionCount, 100);
AT(DOSwarmStats, lanConnectionCount, 104);
AT(DOSwarmStats, groupConnectionCount, 108);
AT(DOSwarmStats, internetConnectionCount, 112);
AT(DOSwarmStats, downloadDuration, 116);
AT(DOSwarmStats, downloadMode, 120);
AT(DOSwarmStats, status, 124);
AT(DOSwarmStats, isBackground, 128);

}  // namespace
