#include "api/api_fixture.h"

#include <unistd.h>

// What a new job is, and what is set is read back ("IBackgroundCopyJob interface" to "IBackgroundCopyJob5 interface").

namespace dosvc {
namespace {

class Properties : public BothViews {
 protected:
  com_ptr<IBackgroundCopyJob5> new_job5() {
    com_ptr<IBackgroundCopyJob5> job;
    EXPECT_EQ(new_job().as(job), S_OK);
    return job;
  }
};
FOR_BOTH_VIEWS(Properties);

TEST_P(Properties, a_new_job_is_as_documented) {
  const auto job = new_job();
  BG_JOB_TYPE type{};
  BG_JOB_PRIORITY priority{};
  ULONG number = 0;
  EXPECT_EQ(job->GetType(&type), S_OK);
  EXPECT_EQ(type, BG_JOB_TYPE_DOWNLOAD);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_SUSPENDED);
  EXPECT_EQ(job->GetPriority(&priority), S_OK);
  EXPECT_EQ(priority, BG_JOB_PRIORITY_NORMAL);
  EXPECT_EQ(job->GetNotifyFlags(&number), S_OK);
  EXPECT_EQ(number, BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR);
  EXPECT_EQ(job->GetMinimumRetryDelay(&number), S_OK);
  EXPECT_EQ(number, view().bits() ? 600u : 60u);
  EXPECT_EQ(job->GetNoProgressTimeout(&number), S_OK);
  EXPECT_EQ(number, view().bits() ? 1'209'600u : 86'400u);
  EXPECT_EQ(job->GetErrorCount(&number), S_OK);
  EXPECT_EQ(number, 0u);
  BG_JOB_PROGRESS progress{};
  EXPECT_EQ(job->GetProgress(&progress), S_OK);
  EXPECT_EQ(progress.FilesTotal, 0u);
  LPWSTR text = nullptr;
  EXPECT_EQ(job->GetDisplayName(&text), S_OK);
  EXPECT_EQ(narrow(text), "a job");
  EXPECT_EQ(job->GetDescription(&text), S_OK);
  EXPECT_EQ(narrow(text), "");
  EXPECT_EQ(job->GetOwner(&text), S_OK);
  EXPECT_EQ(narrow(text), "S-1-22-1-" + std::to_string(::geteuid()));
  auto* error = reinterpret_cast<IBackgroundCopyError*>(this);
  EXPECT_EQ(job->GetError(&error), view().no_error_now);
  EXPECT_EQ(error, nullptr);
  auto* callback = reinterpret_cast<IUnknown*>(this);
  EXPECT_EQ(job->GetNotifyInterface(&callback), S_OK);
  EXPECT_EQ(callback, nullptr);
}

TEST_P(Properties, times_are_filetimes_in_utc) {
  constexpr std::uint64_t kEpoch = 116'444'736'000'000'000;
  const auto ticks = [](FILETIME time) { return std::uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime; };
  const auto before = static_cast<std::uint64_t>(::time(nullptr));
  const auto job = new_job();
  const auto after = static_cast<std::uint64_t>(::time(nullptr)) + 1;
  BG_JOB_TIMES times{};
  ASSERT_EQ(job->GetTimes(&times), S_OK);
  EXPECT_GE(ticks(times.CreationTime), kEpoch + before * 10'000'000);
  EXPECT_LE(ticks(times.CreationTime), kEpoch + after * 10'000'000);
  EXPECT_EQ(ticks(times.ModificationTime), ticks(times.CreationTime));
  EXPECT_EQ(ticks(times.TransferCompletionTime), 0u);
}

TEST_P(Properties, what_is_set_is_read_back) {
  const auto job = new_job();
  LPWSTR text = nullptr;
  EXPECT_EQ(job->SetDisplayName(L"\u00fc\u20ac\U0001f600"), S_OK);
  EXPECT_EQ(job->GetDisplayName(&text), S_OK);
  EXPECT_EQ(std::wstring(text), L"\u00fc\u20ac\U0001f600");
  CoTaskMemFree(text);
  EXPECT_EQ(job->SetDescription(L"why"), S_OK);
  EXPECT_EQ(job->GetDescription(&text), S_OK);
  EXPECT_EQ(narrow(text), "why");
  ULONG number = 0;
  BG_JOB_PRIORITY priority{};
  EXPECT_EQ(job->SetPriority(BG_JOB_PRIORITY_LOW), S_OK);
  EXPECT_EQ(job->GetPriority(&priority), S_OK);
  EXPECT_EQ(priority, BG_JOB_PRIORITY_LOW);
  EXPECT_EQ(job->SetMinimumRetryDelay(1), S_OK);
  EXPECT_EQ(job->GetMinimumRetryDelay(&number), S_OK);
  EXPECT_EQ(number, 5u);
  EXPECT_EQ(job->SetNoProgressTimeout(77), S_OK);
  EXPECT_EQ(job->GetNoProgressTimeout(&number), S_OK);
  EXPECT_EQ(number, 77u);
  EXPECT_EQ(job->SetNotifyFlags(0), S_OK);
  EXPECT_EQ(job->GetNotifyFlags(&number), S_OK);
  EXPECT_EQ(number, 0u);
}

TEST_P(Properties, the_notify_interface_is_handed_back_with_a_reference) {
  const auto job = new_job();
  const auto ear = make_object<Ear>();
  EXPECT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
  com_ptr<IUnknown> registered, identity;
  EXPECT_EQ(job->GetNotifyInterface(registered.put()), S_OK);
  EXPECT_EQ(ear->QueryInterface(IID_PPV_ARGS(identity.put())), S_OK);
  EXPECT_EQ(registered.get(), identity.get());
  EXPECT_EQ(job->SetNotifyInterface(nullptr), S_OK);
  registered = nullptr;
  EXPECT_EQ(job->GetNotifyInterface(registered.put()), S_OK);
  EXPECT_FALSE(registered);
}

TEST_P(Properties, texts_may_be_as_long_as_the_pages_say) {
  const auto job = new_job();
  EXPECT_EQ(job->SetDisplayName(std::wstring(256, L'\u20ac').c_str()), S_OK);
  EXPECT_EQ(job->SetDescription(std::wstring(1024, L'\u20ac').c_str()), S_OK);
  EXPECT_EQ(job->SetDescription(L""), S_OK);
}

// "IBackgroundCopyJob::SetNotifyFlags": the page of Delivery Optimization calls the last one not supported.
TEST_P(Properties, notify_flags_are_those_of_the_view) {
  const auto job = new_job();
  EXPECT_EQ(job->SetNotifyFlags(0x1f), S_OK);
  EXPECT_EQ(job->SetNotifyFlags(BG_NOTIFY_FILE_RANGES_TRANSFERRED), view().bits() ? S_OK : E_NOTIMPL);
}

// ---- IBackgroundCopyJob2 to 4

TEST_P(Properties, a_download_has_no_reply) {
  const auto job = new_job5();
  BG_JOB_REPLY_PROGRESS progress{7, 7};
  EXPECT_EQ(job->GetReplyProgress(&progress), S_OK);
  EXPECT_EQ(progress.BytesTotal, 0u);
  EXPECT_EQ(progress.BytesTransferred, 0u);
}

TEST_P(Properties, the_program_to_notify_with_is_read_back) {
  const auto job = new_job5();
  LPWSTR program = nullptr, parameters = nullptr;
  const auto expect = [&](const std::string& name, const std::string& line) {
    ASSERT_EQ(job->GetNotifyCmdLine(&program, &parameters), S_OK);
    EXPECT_EQ(narrow(program), name);
    EXPECT_EQ(narrow(parameters), line);
  };
  expect("", "");
  EXPECT_EQ(job->SetNotifyCmdLine(L"/bin/true", L"true \"a b\""), S_OK);
  expect("/bin/true", "true \"a b\"");
  EXPECT_EQ(job->SetNotifyCmdLine(L"/bin/false", nullptr), S_OK);
  expect("/bin/false", "");
  EXPECT_EQ(job->SetNotifyCmdLine(nullptr, nullptr), S_OK);
  expect("", "");
}

TEST_P(Properties, the_owner_has_the_rights_of_his_kind) {
  const auto job = new_job5();
  ULONG level = 0;
  BOOL elevated = 5;
  EXPECT_EQ(job->GetOwnerIntegrityLevel(&level), S_OK);
  EXPECT_EQ(job->GetOwnerElevationState(&elevated), S_OK);
  EXPECT_EQ(level, ::geteuid() == 0 ? 0x3000u : 0x2000u);
  EXPECT_EQ(elevated, ::geteuid() == 0 ? TRUE : FALSE);
}

TEST_P(Properties, times_and_flags_are_read_back) {
  const auto job = new_job5();
  ULONG seconds = 0;
  DWORD flags = 9;
  EXPECT_EQ(job->GetMaximumDownloadTime(&seconds), S_OK);
  EXPECT_EQ(seconds, 7'776'000u);
  EXPECT_EQ(job->SetMaximumDownloadTime(60), S_OK);
  EXPECT_EQ(job->GetMaximumDownloadTime(&seconds), S_OK);
  EXPECT_EQ(seconds, 60u);
  EXPECT_EQ(job->SetNoProgressTimeout(0xFFFFFFFF), S_OK);
  EXPECT_EQ(job->GetNoProgressTimeout(&seconds), S_OK);
  EXPECT_EQ(seconds, 0xFFFFFFFFu);
  EXPECT_EQ(job->GetPeerCachingFlags(&flags), S_OK);
  EXPECT_EQ(flags, 0u);
  EXPECT_EQ(job->SetPeerCachingFlags(7), S_OK);
  EXPECT_EQ(job->GetPeerCachingFlags(&flags), S_OK);
  EXPECT_EQ(flags, 7u);
  EXPECT_EQ(job->GetFileACLFlags(&flags), S_OK);
  EXPECT_EQ(flags, 0u);
}

// ---- IBackgroundCopyJob5 ("BITS_JOB_PROPERTY_ID enumeration")

struct Setting {
  BITS_JOB_PROPERTY_ID id;
  UINT64 initially;
  UINT64 set;
};
const Setting kSettings[] = {
    {BITS_JOB_PROPERTY_ID_COST_FLAGS, BITS_JOB_TRANSFER_POLICY_ALWAYS, BITS_JOB_TRANSFER_POLICY_UNRESTRICTED},
    {BITS_JOB_PROPERTY_DYNAMIC_CONTENT, FALSE, TRUE},
    {BITS_JOB_PROPERTY_HIGH_PERFORMANCE, FALSE, TRUE},
    {BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, ~UINT64{0}, 1ull << 40},
    {BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, 0, BG_AUTH_TARGET_PROXY},
    {BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, 500, 20'000},
};

// Whichever member of the union it is: all begin at its beginning.
UINT64 number_of(IBackgroundCopyJob5& job, BITS_JOB_PROPERTY_ID id) {
  BITS_JOB_PROPERTY_VALUE value;
  value.ClsID = IID_IUnknown;
  EXPECT_EQ(job.GetProperty(id, &value), S_OK) << id;
  return value.Uint64;
}

TEST_P(Properties, settings_are_read_back_also_after_a_restart) {
  const auto job = new_job5();
  for (const Setting& each : kSettings) {
    EXPECT_EQ(number_of(*job, each.id), each.initially) << each.id;
    BITS_JOB_PROPERTY_VALUE value;
    value.Uint64 = each.set;
    EXPECT_EQ(job->SetProperty(each.id, value), S_OK) << each.id;
    EXPECT_EQ(number_of(*job, each.id), each.set) << each.id;
  }
  manager = nullptr;
  com_ptr<IBackgroundCopyJob5> again;
  ASSERT_EQ(after_a_restart(job, view().clsid).as(again), S_OK);
  for (const Setting& each : kSettings) EXPECT_EQ(number_of(*again, each.id), each.set) << each.id;
}

TEST_P(Properties, the_class_to_notify_is_read_back) {
  const auto job = new_job5();
  BITS_JOB_PROPERTY_VALUE value;
  value.ClsID = IID_IBackgroundCopyCallback;
  EXPECT_EQ(job->SetProperty(BITS_JOB_PROPERTY_NOTIFICATION_CLSID, value), S_OK);
  value.ClsID = GUID_NULL;
  EXPECT_EQ(job->GetProperty(BITS_JOB_PROPERTY_NOTIFICATION_CLSID, &value), S_OK);
  EXPECT_EQ(value.ClsID, IID_IBackgroundCopyCallback);
  value.ClsID = GUID_NULL;
  EXPECT_EQ(job->SetProperty(BITS_JOB_PROPERTY_NOTIFICATION_CLSID, value), S_OK) << "takes it away";
}

TEST_P(Properties, dynamic_content_can_not_be_had_on_demand) {
  const auto job = new_job5();
  BITS_JOB_PROPERTY_VALUE value;
  value.Enable = TRUE;
  EXPECT_EQ(job->SetProperty(BITS_JOB_PROPERTY_ON_DEMAND_MODE, value), S_OK);
  EXPECT_EQ(number_of(*job, BITS_JOB_PROPERTY_ON_DEMAND_MODE), 1u);
  EXPECT_EQ(job->SetProperty(BITS_JOB_PROPERTY_DYNAMIC_CONTENT, value), BG_E_UNSUPPORTED_JOB_CONFIGURATION);
}

// ---- All of it

TEST_P(Properties, all_survive_a_restart) {
  com_ptr<IBackgroundCopyJob4> job;
  ASSERT_EQ(job_for("/x").as(job), S_OK);
  EXPECT_EQ(job->SetDescription(L"why"), S_OK);
  EXPECT_EQ(job->SetPriority(BG_JOB_PRIORITY_HIGH), S_OK);
  EXPECT_EQ(job->SetNotifyFlags(BG_NOTIFY_JOB_ERROR), S_OK);
  EXPECT_EQ(job->SetMinimumRetryDelay(77), S_OK);
  EXPECT_EQ(job->SetMaximumDownloadTime(88), S_OK);
  EXPECT_EQ(job->SetNotifyCmdLine(L"/bin/true", L"true"), S_OK);
  EXPECT_EQ(job->SetPeerCachingFlags(4), S_OK);
  EXPECT_EQ(job->SetProxySettings(BG_JOB_PROXY_USAGE_OVERRIDE, L"p:1", L"h"), S_OK);
  manager = nullptr;
  com_ptr<IBackgroundCopyJob4> again;
  ASSERT_EQ(after_a_restart(job, view().clsid).as(again), S_OK);
  LPWSTR one = nullptr, two = nullptr;
  EXPECT_EQ(again->GetDescription(&one), S_OK);
  EXPECT_EQ(narrow(one), "why");
  BG_JOB_PRIORITY priority{};
  EXPECT_EQ(again->GetPriority(&priority), S_OK);
  EXPECT_EQ(priority, BG_JOB_PRIORITY_HIGH);
  ULONG number = 0;
  EXPECT_EQ(again->GetNotifyFlags(&number), S_OK);
  EXPECT_EQ(number, BG_NOTIFY_JOB_ERROR);
  EXPECT_EQ(again->GetMinimumRetryDelay(&number), S_OK);
  EXPECT_EQ(number, 77u);
  EXPECT_EQ(again->GetMaximumDownloadTime(&number), S_OK);
  EXPECT_EQ(number, 88u);
  EXPECT_EQ(again->GetPeerCachingFlags(&number), S_OK);
  EXPECT_EQ(number, 4u);
  EXPECT_EQ(again->GetNotifyCmdLine(&one, &two), S_OK);
  EXPECT_EQ(narrow(one) + " " + narrow(two), "/bin/true true");
  BG_JOB_PROXY_USAGE usage{};
  EXPECT_EQ(again->GetProxySettings(&usage, &one, &two), S_OK);
  EXPECT_EQ(usage, BG_JOB_PROXY_USAGE_OVERRIDE);
  EXPECT_EQ(narrow(one) + " " + narrow(two), "p:1 h");
}

}  // namespace
}  // namespace dosvc
