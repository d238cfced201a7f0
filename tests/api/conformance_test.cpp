#include "api/api_fixture.h"

#include <grp.h>
#include <unistd.h>

#include <set>
#include <vector>

// Every method against its page, through libdosvc.so and an origin, for both class ids.

namespace dosvc {
namespace {

class Conformance : public BothViews {};
FOR_BOTH_VIEWS(Conformance);

// ---- arguments

TEST_P(Conformance, the_manager_refuses_bad_arguments) {
  GUID id{};
  com_ptr<IBackgroundCopyJob> job;
  EXPECT_EQ(manager->CreateJob(nullptr, BG_JOB_TYPE_DOWNLOAD, &id, job.put()), E_INVALIDARG);
  EXPECT_EQ(manager->CreateJob(L"x", BG_JOB_TYPE_DOWNLOAD, nullptr, job.put()), E_INVALIDARG);
  EXPECT_EQ(manager->CreateJob(L"x", BG_JOB_TYPE_DOWNLOAD, &id, nullptr), E_INVALIDARG);
  EXPECT_EQ(manager->CreateJob(L"x", BG_JOB_TYPE_UPLOAD, &id, job.put()), E_NOTIMPL);
  EXPECT_EQ(manager->CreateJob(L"x", BG_JOB_TYPE_UPLOAD_REPLY, &id, job.put()), E_NOTIMPL);
  EXPECT_EQ(manager->CreateJob(L"x", static_cast<BG_JOB_TYPE>(3), &id, job.put()), E_INVALIDARG);
  EXPECT_EQ(manager->CreateJob(std::wstring(257, L'n').c_str(), BG_JOB_TYPE_DOWNLOAD, &id, job.put()), E_INVALIDARG);
  EXPECT_EQ(manager->CreateJob(std::wstring(300, L'n').c_str(), BG_JOB_TYPE_DOWNLOAD, &id, job.put()), E_INVALIDARG);
  const wchar_t no_text[] = {static_cast<wchar_t>(0xD800), 0};
  EXPECT_EQ(manager->CreateJob(no_text, BG_JOB_TYPE_DOWNLOAD, &id, job.put()), E_INVALIDARG);
  EXPECT_FALSE(job);
  EXPECT_EQ(manager->CreateJob(std::wstring(256, L'n').c_str(), BG_JOB_TYPE_DOWNLOAD, &id, job.put()), S_OK);

  com_ptr<IEnumBackgroundCopyJobs> jobs;
  EXPECT_EQ(manager->GetJob(id, nullptr), E_INVALIDARG);
  EXPECT_EQ(manager->EnumJobs(0, nullptr), E_INVALIDARG);
  EXPECT_EQ(manager->EnumJobs(2, jobs.put()), E_INVALIDARG);
  EXPECT_FALSE(jobs);
  EXPECT_EQ(manager->QueryInterface(IID_IUnknown, nullptr), E_POINTER);
}

TEST_P(Conformance, an_unknown_job_is_not_found) {
  auto* job = reinterpret_cast<IBackgroundCopyJob*>(this);
  EXPECT_EQ(manager->GetJob(GUID_NULL, &job), view().not_found);
  EXPECT_EQ(job, nullptr);
}

TEST_P(Conformance, a_job_refuses_null_pointers) {
  const auto job = new_job();
  EXPECT_EQ(job->AddFileSet(1, nullptr), E_INVALIDARG);
  EXPECT_EQ(job->AddFile(nullptr, L"/tmp/x"), E_INVALIDARG);
  EXPECT_EQ(job->AddFile(L"http://h/x", nullptr), E_INVALIDARG);
  EXPECT_EQ(job->EnumFiles(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->GetId(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->GetType(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->GetProgress(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->GetTimes(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->GetState(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->GetError(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->GetOwner(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->SetDisplayName(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->GetDisplayName(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->SetDescription(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->GetDescription(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->GetPriority(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->GetNotifyFlags(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->GetNotifyInterface(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->GetMinimumRetryDelay(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->GetNoProgressTimeout(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->GetErrorCount(nullptr), E_INVALIDARG);
  EXPECT_EQ(job->QueryInterface(IID_IUnknown, nullptr), E_POINTER);
}

TEST_P(Conformance, a_job_refuses_bad_files) {
  const auto job = new_job();
  const std::wstring good = wide(local("x"));
  EXPECT_EQ(job->AddFile(L"", good.c_str()), E_INVALIDARG);
  EXPECT_EQ(job->AddFile(L"gopher://h/x", good.c_str()), E_INVALIDARG);
  EXPECT_EQ(job->AddFile((L"http://h/" + std::wstring(3000, L'x')).c_str(), good.c_str()), E_INVALIDARG);
  EXPECT_EQ(job->AddFile(L"http://h/x", L""), E_INVALIDARG);
  EXPECT_EQ(job->AddFile(L"http://h/x", L"relative/x"), E_INVALIDARG);
  EXPECT_EQ(job->AddFile(L"http://h/x", wide(local(std::string(300, 'x'))).c_str()), E_INVALIDARG);
  EXPECT_EQ(job->AddFile(L"http://h/x", wide(local("new\nline")).c_str()), E_INVALIDARG);
  EXPECT_EQ(job->AddFile(L"http://h/x", wide(local("no/such/folder")).c_str()),
            HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND));
  EXPECT_EQ(job->AddFileSet(0, nullptr), E_INVALIDARG);
  // One bad file of a set: none is added.
  std::wstring url = L"http://h/x", name = good, relative = L"x";
  BG_FILE_INFO set[] = {{url.data(), name.data()}, {url.data(), relative.data()}};
  EXPECT_EQ(job->AddFileSet(2, set), E_INVALIDARG);
  BG_JOB_PROGRESS progress{};
  EXPECT_EQ(job->GetProgress(&progress), S_OK);
  EXPECT_EQ(progress.FilesTotal, 0u);
}

TEST_P(Conformance, a_job_refuses_values_out_of_range) {
  const auto job = new_job();
  EXPECT_EQ(job->SetDisplayName(std::wstring(256, L'n').c_str()), S_OK);
  EXPECT_EQ(job->SetDisplayName(std::wstring(257, L'n').c_str()), BG_E_STRING_TOO_LONG);
  EXPECT_EQ(job->SetDescription(std::wstring(1024, L'd').c_str()), S_OK);
  EXPECT_EQ(job->SetDescription(std::wstring(1025, L'd').c_str()), BG_E_STRING_TOO_LONG);
  EXPECT_EQ(job->SetPriority(static_cast<BG_JOB_PRIORITY>(4)), E_NOTIMPL);
  EXPECT_EQ(job->SetPriority(static_cast<BG_JOB_PRIORITY>(-1)), E_NOTIMPL);
  EXPECT_EQ(job->SetNotifyFlags(0x40), E_NOTIMPL);
  EXPECT_EQ(job->SetNotifyFlags(BG_NOTIFY_FILE_RANGES_TRANSFERRED), view().bits() ? S_OK : E_NOTIMPL);
  EXPECT_EQ(job->SetNotifyInterface(manager.get()), E_NOINTERFACE);
}

// ---- properties

TEST_P(Conformance, a_new_job_is_as_documented) {
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

TEST_P(Conformance, times_are_filetimes_in_utc) {
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

TEST_P(Conformance, what_is_set_is_read_back) {
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

TEST_P(Conformance, the_notify_interface_is_handed_back_with_a_reference) {
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

TEST_P(Conformance, an_owner_finds_the_job_again) {
  const auto job = new_job();
  GUID id{}, again{};
  ASSERT_EQ(job->GetId(&id), S_OK);
  com_ptr<IBackgroundCopyJob> found;
  ASSERT_EQ(manager->GetJob(id, found.put()), S_OK);
  EXPECT_EQ(found->GetId(&again), S_OK);
  EXPECT_EQ(id, again);
  EXPECT_EQ(job->Cancel(), S_OK);
  EXPECT_EQ(manager->GetJob(id, found.put()), view().not_found);
}

TEST_P(Conformance, every_users_jobs_are_for_administrators) {
  if (::geteuid() == 0) {
    // Any other user does. The queue was opened before.
    com_ptr<IEnumBackgroundCopyJobs> all;
    EXPECT_EQ(manager->EnumJobs(BG_JOB_ENUM_ALL_USERS, all.put()), S_OK);
    ASSERT_EQ(::seteuid(65534), 0);
    EXPECT_EQ(manager->EnumJobs(BG_JOB_ENUM_ALL_USERS, all.put()), E_ACCESSDENIED);
    EXPECT_FALSE(all);
    ASSERT_EQ(::seteuid(0), 0);
  } else {
    com_ptr<IEnumBackgroundCopyJobs> all;
    EXPECT_EQ(manager->EnumJobs(BG_JOB_ENUM_ALL_USERS, all.put()), E_ACCESSDENIED);
  }
}

// ---- descriptions

TEST_P(Conformance, result_codes_have_a_description) {
  LPWSTR text = nullptr;
  EXPECT_EQ(manager->GetErrorDescription(BG_E_EMPTY, 0x0409, &text), S_OK);
  EXPECT_EQ(narrow(text), "The job has no files.");
  EXPECT_EQ(manager->GetErrorDescription(BG_E_HTTP_ERROR_404, 0x0407, &text), S_OK);
  EXPECT_NE(narrow(text).find("404"), std::string::npos);
  EXPECT_EQ(manager->GetErrorDescription(BG_E_EMPTY, 0, &text), E_INVALIDARG);
  EXPECT_EQ(text, nullptr);
  EXPECT_EQ(manager->GetErrorDescription(static_cast<HRESULT>(0x8BADF00Du), 0x0409, &text), E_INVALIDARG);
  EXPECT_EQ(manager->GetErrorDescription(BG_E_EMPTY, 0x0409, nullptr), E_INVALIDARG);
}

// ---- enumerators

TEST_P(Conformance, files_are_enumerated_in_order) {
  const auto job = new_job();
  for (const char* name : {"a", "b", "c"}) ASSERT_EQ(add(*job, std::string("/") + name, name), S_OK);
  com_ptr<IEnumBackgroundCopyFiles> files;
  ASSERT_EQ(job->EnumFiles(files.put()), S_OK);
  ASSERT_EQ(add(*job, "/d", "d"), S_OK);  // not in the snapshot
  ULONG count = 0;
  EXPECT_EQ(files->GetCount(&count), S_OK);
  EXPECT_EQ(count, 3u);

  IBackgroundCopyFile* out[4] = {};
  EXPECT_EQ(files->Next(2, out, nullptr), E_INVALIDARG);
  EXPECT_EQ(files->Next(1, nullptr, nullptr), E_INVALIDARG);
  ASSERT_EQ(files->Next(1, out, nullptr), S_OK);
  LPWSTR text = nullptr;
  EXPECT_EQ(out[0]->GetLocalName(&text), S_OK);
  EXPECT_EQ(narrow(text), local("a"));
  EXPECT_EQ(out[0]->GetRemoteName(&text), S_OK);
  EXPECT_EQ(narrow(text), origin.url("/a"));
  BG_FILE_PROGRESS progress{};
  EXPECT_EQ(out[0]->GetProgress(&progress), S_OK);
  EXPECT_EQ(progress.BytesTotal, BG_SIZE_UNKNOWN);
  EXPECT_EQ(progress.BytesTransferred, 0u);
  EXPECT_EQ(progress.Completed, FALSE);
  EXPECT_EQ(out[0]->GetLocalName(nullptr), E_INVALIDARG);
  EXPECT_EQ(out[0]->GetProgress(nullptr), E_INVALIDARG);
  out[0]->Release();

  com_ptr<IEnumBackgroundCopyFiles> clone;
  ASSERT_EQ(files->Clone(clone.put()), S_OK);
  EXPECT_EQ(files->Clone(nullptr), E_INVALIDARG);
  ULONG fetched = 9;
  EXPECT_EQ(files->Next(4, out, &fetched), S_FALSE);
  ASSERT_EQ(fetched, 2u);
  for (ULONG i = 0; i < fetched; ++i) out[i]->Release();
  EXPECT_EQ(files->Next(1, out, &fetched), S_FALSE);
  EXPECT_EQ(fetched, 0u);

  EXPECT_EQ(clone->Skip(1), S_OK);
  ASSERT_EQ(clone->Next(1, out, &fetched), S_OK);
  EXPECT_EQ(out[0]->GetLocalName(&text), S_OK);
  EXPECT_EQ(narrow(text), local("c"));
  out[0]->Release();
  EXPECT_EQ(clone->Skip(1), S_FALSE);
  EXPECT_EQ(files->Reset(), S_OK);
  EXPECT_EQ(files->Skip(3), S_OK);
  EXPECT_EQ(files->GetCount(nullptr), E_INVALIDARG);
}

TEST_P(Conformance, jobs_are_enumerated_without_the_final_ones) {
  const auto one = new_job(), two = new_job(), gone = new_job();
  EXPECT_EQ(gone->Cancel(), S_OK);
  com_ptr<IEnumBackgroundCopyJobs> jobs;
  ASSERT_EQ(manager->EnumJobs(0, jobs.put()), S_OK);
  IBackgroundCopyJob* out[3] = {};
  ULONG fetched = 0;
  EXPECT_EQ(jobs->Next(3, out, &fetched), S_FALSE);
  ASSERT_EQ(fetched, 2u);
  std::set<std::string> found, expected;
  const auto text_of = [](IBackgroundCopyJob& job) {
    GUID id{};
    EXPECT_EQ(job.GetId(&id), S_OK);
    return std::string(reinterpret_cast<const char*>(&id), sizeof id);
  };
  for (ULONG i = 0; i < fetched; ++i) {
    found.insert(text_of(*out[i]));
    out[i]->Release();
  }
  expected = {text_of(*one), text_of(*two)};
  EXPECT_EQ(found, expected);
}

// ---- identity and references

TEST_P(Conformance, an_object_has_one_identity_and_the_interfaces_it_says) {
  const auto job = new_job();
  com_ptr<IUnknown> a, b;
  com_ptr<IBackgroundCopyJob> same;
  ASSERT_EQ(job->QueryInterface(IID_PPV_ARGS(a.put())), S_OK);
  ASSERT_EQ(a->QueryInterface(IID_PPV_ARGS(same.put())), S_OK);
  ASSERT_EQ(same->QueryInterface(IID_PPV_ARGS(b.put())), S_OK);
  EXPECT_EQ(a.get(), b.get());
  EXPECT_EQ(same.get(), job.get());
  auto* other = reinterpret_cast<IBackgroundCopyManager*>(this);
  EXPECT_EQ(job->QueryInterface(IID_PPV_ARGS(&other)), E_NOINTERFACE);
  EXPECT_EQ(other, nullptr);
}

TEST_P(Conformance, references_are_balanced) {
  origin.serve("/x", {.rules = {origin::always(origin::status(404))}});
  const auto ear = make_object<Ear>();
  {
    auto job = job_for("/x", ear.get());
    ASSERT_EQ(job->Resume(), S_OK);
    ASSERT_TRUE(ear->wait_for_errors(1));
    com_ptr<IEnumBackgroundCopyFiles> files;
    com_ptr<IBackgroundCopyError> error;
    com_ptr<IBackgroundCopyFile> of_error, file;
    ASSERT_EQ(job->EnumFiles(files.put()), S_OK);
    ASSERT_EQ(files->Next(1, file.put(), nullptr), S_OK);
    ASSERT_EQ(job->GetError(error.put()), S_OK);
    ASSERT_EQ(error->GetFile(of_error.put()), S_OK);
    EXPECT_EQ(of_error.detach()->Release(), 0u);
    EXPECT_EQ(error.detach()->Release(), 0u);
    EXPECT_EQ(files.detach()->Release(), 0u);
    EXPECT_EQ(file.detach()->Release(), 0u);
    EXPECT_EQ(job->Cancel(), S_OK);
    EXPECT_EQ(job.detach()->Release(), 0u);
  }
  CoUninitialize();  // waits for the callbacks' end
  EXPECT_EQ(ear->AddRef(), 2u);
  EXPECT_EQ(ear->Release(), 1u);
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
}

// ---- life cycle (job-states: what each call does in each state)

TEST_P(Conformance, resume_without_files_is_refused) {
  const auto job = new_job();
  EXPECT_EQ(job->Resume(), view().empty);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_SUSPENDED);
  EXPECT_EQ(job->Suspend(), S_OK);
}

TEST_P(Conformance, a_download_goes_from_resume_to_complete) {
  origin.serve("/x", {.size = 100'000, .seed = 3});
  const auto ear = make_object<Ear>();
  const auto job = job_for("/x", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_transferred());
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_TRANSFERRED);
  EXPECT_EQ(job->Suspend(), S_OK);
  EXPECT_EQ(job->Resume(), S_OK);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_TRANSFERRED);
  BG_JOB_PROGRESS progress{};
  EXPECT_EQ(job->GetProgress(&progress), S_OK);
  EXPECT_EQ(progress.BytesTotal, 100'000u);
  EXPECT_EQ(progress.BytesTransferred, 100'000u);
  EXPECT_EQ(progress.FilesTransferred, 1u);
  com_ptr<IEnumBackgroundCopyFiles> files;
  com_ptr<IBackgroundCopyFile> file;
  ASSERT_EQ(job->EnumFiles(files.put()), S_OK);
  ASSERT_EQ(files->Next(1, file.put(), nullptr), S_OK);
  BG_FILE_PROGRESS of_file{};
  EXPECT_EQ(file->GetProgress(&of_file), S_OK);
  EXPECT_EQ(of_file.Completed, FALSE);
  EXPECT_FALSE(std::filesystem::exists(local("x")));
  EXPECT_EQ(job->Complete(), S_OK);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_ACKNOWLEDGED);
  EXPECT_EQ(file->GetProgress(&of_file), S_OK);
  EXPECT_EQ(of_file.Completed, TRUE);
  EXPECT_EQ(origin::first_difference(local("x"), 3, 100'000), std::nullopt);
  EXPECT_EQ(files_in_folder(), 1u);
  BG_JOB_TIMES times{};
  EXPECT_EQ(job->GetTimes(&times), S_OK);
  EXPECT_NE(times.TransferCompletionTime.dwHighDateTime, 0u);
}

void expect_final(IBackgroundCopyJob& job, HRESULT invalid_state, Ear& ear) {
  EXPECT_EQ(job.Suspend(), invalid_state);
  EXPECT_EQ(job.Resume(), invalid_state);
  EXPECT_EQ(job.Cancel(), invalid_state);
  EXPECT_EQ(job.Complete(), invalid_state);
  EXPECT_EQ(job.AddFile(L"http://h/x", L"/tmp/x"), invalid_state);
  EXPECT_EQ(job.SetDisplayName(L"x"), invalid_state);
  EXPECT_EQ(job.SetDescription(L"x"), invalid_state);
  EXPECT_EQ(job.SetPriority(BG_JOB_PRIORITY_LOW), invalid_state);
  EXPECT_EQ(job.SetNotifyFlags(0), invalid_state);
  EXPECT_EQ(job.SetNotifyInterface(&ear), invalid_state);
  EXPECT_EQ(job.SetNotifyInterface(nullptr), invalid_state);
  EXPECT_EQ(job.SetMinimumRetryDelay(60), invalid_state);
  EXPECT_EQ(job.SetNoProgressTimeout(60), invalid_state);
  // Arguments come first.
  EXPECT_EQ(job.AddFile(L"http://h/x", L"x"), E_INVALIDARG);
  EXPECT_EQ(job.SetDisplayName(nullptr), E_INVALIDARG);
  EXPECT_EQ(job.SetPriority(static_cast<BG_JOB_PRIORITY>(9)), E_NOTIMPL);
  // Getters go on.
  GUID id{};
  LPWSTR text = nullptr;
  EXPECT_EQ(job.GetId(&id), S_OK);
  EXPECT_EQ(job.GetDisplayName(&text), S_OK);
  CoTaskMemFree(text);
  com_ptr<IEnumBackgroundCopyFiles> files;
  EXPECT_EQ(job.EnumFiles(files.put()), S_OK);
}

TEST_P(Conformance, a_final_job_takes_no_calls_and_goes_on_answering) {
  const auto ear = make_object<Ear>();
  const auto cancelled = new_job();
  EXPECT_EQ(cancelled->Cancel(), S_OK);
  EXPECT_EQ(state_of(*cancelled), BG_JOB_STATE_CANCELLED);
  expect_final(*cancelled, view().invalid_state, *ear);
  const auto completed = new_job();
  ASSERT_EQ(add(*completed, "/x", "x"), S_OK);
  EXPECT_EQ(completed->Complete(), BG_S_PARTIAL_COMPLETE);
  EXPECT_EQ(state_of(*completed), BG_JOB_STATE_ACKNOWLEDGED);
  expect_final(*completed, view().invalid_state, *ear);
}

TEST_P(Conformance, a_running_job_can_be_suspended_resumed_and_cancelled) {
  origin.serve("/x", {.size = 1 << 20, .rules = {origin::always(origin::cut_after(1000, origin::Ending::stall))}});
  const auto ear = make_object<Ear>();
  const auto job = job_for("/x", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_state(job.get(), BG_JOB_STATE_TRANSFERRING));
  EXPECT_EQ(job->Resume(), S_OK);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_TRANSFERRING);
  EXPECT_EQ(job->SetPriority(BG_JOB_PRIORITY_FOREGROUND), S_OK);
  EXPECT_EQ(add(*job, "/y", "y"), S_OK);
  EXPECT_EQ(job->Suspend(), S_OK);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_SUSPENDED);
  EXPECT_EQ(job->Resume(), S_OK);
  EXPECT_EQ(job->Cancel(), S_OK);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_CANCELLED);
  EXPECT_EQ(files_in_folder(), 0u);
}

TEST_P(Conformance, only_the_bits_view_shows_connecting) {
  origin.serve("/x", {.size = 10, .rules = {origin::always({.delay = std::chrono::hours(1)})}});
  const auto job = job_for("/x");
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(origin.record().wait_for_requests("/x", 1, kPatience));
  EXPECT_EQ(state_of(*job), view().bits() ? BG_JOB_STATE_CONNECTING : BG_JOB_STATE_TRANSFERRING);
  EXPECT_EQ(job->Cancel(), S_OK);
}

TEST_P(Conformance, a_job_in_error_says_why_until_it_runs_again) {
  origin.serve("/x", {.size = 1000,
                      .rules = {origin::for_first(1, origin::status(404)),
                                origin::always(origin::cut_after(1, origin::Ending::stall))}});
  const auto ear = make_object<Ear>();
  const auto job = job_for("/x", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_errors(1));
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_ERROR);
  ULONG count = 0;
  EXPECT_EQ(job->GetErrorCount(&count), S_OK);
  EXPECT_EQ(count, 1u);

  com_ptr<IBackgroundCopyError> error;
  ASSERT_EQ(job->GetError(error.put()), S_OK);
  BG_ERROR_CONTEXT context{};
  HRESULT code = S_OK;
  EXPECT_EQ(error->GetError(&context, nullptr), E_INVALIDARG);
  EXPECT_EQ(error->GetError(nullptr, &code), E_INVALIDARG);
  ASSERT_EQ(error->GetError(&context, &code), S_OK);
  EXPECT_EQ(context, view().context_of_404);
  EXPECT_EQ(code, BG_E_HTTP_ERROR_404);
  com_ptr<IBackgroundCopyFile> file;
  EXPECT_EQ(error->GetFile(nullptr), E_INVALIDARG);
  ASSERT_EQ(error->GetFile(file.put()), S_OK);
  LPWSTR text = nullptr;
  EXPECT_EQ(file->GetLocalName(&text), S_OK);
  EXPECT_EQ(narrow(text), local("x"));
  EXPECT_EQ(error->GetErrorDescription(0x0409, &text), S_OK);
  EXPECT_NE(narrow(text).find("404"), std::string::npos);
  EXPECT_EQ(error->GetErrorDescription(0, &text), E_INVALIDARG);
  EXPECT_EQ(error->GetErrorDescription(0x0409, nullptr), E_INVALIDARG);
  EXPECT_EQ(error->GetErrorContextDescription(0x0409, &text), S_OK);
  EXPECT_NE(narrow(text), "");
  EXPECT_EQ(error->GetProtocol(&text), S_OK);
  EXPECT_EQ(narrow(text), "http");
  EXPECT_EQ(error->GetProtocol(nullptr), E_INVALIDARG);

  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_state(job.get(), BG_JOB_STATE_TRANSFERRING));
  com_ptr<IBackgroundCopyError> none;
  EXPECT_EQ(job->GetError(none.put()), view().no_error_now);
  EXPECT_EQ(error->GetError(&context, &code), S_OK) << "an error object that is held keeps its values";
  EXPECT_EQ(code, BG_E_HTTP_ERROR_404);
}

TEST_P(Conformance, suspend_in_error_ends_the_error) {
  origin.serve("/x", {.rules = {origin::always(origin::status(404))}});
  const auto ear = make_object<Ear>();
  const auto job = job_for("/x", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_errors(1));
  EXPECT_EQ(job->Suspend(), S_OK);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_SUSPENDED);
  com_ptr<IBackgroundCopyError> none;
  EXPECT_EQ(job->GetError(none.put()), view().no_error_now);
}

TEST_P(Conformance, http_403_is_the_remote_files_fault_in_both_views) {
  origin.serve("/x", {.rules = {origin::always(origin::status(403))}});
  const auto ear = make_object<Ear>();
  BG_ERROR_CONTEXT context{};
  HRESULT code = S_OK;
  ear->on_error = [&](IBackgroundCopyJob*, IBackgroundCopyError* error) { return error->GetError(&context, &code); };
  const auto job = job_for("/x", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_errors(1));
  EXPECT_EQ(context, BG_ERROR_CONTEXT_REMOTE_FILE);
  EXPECT_EQ(code, BG_E_HTTP_ERROR_403);
}

TEST_P(Conformance, a_transient_error_is_shown_and_not_told) {
  origin.serve("/x", {.rules = {origin::always(origin::unavailable("3600"))}});
  const auto ear = make_object<Ear>();
  const auto job = job_for("/x", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_state(job.get(), BG_JOB_STATE_TRANSIENT_ERROR));
  com_ptr<IBackgroundCopyError> error;
  EXPECT_EQ(job->GetError(error.put()), S_OK);
  EXPECT_EQ(job->Complete(), BG_S_PARTIAL_COMPLETE);
  EXPECT_EQ(ear->counts().errors, 0);
}

TEST_P(Conformance, complete_in_error_keeps_the_finished_files) {
  origin.serve("/a", {.size = 5000, .seed = 1});
  origin.serve("/b", {.rules = {origin::always(origin::status(410))}});
  const auto ear = make_object<Ear>();
  const auto job = new_job();
  ASSERT_EQ(add(*job, "/a", "a"), S_OK);
  ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_transferred());
  ASSERT_EQ(add(*job, "/b", "b"), S_OK);
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_errors(1));
  EXPECT_EQ(job->Complete(), BG_S_PARTIAL_COMPLETE);
  EXPECT_EQ(origin::first_difference(local("a"), 1, 5000), std::nullopt);
  EXPECT_EQ(files_in_folder(), 1u);
}

// ---- the classes

TEST_F(ApiTest, every_version_of_the_bits_class_makes_a_manager) {
  for (const CLSID& clsid :
       {CLSID_BackgroundCopyManager, CLSID_BackgroundCopyManager1_5, CLSID_BackgroundCopyManager2_0,
        CLSID_BackgroundCopyManager2_5, CLSID_BackgroundCopyManager3_0, CLSID_BackgroundCopyManager4_0,
        CLSID_BackgroundCopyManager5_0, CLSID_BackgroundCopyManager10_0, CLSID_BackgroundCopyManager10_1,
        CLSID_BackgroundCopyManager10_2, CLSID_BackgroundCopyManager10_3}) {
    const auto manager = manager_of(clsid);
    ASSERT_TRUE(manager);
    const auto job = new_job(*manager);
    EXPECT_EQ(job->Resume(), BG_E_EMPTY);
  }
}

TEST_F(ApiTest, a_job_speaks_as_the_class_that_made_it) {
  const auto bits = manager_of(CLSID_BackgroundCopyManager);
  const auto job = new_job(*manager_of(CLSID_DeliveryOptimization));
  GUID id{};
  ASSERT_EQ(job->GetId(&id), S_OK);
  com_ptr<IBackgroundCopyJob> found;
  ASSERT_EQ(bits->GetJob(id, found.put()), S_OK);
  EXPECT_EQ(found->Resume(), DO_E_JOB_EMPTY);
}

}  // namespace
}  // namespace dosvc
