#pragma once

// Enumerations, structures and constants of Delivery Optimization. Numbers, layouts and names are those of Windows;
// each type's reference page has its name. Sizes are in bytes.

#include <dosvc/bits_types.h>

// Where a file's bytes may come from. ("DownloadMode enumeration")
enum DownloadMode : LONG {
  DownloadMode_CdnOnly = 0,  // the origin alone
  DownloadMode_Lan = 1,
  DownloadMode_Group = 2,
  DownloadMode_Internet = 3,
  DownloadMode_Simple = 99,
  DownloadMode_Bypass = 100,
};

enum SwarmStatus : LONG {
  SwarmStatus_Downloading = 0,
  SwarmStatus_Complete = 1,
  SwarmStatus_Caching = 2,
  SwarmStatus_Paused = 3,
};

// Of IDeliveryOptimizationFile2; the type of the VARIANT in brackets.
enum DOFilePropertyId : LONG {
  DOFilePropertyId_DecryptionInfo = 0,            // JSON, write-only [VT_BSTR]
  DOFilePropertyId_IntegrityCheckInfo = 1,        // JSON that names the file of piece hashes, write-only [VT_BSTR]
  DOFilePropertyId_IntegrityCheckMandatory = 2,   // TRUE: an error when the check fails [VT_BOOL]
  DOFilePropertyId_DownloadSinkInterface = 3,     // not described by its page
  DOFilePropertyId_DownloadSinkFilePath = 4,      // full path of the local file [VT_BSTR]
  DOFilePropertyId_DownloadSinkMemoryStream = 5,  // withdrawn
  DOFilePropertyId_TotalSizeBytes = 6,            // [VT_UI8]
};

// Of IDeliveryOptimizationJob2. The pages give no number; it is the first and only one.
enum DOJobPropertyId : LONG {
  DOJobPropertyId_ExtendedErrorInfo = 0,  // read-only [VT_BSTR]
};

enum DODownloadState : LONG {
  DODownloadState_Created = 0,
  DODownloadState_Transferring = 1,
  DODownloadState_Transferred = 2,  // all that Start asked for is there
  DODownloadState_Finalized = 3,
  DODownloadState_Aborted = 4,
  DODownloadState_Paused = 5,  // by the caller, or by an error: see DO_DOWNLOAD_STATUS
};

// When a download is held back for the network's cost.
enum DODownloadCostPolicy : LONG {
  DODownloadCostPolicy_Always = 0,        // never
  DODownloadCostPolicy_Unrestricted = 1,  // on any metered network
  DODownloadCostPolicy_Standard = 2,      // near or over the data limit, or when surcharges apply
  DODownloadCostPolicy_NoRoaming = 3,
  DODownloadCostPolicy_NoSurcharge = 4,  // over the limit, or when surcharges apply
  DODownloadCostPolicy_NoCellular = 5,   // better: DODownloadProperty_DisallowOnCellular
};

// Type of the VARIANT in brackets; R: read-only, W: write-only.
enum DODownloadProperty : LONG {
  DODownloadProperty_Id = 0,                                   // R [VT_BSTR]
  DODownloadProperty_Uri = 1,                                  // this or ContentId is needed [VT_BSTR]
  DODownloadProperty_ContentId = 2,                            // peers share by it [VT_BSTR]
  DODownloadProperty_DisplayName = 3,                          // [VT_BSTR]
  DODownloadProperty_LocalPath = 4,                            // this or StreamInterface is needed [VT_BSTR]
  DODownloadProperty_HttpCustomHeaders = 5,                    // "Name: value" on each line [VT_BSTR]
  DODownloadProperty_CostPolicy = 6,                           // DODownloadCostPolicy [VT_UI4]
  DODownloadProperty_SecurityFlags = 7,                        // the flags below; W [VT_UI4]
  DODownloadProperty_CallbackFreqPercent = 8,                  // 0, the default: not by percent [VT_UI4]
  DODownloadProperty_CallbackFreqSeconds = 9,                  // 1 is the default; 0: not by time [VT_UI4]
  DODownloadProperty_NoProgressTimeoutSeconds = 10,            // 60 or more, or 0 for the default [VT_UI4]
  DODownloadProperty_ForegroundPriority = 11,                  // [VT_BOOL]
  DODownloadProperty_BlockingMode = 12,                        // Start returns when all is done [VT_BOOL]
  DODownloadProperty_CallbackInterface = 13,                   // IDODownloadStatusCallback [VT_UNKNOWN]
  DODownloadProperty_StreamInterface = 14,                     // ISequentialStream, for LocalPath [VT_UNKNOWN]
  DODownloadProperty_SecurityContext = 15,                     // client certificate; W [VT_ARRAY | VT_UI1]
  DODownloadProperty_NetworkToken = 16,                        // of no effect here; W [VT_BOOL]
  DODownloadProperty_CorrelationVector = 17,                   // sent as MS-CV [VT_BSTR]
  DODownloadProperty_DecryptionInfo = 18,                      // not supported; W [VT_BSTR]
  DODownloadProperty_IntegrityCheckInfo = 19,                  // JSON; W [VT_BSTR]
  DODownloadProperty_IntegrityCheckMandatory = 20,             // [VT_BOOL]
  DODownloadProperty_TotalSizeBytes = 21,                      // [VT_UI8]
  DODownloadProperty_DisallowOnCellular = 22,                  // [VT_BOOL]
  DODownloadProperty_HttpCustomAuthHeaders = 23,               // over TLS, when the server asks [VT_BSTR]
  DODownloadProperty_HttpAllowSecureToNonSecureRedirect = 24,  // [VT_BOOL]
  DODownloadProperty_NonVolatile = 25,                         // survives a restart [VT_BOOL]
  DODownloadProperty_HttpRedirectionTarget = 26,               // R [VT_BSTR]
  DODownloadProperty_HttpResponseHeaders = 27,                 // R [VT_BSTR]
  DODownloadProperty_HttpServerIPAddress = 28,                 // R [VT_BSTR]
  DODownloadProperty_HttpStatusCode = 29,                      // R [VT_UI4]
};

