#include <deliveryoptimization.h>

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

// The ids as the documents print them, and the interface that each derives from.

namespace {

std::string text_of(const GUID& id) {
  char text[37];
  std::snprintf(text, sizeof text, "%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X", id.Data1, id.Data2, id.Data3,
                id.Data4[0], id.Data4[1], id.Data4[2], id.Data4[3], id.Data4[4], id.Data4[5], id.Data4[6], id.Data4[7]);
  return text;
}

#define EXPECT_INTERFACE(I, Base, text)                     \
  static_assert(std::is_base_of_v<Base, I>);                \
  static_assert(std::is_same_v<dosvc::iid<I>::base, Base>); \
  static_assert(__uuidof(I) == IID_##I);                    \
  EXPECT_EQ(text_of(IID_##I), text)

#define EXPECT_CLASS(C, text)              \
  static_assert(__uuidof(C) == CLSID_##C); \
  EXPECT_EQ(text_of(CLSID_##C), text)

TEST(PublicAbi, interfaces_have_their_published_ids) {
  EXPECT_EQ(text_of(IID_IUnknown), "00000000-0000-0000-C000-000000000046");
  EXPECT_INTERFACE(IEnumUnknown, IUnknown, "00000100-0000-0000-C000-000000000046");
  EXPECT_INTERFACE(IBackgroundCopyManager, IUnknown, "5CE34C0D-0DC9-4C1F-897C-DAA1B78CEE7C");
  EXPECT_INTERFACE(IBackgroundCopyJob, IUnknown, "37668D37-507E-4160-9316-26306D150B12");
  EXPECT_INTERFACE(IBackgroundCopyJob2, IBackgroundCopyJob, "54B50739-686F-45EB-9DFF-D6A9A0FAA9AF");
  EXPECT_INTERFACE(IBackgroundCopyJob3, IBackgroundCopyJob2, "443C8934-90FF-48ED-BCDE-26F5C7450042");
  EXPECT_INTERFACE(IBackgroundCopyJob4, IBackgroundCopyJob3, "659CDEAE-489E-11D9-A9CD-000D56965251");
  EXPECT_INTERFACE(IBackgroundCopyJob5, IBackgroundCopyJob4, "E847030C-BBBA-4657-AF6D-484AA42BF1FE");
  EXPECT_INTERFACE(IEnumBackgroundCopyJobs, IUnknown, "1AF4F612-3B71-466F-8F58-7B6F73AC57AD");
  EXPECT_INTERFACE(IBackgroundCopyFile, IUnknown, "01B7BD23-FB88-4A77-8490-5891D3E4653A");
  EXPECT_INTERFACE(IBackgroundCopyFile2, IBackgroundCopyFile, "83E81B93-0873-474D-8A8C-F2018B1A939C");
  EXPECT_INTERFACE(IBackgroundCopyFile3, IBackgroundCopyFile2, "659CDEAA-489E-11D9-A9CD-000D56965251");
  EXPECT_INTERFACE(IBackgroundCopyFile4, IBackgroundCopyFile3, "EF7E0655-7888-4960-B0E5-730846E03492");
  EXPECT_INTERFACE(IBackgroundCopyFile5, IBackgroundCopyFile4, "85C1657F-DAFC-40E8-8834-DF18EA25717E");
  EXPECT_INTERFACE(IBackgroundCopyFile6, IBackgroundCopyFile5, "CF6784F7-D677-49FD-9368-CB47AEE9D1AD");
  EXPECT_INTERFACE(IEnumBackgroundCopyFiles, IUnknown, "CA51E165-C365-424C-8D41-24AAA4FF3C40");
  EXPECT_INTERFACE(IBackgroundCopyError, IUnknown, "19C613A0-FCB8-4F28-81AE-897C3D078F81");
  EXPECT_INTERFACE(IBackgroundCopyCallback, IUnknown, "97EA99C7-0186-4AD4-8DF9-C5B4E0ED6B22");
  EXPECT_INTERFACE(IBackgroundCopyCallback2, IBackgroundCopyCallback, "659CDEAC-489E-11D9-A9CD-000D56965251");
  EXPECT_INTERFACE(IBackgroundCopyCallback3, IBackgroundCopyCallback2, "98C97BD2-E32B-4AD8-A528-95FD8B16BD42");
  EXPECT_INTERFACE(IBackgroundCopyServerCertificateValidationCallback, IUnknown,
                   "4CEC0D02-DEF7-4158-813A-C32A46945FF7");
  EXPECT_INTERFACE(IBackgroundCopyJobHttpOptions, IUnknown, "F1BD1079-9F01-4BDC-8036-F09B70095066");
  EXPECT_INTERFACE(IBackgroundCopyJobHttpOptions2, IBackgroundCopyJobHttpOptions,
                   "B591A192-A405-4FC3-8323-4C5C542578FC");
  EXPECT_INTERFACE(IBackgroundCopyJobHttpOptions3, IBackgroundCopyJobHttpOptions2,
                   "8A9263D3-FD4C-4EDA-9B28-30132A4D4E3C");
  EXPECT_INTERFACE(IBitsTokenOptions, IUnknown, "9A2584C3-F7D2-457A-9A5E-22B67BFFC7D2");
  EXPECT_INTERFACE(IDeliveryOptimizationJob, IUnknown, "EE2584CF-A69C-4848-B633-2649962B3EF7");
  EXPECT_INTERFACE(IDeliveryOptimizationJob2, IUnknown, "18995A26-BF59-4ABE-9F8B-D5092D5A2405");
  EXPECT_INTERFACE(IDeliveryOptimizationFile, IUnknown, "B76B9699-E99E-4101-803F-A20E325D93E2");
  EXPECT_INTERFACE(IDeliveryOptimizationFile2, IUnknown, "3A87296F-6EC2-4126-AB29-E3F8DC4CC390");
  EXPECT_INTERFACE(IDODownload, IUnknown, "FBBD7FC0-C147-4727-A38D-827EF071EE77");
  EXPECT_INTERFACE(IDODownloadStatusCallback, IUnknown, "D166E8E3-A90E-4392-8E87-05E996D3747D");
  EXPECT_INTERFACE(IDOManager, IUnknown, "400E2D4A-1431-4C1A-A748-39CA472CFDB1");
  EXPECT_INTERFACE(ISequentialStream, IUnknown, "0C733A30-2A1C-11CE-ADE5-00AA0044773D");
  EXPECT_INTERFACE(IStream, ISequentialStream, "0000000C-0000-0000-C000-000000000046");
}

TEST(PublicAbi, classes_have_their_published_ids) {
  EXPECT_CLASS(BackgroundCopyManager, "4991D34B-80A1-4291-83B6-3328366B9097");
  EXPECT_CLASS(BackgroundCopyManager10_0, "4D233817-B456-4E75-83D2-B17DEC544D12");
  EXPECT_CLASS(BackgroundCopyManager10_1, "4BD3E4E1-7BD4-4A2B-9964-496400DE5193");
  EXPECT_CLASS(BackgroundCopyManager10_2, "4575438F-A6C8-4976-B0FE-2F26B80D959E");
  EXPECT_CLASS(BackgroundCopyManager10_3, "5FD42AD5-C04E-4D36-ADC7-E08FF15737AD");
  EXPECT_CLASS(BackgroundCopyManager1_5, "F087771F-D74F-4C1A-BB8A-E16ACA9124EA");
  EXPECT_CLASS(BackgroundCopyManager2_0, "6D18AD12-BDE3-4393-B311-099C346E6DF9");
  EXPECT_CLASS(BackgroundCopyManager2_5, "03CA98D6-FF5D-49B8-ABC6-03DD84127020");
  EXPECT_CLASS(BackgroundCopyManager3_0, "659CDEA7-489E-11D9-A9CD-000D56965251");
  EXPECT_CLASS(BackgroundCopyManager4_0, "BB6DF56B-CACE-11DC-9992-0019B93A3A84");
  EXPECT_CLASS(BackgroundCopyManager5_0, "1ECCA34C-E88A-44E3-8D6A-8921BDE9E452");
  EXPECT_CLASS(DeliveryOptimization, "5B99FA76-721C-423C-ADAC-56D03C8A8007");
}

}  // namespace
