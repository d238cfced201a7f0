#include <deliveryoptimization.h>

#include <gtest/gtest.h>

#include <cstring>

// The binary contract of the interfaces: which slot of the vtable each method has, and with which arguments. The
// arguments are spelled in plain types, so that the published names for them are pinned as well.

namespace {

struct Slot {
  const char* method;
  std::size_t expected;
  std::size_t actual;
};

// The Itanium ABI keeps the byte offset into the vtable in the first word of a pointer to a virtual method; where code
// may have odd addresses bit 0 says "virtual", elsewhere it is clear.
template <class Method>
std::size_t slot_of(Method method) {
  static_assert(sizeof method == 2 * sizeof(std::uintptr_t));
  std::uintptr_t word = 0;
  std::memcpy(&word, &method, sizeof word);
  return (word & ~std::uintptr_t{1}) / sizeof(void*);
}

#define TYPED_SLOT(number, Return, Interface, Method, Arguments)                                 \
  [] {                                                                                           \
    static_assert(std::is_same_v<decltype(&Interface::Method), Return(Interface::*) Arguments>); \
    return Slot{#Interface "::" #Method, number, slot_of(&Interface::Method)};                   \
  }()
#define SLOT(number, Interface, Method, Arguments) TYPED_SLOT(number, std::int32_t, Interface, Method, Arguments)
#define SLOT_RETURNING_COUNT(number, Interface, Method, Arguments) \
  TYPED_SLOT(number, std::uint32_t, Interface, Method, Arguments)

TEST(PublicAbi, every_method_stands_in_its_slot) {
  const Slot slots[] = {
      SLOT(0, IUnknown, QueryInterface, (const GUID&, void**)),
      SLOT_RETURNING_COUNT(1, IUnknown, AddRef, ()),
      SLOT_RETURNING_COUNT(2, IUnknown, Release, ()),
      SLOT(3, IEnumUnknown, Next, (std::uint32_t, IUnknown**, std::uint32_t*)),
      SLOT(4, IEnumUnknown, Skip, (std::uint32_t)),
      SLOT(5, IEnumUnknown, Reset, ()),
      SLOT(6, IEnumUnknown, Clone, (IEnumUnknown**)),
      SLOT(3, IBackgroundCopyManager, CreateJob, (const wchar_t*, BG_JOB_TYPE, GUID*, IBackgroundCopyJob**)),
      SLOT(4, IBackgroundCopyManager, GetJob, (const GUID&, IBackgroundCopyJob**)),
      SLOT(5, IBackgroundCopyManager, EnumJobs, (std::uint32_t, IEnumBackgroundCopyJobs**)),
      SLOT(6, IBackgroundCopyManager, GetErrorDescription, (std::int32_t, std::uint32_t, wchar_t**)),
      SLOT(3, IBackgroundCopyJob, AddFileSet, (std::uint32_t, BG_FILE_INFO*)),
      SLOT(4, IBackgroundCopyJob, AddFile, (const wchar_t*, const wchar_t*)),
      SLOT(5, IBackgroundCopyJob, EnumFiles, (IEnumBackgroundCopyFiles**)),
      SLOT(6, IBackgroundCopyJob, Suspend, ()),
      SLOT(7, IBackgroundCopyJob, Resume, ()),
      SLOT(8, IBackgroundCopyJob, Cancel, ()),
      SLOT(9, IBackgroundCopyJob, Complete, ()),
      SLOT(10, IBackgroundCopyJob, GetId, (GUID*)),
      SLOT(11, IBackgroundCopyJob, GetType, (BG_JOB_TYPE*)),
      SLOT(12, IBackgroundCopyJob, GetProgress, (BG_JOB_PROGRESS*)),
      SLOT(13, IBackgroundCopyJob, GetTimes, (BG_JOB_TIMES*)),
      SLOT(14, IBackgroundCopyJob, GetState, (BG_JOB_STATE*)),
      SLOT(15, IBackgroundCopyJob, GetError, (IBackgroundCopyError**)),
      SLOT(16, IBackgroundCopyJob, GetOwner, (wchar_t**)),
      SLOT(17, IBackgroundCopyJob, SetDisplayName, (const wchar_t*)),
      SLOT(18, IBackgroundCopyJob, GetDisplayName, (wchar_t**)),
      SLOT(19, IBackgroundCopyJob, SetDescription, (const wchar_t*)),
      SLOT(20, IBackgroundCopyJob, GetDescription, (wchar_t**)),
      SLOT(21, IBackgroundCopyJob, SetPriority, (BG_JOB_PRIORITY)),
      SLOT(22, IBackgroundCopyJob, GetPriority, (BG_JOB_PRIORITY*)),
      SLOT(23, IBackgroundCopyJob, SetNotifyFlags, (std::uint32_t)),
      SLOT(24, IBackgroundCopyJob, GetNotifyFlags, (std::uint32_t*)),
      SLOT(25, IBackgroundCopyJob, SetNotifyInterface, (IUnknown*)),
      SLOT(26, IBackgroundCopyJob, GetNotifyInterface, (IUnknown**)),
      SLOT(27, IBackgroundCopyJob, SetMinimumRetryDelay, (std::uint32_t)),
      SLOT(28, IBackgroundCopyJob, GetMinimumRetryDelay, (std::uint32_t*)),
      SLOT(29, IBackgroundCopyJob, SetNoProgressTimeout, (std::uint32_t)),
      SLOT(30, IBackgroundCopyJob, GetNoProgressTimeout, (std::uint32_t*)),
      SLOT(31, IBackgroundCopyJob, GetErrorCount, (std::uint32_t*)),
      SLOT(32, IBackgroundCopyJob, SetProxySettings, (BG_JOB_PROXY_USAGE, const wchar_t*, const wchar_t*)),
      SLOT(33, IBackgroundCopyJob, GetProxySettings, (BG_JOB_PROXY_USAGE*, wchar_t**, wchar_t**)),
      SLOT(34, IBackgroundCopyJob, TakeOwnership, ()),
      SLOT(35, IBackgroundCopyJob2, SetNotifyCmdLine, (const wchar_t*, const wchar_t*)),
      SLOT(36, IBackgroundCopyJob2, GetNotifyCmdLine, (wchar_t**, wchar_t**)),
      SLOT(37, IBackgroundCopyJob2, GetReplyProgress, (BG_JOB_REPLY_PROGRESS*)),
      SLOT(38, IBackgroundCopyJob2, GetReplyData, (std::uint8_t**, std::uint64_t*)),
      SLOT(39, IBackgroundCopyJob2, SetReplyFileName, (const wchar_t*)),
      SLOT(40, IBackgroundCopyJob2, GetReplyFileName, (wchar_t**)),
      SLOT(41, IBackgroundCopyJob2, SetCredentials, (BG_AUTH_CREDENTIALS*)),
      SLOT(42, IBackgroundCopyJob2, RemoveCredentials, (BG_AUTH_TARGET, BG_AUTH_SCHEME)),
      SLOT(43, IBackgroundCopyJob3, ReplaceRemotePrefix, (const wchar_t*, const wchar_t*)),
      SLOT(44, IBackgroundCopyJob3, AddFileWithRanges, (const wchar_t*, const wchar_t*, std::uint32_t, BG_FILE_RANGE*)),
      SLOT(45, IBackgroundCopyJob3, SetFileACLFlags, (std::uint32_t)),
      SLOT(46, IBackgroundCopyJob3, GetFileACLFlags, (std::uint32_t*)),
      SLOT(47, IBackgroundCopyJob4, SetPeerCachingFlags, (std::uint32_t)),
      SLOT(48, IBackgroundCopyJob4, GetPeerCachingFlags, (std::uint32_t*)),
      SLOT(49, IBackgroundCopyJob4, GetOwnerIntegrityLevel, (std::uint32_t*)),
      SLOT(50, IBackgroundCopyJob4, GetOwnerElevationState, (std::int32_t*)),
      SLOT(51, IBackgroundCopyJob4, SetMaximumDownloadTime, (std::uint32_t)),
      SLOT(52, IBackgroundCopyJob4, GetMaximumDownloadTime, (std::uint32_t*)),
      SLOT(53, IBackgroundCopyJob5, SetProperty, (BITS_JOB_PROPERTY_ID, BITS_JOB_PROPERTY_VALUE)),
      SLOT(54, IBackgroundCopyJob5, GetProperty, (BITS_JOB_PROPERTY_ID, BITS_JOB_PROPERTY_VALUE*)),
      SLOT(3, IEnumBackgroundCopyJobs, Next, (std::uint32_t, IBackgroundCopyJob**, std::uint32_t*)),
      SLOT(4, IEnumBackgroundCopyJobs, Skip, (std::uint32_t)),
      SLOT(5, IEnumBackgroundCopyJobs, Reset, ()),
      SLOT(6, IEnumBackgroundCopyJobs, Clone, (IEnumBackgroundCopyJobs**)),
      SLOT(7, IEnumBackgroundCopyJobs, GetCount, (std::uint32_t*)),
      SLOT(3, IBackgroundCopyFile, GetRemoteName, (wchar_t**)),
      SLOT(4, IBackgroundCopyFile, GetLocalName, (wchar_t**)),
      SLOT(5, IBackgroundCopyFile, GetProgress, (BG_FILE_PROGRESS*)),
      SLOT(6, IBackgroundCopyFile2, GetFileRanges, (std::uint32_t*, BG_FILE_RANGE**)),
      SLOT(7, IBackgroundCopyFile2, SetRemoteName, (const wchar_t*)),
      SLOT(8, IBackgroundCopyFile3, GetTemporaryName, (wchar_t**)),
      SLOT(9, IBackgroundCopyFile3, SetValidationState, (std::int32_t)),
      SLOT(10, IBackgroundCopyFile3, GetValidationState, (std::int32_t*)),
      SLOT(11, IBackgroundCopyFile3, IsDownloadedFromPeer, (std::int32_t*)),
      SLOT(12, IBackgroundCopyFile4, GetPeerDownloadStats, (std::uint64_t*, std::uint64_t*)),
      SLOT(13, IBackgroundCopyFile5, SetProperty, (BITS_FILE_PROPERTY_ID, BITS_FILE_PROPERTY_VALUE)),
      SLOT(14, IBackgroundCopyFile5, GetProperty, (BITS_FILE_PROPERTY_ID, BITS_FILE_PROPERTY_VALUE*)),
      SLOT(15, IBackgroundCopyFile6, UpdateDownloadPosition, (std::uint64_t)),
      SLOT(16, IBackgroundCopyFile6, RequestFileRanges, (std::uint32_t, const BG_FILE_RANGE*)),
      SLOT(17, IBackgroundCopyFile6, GetFilledFileRanges, (std::uint32_t*, BG_FILE_RANGE**)),
      SLOT(3, IEnumBackgroundCopyFiles, Next, (std::uint32_t, IBackgroundCopyFile**, std::uint32_t*)),
      SLOT(4, IEnumBackgroundCopyFiles, Skip, (std::uint32_t)),
      SLOT(5, IEnumBackgroundCopyFiles, Reset, ()),
      SLOT(6, IEnumBackgroundCopyFiles, Clone, (IEnumBackgroundCopyFiles**)),
      SLOT(7, IEnumBackgroundCopyFiles, GetCount, (std::uint32_t*)),
      SLOT(3, IBackgroundCopyError, GetError, (BG_ERROR_CONTEXT*, std::int32_t*)),
      SLOT(4, IBackgroundCopyError, GetFile, (IBackgroundCopyFile**)),
      SLOT(5, IBackgroundCopyError, GetErrorDescription, (std::uint32_t, wchar_t**)),
      SLOT(6, IBackgroundCopyError, GetErrorContextDescription, (std::uint32_t, wchar_t**)),
      SLOT(7, IBackgroundCopyError, GetProtocol, (wchar_t**)),
      SLOT(3, IBackgroundCopyCallback, JobTransferred, (IBackgroundCopyJob*)),
      SLOT(4, IBackgroundCopyCallback, JobError, (IBackgroundCopyJob*, IBackgroundCopyError*)),
      SLOT(5, IBackgroundCopyCallback, JobModification, (IBackgroundCopyJob*, std::uint32_t)),
      SLOT(6, IBackgroundCopyCallback2, FileTransferred, (IBackgroundCopyJob*, IBackgroundCopyFile*)),
      SLOT(7, IBackgroundCopyCallback3, FileRangesTransferred,
           (IBackgroundCopyJob*, IBackgroundCopyFile*, std::uint32_t, const BG_FILE_RANGE*)),
      SLOT(3, IBackgroundCopyServerCertificateValidationCallback, ValidateServerCertificate,
           (IBackgroundCopyJob*, IBackgroundCopyFile*, std::uint32_t, const std::uint8_t*, std::uint32_t, std::uint32_t,
            const std::uint8_t*)),
      SLOT(3, IBackgroundCopyJobHttpOptions, SetClientCertificateByID,
           (BG_CERT_STORE_LOCATION, const wchar_t*, std::uint8_t*)),
      SLOT(4, IBackgroundCopyJobHttpOptions, SetClientCertificateByName,
           (BG_CERT_STORE_LOCATION, const wchar_t*, const wchar_t*)),
      SLOT(5, IBackgroundCopyJobHttpOptions, RemoveClientCertificate, ()),
      SLOT(6, IBackgroundCopyJobHttpOptions, GetClientCertificate,
           (BG_CERT_STORE_LOCATION*, wchar_t**, std::uint8_t**, wchar_t**)),
      SLOT(7, IBackgroundCopyJobHttpOptions, SetCustomHeaders, (const wchar_t*)),
      SLOT(8, IBackgroundCopyJobHttpOptions, GetCustomHeaders, (wchar_t**)),
      SLOT(9, IBackgroundCopyJobHttpOptions, SetSecurityFlags, (std::uint32_t)),
      SLOT(10, IBackgroundCopyJobHttpOptions, GetSecurityFlags, (std::uint32_t*)),
      SLOT(11, IBackgroundCopyJobHttpOptions2, SetHttpMethod, (const wchar_t*)),
      SLOT(12, IBackgroundCopyJobHttpOptions2, GetHttpMethod, (wchar_t**)),
      SLOT(13, IBackgroundCopyJobHttpOptions3, SetServerCertificateValidationInterface, (IUnknown*)),
      SLOT(14, IBackgroundCopyJobHttpOptions3, MakeCustomHeadersWriteOnly, ()),
      SLOT(3, IBitsTokenOptions, SetHelperTokenFlags, (std::uint32_t)),
      SLOT(4, IBitsTokenOptions, GetHelperTokenFlags, (std::uint32_t*)),
      SLOT(5, IBitsTokenOptions, SetHelperToken, ()),
      SLOT(6, IBitsTokenOptions, ClearHelperToken, ()),
      SLOT(7, IBitsTokenOptions, GetHelperTokenSid, (wchar_t**)),
      SLOT(3, IDeliveryOptimizationJob, AddFileWithRanges,
           (const wchar_t*, const wchar_t*, const wchar_t*, std::uint32_t, BG_FILE_RANGE*, std::uint64_t)),
      SLOT(3, IDeliveryOptimizationJob2, AddFile,
           (const wchar_t*, const wchar_t*, std::uint32_t, BG_FILE_RANGE*, const GUID&, void**)),
      SLOT(4, IDeliveryOptimizationJob2, GetProperty, (DOJobPropertyId, VARIANT*)),
      SLOT(5, IDeliveryOptimizationJob2, SetProperty, (DOJobPropertyId, const VARIANT*)),
      SLOT(3, IDeliveryOptimizationFile, GetStats, (DOSwarmStats*)),
      SLOT(3, IDeliveryOptimizationFile2, GetProperty, (DOFilePropertyId, VARIANT*)),
      SLOT(4, IDeliveryOptimizationFile2, SetProperty, (DOFilePropertyId, const VARIANT*)),
      SLOT(3, IDODownload, Start, (const DO_DOWNLOAD_RANGES_INFO*)),
      SLOT(4, IDODownload, Pause, ()),
      SLOT(5, IDODownload, Abort, ()),
      SLOT(6, IDODownload, Finalize, ()),
      SLOT(7, IDODownload, GetStatus, (DO_DOWNLOAD_STATUS*)),
      SLOT(8, IDODownload, GetProperty, (DODownloadProperty, VARIANT*)),
      SLOT(9, IDODownload, SetProperty, (DODownloadProperty, const VARIANT*)),
      SLOT(3, IDODownloadStatusCallback, OnStatusChange, (IDODownload*, const DO_DOWNLOAD_STATUS*)),
      SLOT(3, IDOManager, CreateDownload, (IDODownload**)),
      SLOT(4, IDOManager, EnumDownloads, (const DO_DOWNLOAD_ENUM_CATEGORY*, IEnumUnknown**)),
      SLOT(3, ISequentialStream, Read, (void*, std::uint32_t, std::uint32_t*)),
      SLOT(4, ISequentialStream, Write, (const void*, std::uint32_t, std::uint32_t*)),
      SLOT(5, IStream, Seek, (LARGE_INTEGER, std::uint32_t, ULARGE_INTEGER*)),
      SLOT(6, IStream, SetSize, (ULARGE_INTEGER)),
      SLOT(7, IStream, CopyTo, (IStream*, ULARGE_INTEGER, ULARGE_INTEGER*, ULARGE_INTEGER*)),
      SLOT(8, IStream, Commit, (std::uint32_t)),
      SLOT(9, IStream, Revert, ()),
      SLOT(10, IStream, LockRegion, (ULARGE_INTEGER, ULARGE_INTEGER, std::uint32_t)),
      SLOT(11, IStream, UnlockRegion, (ULARGE_INTEGER, ULARGE_INTEGER, std::uint32_t)),
      SLOT(12, IStream, Stat, (STATSTG*, std::uint32_t)),
      SLOT(13, IStream, Clone, (IStream**)),
  };
  for (const Slot& slot : slots) EXPECT_EQ(slot.actual, slot.expected) << slot.method;
}

// The slot that a method added to the interface would get: nothing may come before it unnoticed.
template <class Interface>
struct Extended : Interface {
  virtual void after_the_last() = 0;

 protected:
  ~Extended() = default;
};

template <class Interface>
std::size_t slots_of() {
  return slot_of(&Extended<Interface>::after_the_last);
}

TEST(PublicAbi, no_interface_has_more_slots_than_published) {
  EXPECT_EQ(slots_of<IUnknown>(), 3u) << "IUnknown";
  EXPECT_EQ(slots_of<IEnumUnknown>(), 7u) << "IEnumUnknown";
  EXPECT_EQ(slots_of<IStream>(), 14u) << "IStream";
  EXPECT_EQ(slots_of<IBackgroundCopyManager>(), 7u) << "IBackgroundCopyManager";
  EXPECT_EQ(slots_of<IBackgroundCopyJob>(), 35u) << "IBackgroundCopyJob";
  EXPECT_EQ(slots_of<IBackgroundCopyJob2>(), 43u) << "IBackgroundCopyJob2";
  EXPECT_EQ(slots_of<IBackgroundCopyJob3>(), 47u) << "IBackgroundCopyJob3";
  EXPECT_EQ(slots_of<IBackgroundCopyJob4>(), 53u) << "IBackgroundCopyJob4";
  EXPECT_EQ(slots_of<IBackgroundCopyJob5>(), 55u) << "IBackgroundCopyJob5";
  EXPECT_EQ(slots_of<IEnumBackgroundCopyJobs>(), 8u) << "IEnumBackgroundCopyJobs";
  EXPECT_EQ(slots_of<IBackgroundCopyFile>(), 6u) << "IBackgroundCopyFile";
  EXPECT_EQ(slots_of<IBackgroundCopyFile2>(), 8u) << "IBackgroundCopyFile2";
  EXPECT_EQ(slots_of<IBackgroundCopyFile3>(), 12u) << "IBackgroundCopyFile3";
  EXPECT_EQ(slots_of<IBackgroundCopyFile4>(), 13u) << "IBackgroundCopyFile4";
  EXPECT_EQ(slots_of<IBackgroundCopyFile5>(), 15u) << "IBackgroundCopyFile5";
  EXPECT_EQ(slots_of<IBackgroundCopyFile6>(), 18u) << "IBackgroundCopyFile6";
  EXPECT_EQ(slots_of<IEnumBackgroundCopyFiles>(), 8u) << "IEnumBackgroundCopyFiles";
  EXPECT_EQ(slots_of<IBackgroundCopyError>(), 8u) << "IBackgroundCopyError";
  EXPECT_EQ(slots_of<IBackgroundCopyCallback>(), 6u) << "IBackgroundCopyCallback";
  EXPECT_EQ(slots_of<IBackgroundCopyCallback2>(), 7u) << "IBackgroundCopyCallback2";
  EXPECT_EQ(slots_of<IBackgroundCopyCallback3>(), 8u) << "IBackgroundCopyCallback3";
  EXPECT_EQ(slots_of<IBackgroundCopyServerCertificateValidationCallback>(), 4u)
      << "IBackgroundCopyServerCertificateValidationCallback";
  EXPECT_EQ(slots_of<IBackgroundCopyJobHttpOptions>(), 11u) << "IBackgroundCopyJobHttpOptions";
  EXPECT_EQ(slots_of<IBackgroundCopyJobHttpOptions2>(), 13u) << "IBackgroundCopyJobHttpOptions2";
  EXPECT_EQ(slots_of<IBackgroundCopyJobHttpOptions3>(), 15u) << "IBackgroundCopyJobHttpOptions3";
  EXPECT_EQ(slots_of<IBitsTokenOptions>(), 8u) << "IBitsTokenOptions";
  EXPECT_EQ(slots_of<IDeliveryOptimizationJob>(), 4u) << "IDeliveryOptimizationJob";
  EXPECT_EQ(slots_of<IDeliveryOptimizationJob2>(), 6u) << "IDeliveryOptimizationJob2";
  EXPECT_EQ(slots_of<IDeliveryOptimizationFile>(), 4u) << "IDeliveryOptimizationFile";
  EXPECT_EQ(slots_of<IDeliveryOptimizationFile2>(), 5u) << "IDeliveryOptimizationFile2";
  EXPECT_EQ(slots_of<IDODownload>(), 10u) << "IDODownload";
  EXPECT_EQ(slots_of<IDODownloadStatusCallback>(), 4u) << "IDODownloadStatusCallback";
  EXPECT_EQ(slots_of<IDOManager>(), 5u) << "IDOManager";
}

}  // namespace