// Of IDODownloadInternal, withdrawn: its id and order of methods were never published, so it is not declared.
enum DODownloadPropertyEx : LONG {
  DODownloadPropertyEx_UpdateId = 0,
  DODownloadPropertyEx_CorrelationVector = 1,
  DODownloadPropertyEx_DecryptionInfo = 2,
  DODownloadPropertyEx_IntegrityCheckInfo = 3,
  DODownloadPropertyEx_IntegrityCheckMandatory = 4,
  DODownloadPropertyEx_TotalSizeBytes = 5,
  DODownloadPropertyEx_TempLocalFileUsage = 6,
};

struct DO_DOWNLOAD_RANGE {
  UINT64 Offset;
  UINT64 Length;  // not 0; or DO_LENGTH_TO_EOF
};

// `Ranges` goes on for RangeCount elements; allocate as many as are needed.
struct DO_DOWNLOAD_RANGES_INFO {
  UINT RangeCount;
  DO_DOWNLOAD_RANGE Ranges[1];
};

// Error is the code of an error that ended the download (state Paused). Paused with Error 0 and ExtendedError set is
// a transient error, tried again by itself; both 0: paused by the caller.
struct DO_DOWNLOAD_STATUS {
  UINT64 BytesTotal;
  UINT64 BytesTransferred;
  DODownloadState State;
  HRESULT Error;
  HRESULT ExtendedError;
};

// Which downloads EnumDownloads gives: those whose property has this value. Id, Uri, ContentId, DisplayName and
// LocalPath can be asked for.
struct DO_DOWNLOAD_ENUM_CATEGORY {
  DODownloadProperty Property;
  LPCWSTR Value;
};

// Where a file's bytes came from and went to. The strings are freed by the caller with CoTaskMemFree.
struct DOSwarmStats {
  LPWSTR fileId;  // as given to AddFileWithRanges
  LPWSTR sourceURL;
  UINT64 fileSize;
  UINT64 totalBytesDownloaded;
  UINT64 bytesFromLanPeers;
  UINT64 bytesFromGroupPeers;
  UINT64 bytesFromInternetPeers;
  UINT64 bytesFromHttp;
  UINT64 bytesFromDoinc;  // from a cache server in the network
  UINT64 bytesToLanPeers;
  UINT64 bytesToGroupPeers;
  UINT64 bytesToInternetPeers;
  UINT httpConnectionCount;
  UINT doincConnectionCount;
  UINT lanConnectionCount;
  UINT groupConnectionCount;
  UINT internetConnectionCount;
  UINT downloadDuration;  // milliseconds
  DownloadMode downloadMode;
  SwarmStatus status;
  BOOL isBackground;
};

inline constexpr UINT64 DO_LENGTH_TO_EOF = ~UINT64{0};
inline constexpr UINT64 DO_UNKNOWN_FILE_SIZE = ~UINT64{0};  // the pages give no number

// DODownloadProperty_SecurityFlags, with the names of WinHTTP. Revocation checks switch the others off.
inline constexpr DWORD WINHTTP_ENABLE_SSL_REVOCATION = 0x1;
inline constexpr DWORD SECURITY_FLAG_IGNORE_UNKNOWN_CA = 0x100;
inline constexpr DWORD SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE = 0x200;
inline constexpr DWORD SECURITY_FLAG_IGNORE_CERT_CN_INVALID = 0x1000;
inline constexpr DWORD SECURITY_FLAG_IGNORE_CERT_DATE_INVALID = 0x2000;
