#include <thread>

#include "api/download_fixture.h"

// The states of a download and what each call does in each ("DODownloadState enumeration", "IDODownload interface").

namespace dosvc {
namespace {

constexpr HRESULT kInvalid = DO_E_INVALID_STATE;

class DownloadStates : public DownloadTest {
 protected:
  // Only the codes of errors are compared.
  static void expect_status(const DO_DOWNLOAD_STATUS& status, DODownloadState state, HRESULT error = S_OK,
                            HRESULT extended = S_OK) {
    EXPECT_EQ(status.State, state);
    EXPECT_EQ(status.Error, error);
    EXPECT_EQ(status.ExtendedError, extended);
  }

  com_ptr<StatusEar> ear = make_object<StatusEar>();
};

TEST_F(DownloadStates, a_download_goes_its_way) {
  const auto download = create("/small", ear);
  expect_status(status_of(download), DODownloadState_Created);
  EXPECT_EQ(status_of(download).BytesTotal, 0u) << "not known yet";
  run(download, ear);
  expect_status(status_of(download), DODownloadState_Transferred);
  EXPECT_EQ(status_of(download).BytesTotal, 20'000u);
  EXPECT_EQ(status_of(download).BytesTransferred, 20'000u);
  EXPECT_FALSE(std::filesystem::exists(local("small"))) << "it has its name only in the end";
  ASSERT_EQ(download->Finalize(), S_OK);
  expect_status(status_of(download), DODownloadState_Finalized);
  EXPECT_EQ(origin::first_difference(local("small"), 3, 20'000), std::nullopt);
  EXPECT_EQ(files_in_folder(), 1u);
}

TEST_F(DownloadStates, abort_leaves_nothing_behind) {
  const auto download = create("/stalls", ear);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_for_bytes(download, ear, 1));
  EXPECT_EQ(files_in_folder(), 1u);
  ASSERT_EQ(download->Abort(), S_OK);
  expect_status(status_of(download), DODownloadState_Aborted);
  EXPECT_EQ(files_in_folder(), 0u);
}

TEST_F(DownloadStates, pause_keeps_what_is_there_and_start_goes_on) {
  const auto download = create("/stalls", ear);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_for_bytes(download, ear, kGiven));
  ASSERT_EQ(download->Pause(), S_OK);
  expect_status(status_of(download), DODownloadState_Paused);
  EXPECT_EQ(status_of(download).BytesTransferred, kGiven);
  run(download, ear);
  EXPECT_EQ(origin.requests_of("/stalls").back().range(), "bytes=150000-");
  ASSERT_EQ(download->Finalize(), S_OK);
  EXPECT_EQ(origin::first_difference(local("stalls"), 4, kStalls), std::nullopt);
}

TEST_F(DownloadStates, missing_folders_are_made) {
  const auto download = create("/small", ear);
  ASSERT_EQ(set(download, DODownloadProperty_LocalPath, Value::text(local("new/folder/file"))), S_OK);
  run(download, ear);
  ASSERT_EQ(download->Finalize(), S_OK);
  EXPECT_EQ(origin::first_difference(local("new/folder/file"), 3, 20'000), std::nullopt);
}

TEST_F(DownloadStates, an_empty_file_is_a_file) {
  origin.serve("/empty", {.size = 0});
  const auto download = create("/empty", ear);
  run(download, ear);
  ASSERT_EQ(download->Finalize(), S_OK);
  EXPECT_TRUE(std::filesystem::is_empty(local("empty")));
}

// ---- What each call does in each state ----

enum class In { created, transferring, transferred, paused, failed, waiting_to_retry, finalized, aborted };

class Calls : public DownloadStates, public testing::WithParamInterface<In> {
 protected:
  com_ptr<IDODownload> download_in(In state) {
    const bool stalls = state == In::transferring || state == In::paused;
    origin.serve("/busy", {.rules = {origin::always(origin::status(503))}});
    const auto download = create(stalls                          ? "/stalls"
                                 : state == In::failed           ? "/missing"
                                 : state == In::waiting_to_retry ? "/busy"
                                                                 : "/small",
                                 ear);
    if (state == In::created) return download;
    if (state == In::aborted) {
      EXPECT_EQ(download->Abort(), S_OK);
      return download;
    }
    EXPECT_EQ(download->Start(nullptr), S_OK);
    if (stalls) {
      EXPECT_TRUE(wait_for_bytes(download, ear, kGiven));
    } else {
      const bool fails = state == In::failed || state == In::waiting_to_retry;
      EXPECT_TRUE(wait_for_state(download, ear, fails ? DODownloadState_Paused : DODownloadState_Transferred));
    }
    if (state == In::paused) {
      EXPECT_EQ(download->Pause(), S_OK);
    }
    if (state == In::finalized) {
      EXPECT_EQ(download->Finalize(), S_OK);
    }
    return download;
  }

  struct Expected {
    HRESULT result;
    DODownloadState after;
  };
  using Method = HRESULT (*)(IDODownload&);
  void expect(Method call, Expected expected) {
    const auto download = download_in(GetParam());
    EXPECT_EQ(call(*download), expected.result);
    EXPECT_EQ(state_of(download), expected.after);
  }
};
constexpr const char* kStates[] = {"created", "transferring",     "transferred", "paused",
                                   "failed",  "waiting_to_retry", "finalized",   "aborted"};
INSTANTIATE_TEST_SUITE_P(, Calls,
                         testing::Values(In::created, In::transferring, In::transferred, In::paused, In::failed,
                                         In::waiting_to_retry, In::finalized, In::aborted),
                         [](const auto& each) { return std::string(kStates[static_cast<int>(each.param)]); });

TEST_P(Calls, start) {
  const auto download = download_in(GetParam());
  const bool over = GetParam() == In::finalized || GetParam() == In::aborted;
  EXPECT_EQ(download->Start(nullptr), over ? kInvalid : S_OK);
  switch (GetParam()) {
    case In::created:
    case In::transferred:
    case In::paused:
      EXPECT_TRUE(wait_for_state(download, ear, DODownloadState_Transferred));
      break;
    case In::failed:
      EXPECT_TRUE(ear->wait_until([&] { return status_of(download).Error == BG_E_HTTP_ERROR_404; }));
      EXPECT_EQ(origin.requests_of("/missing").size(), 2u) << "it was tried again";
      break;
    case In::waiting_to_retry:
      EXPECT_TRUE(ear->wait_until([&] { return status_of(download).ExtendedError == BG_E_HTTP_ERROR_503; }));
      EXPECT_EQ(origin.requests_of("/busy").size(), 2u) << "it was tried at once";
      break;
    case In::transferring:
      EXPECT_EQ(state_of(download), DODownloadState_Transferring);
      EXPECT_EQ(origin.requests_of("/stalls").size(), 1u) << "it goes on as it was";
      break;
    case In::finalized:
      EXPECT_EQ(state_of(download), DODownloadState_Finalized);
      break;
    case In::aborted:
      EXPECT_EQ(state_of(download), DODownloadState_Aborted);
      break;
  }
}

TEST_P(Calls, pause) {
  const std::map<In, Expected> kTable = {
      {In::created, {S_OK, DODownloadState_Created}},         {In::transferring, {S_OK, DODownloadState_Paused}},
      {In::transferred, {S_OK, DODownloadState_Transferred}}, {In::paused, {S_OK, DODownloadState_Paused}},
      {In::failed, {S_OK, DODownloadState_Paused}},           {In::waiting_to_retry, {S_OK, DODownloadState_Paused}},
      {In::finalized, {kInvalid, DODownloadState_Finalized}}, {In::aborted, {kInvalid, DODownloadState_Aborted}},
  };
  expect([](IDODownload& download) { return download.Pause(); }, kTable.at(GetParam()));
}

TEST_P(Calls, finalize) {
  const std::map<In, Expected> kTable = {
      {In::created, {kInvalid, DODownloadState_Created}},
      {In::transferring, {kInvalid, DODownloadState_Transferring}},
      {In::transferred, {S_OK, DODownloadState_Finalized}},
      {In::paused, {kInvalid, DODownloadState_Paused}},
      {In::failed, {kInvalid, DODownloadState_Paused}},
      {In::waiting_to_retry, {kInvalid, DODownloadState_Paused}},
      {In::finalized, {S_OK, DODownloadState_Finalized}},
      {In::aborted, {kInvalid, DODownloadState_Aborted}},
  };
  expect([](IDODownload& download) { return download.Finalize(); }, kTable.at(GetParam()));
}

TEST_P(Calls, abort) {
  const bool finalized = GetParam() == In::finalized;
  expect([](IDODownload& download) { return download.Abort(); },
         {finalized ? kInvalid : S_OK, finalized ? DODownloadState_Finalized : DODownloadState_Aborted});
  EXPECT_EQ(files_in_folder(), finalized ? 1u : 0u);
}

TEST_P(Calls, get_status_without_a_place_for_it) {
  EXPECT_EQ(download_in(GetParam())->GetStatus(nullptr), E_INVALIDARG);
}

// ---- Errors ----

TEST_F(DownloadStates, a_fatal_error_stays_until_the_next_start) {
  const auto download = create("/missing", ear);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Paused));
  expect_status(status_of(download), DODownloadState_Paused, BG_E_HTTP_ERROR_404);
  EXPECT_EQ(download->Pause(), S_OK);
  expect_status(status_of(download), DODownloadState_Paused, BG_E_HTTP_ERROR_404);
  expect_status(ear->heard().back(), DODownloadState_Paused, BG_E_HTTP_ERROR_404);
  origin.serve("/missing", {.size = 20'000, .seed = 3});
  run(download, ear);
  expect_status(status_of(download), DODownloadState_Transferred);
}

TEST_F(DownloadStates, a_transient_error_is_told_by_the_second_code) {
  origin.serve("/busy", {.size = 20'000, .seed = 3, .rules = {origin::for_first(1, origin::status(503))}});
  const auto download = create("/busy", ear);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Paused));
  expect_status(status_of(download), DODownloadState_Paused, S_OK, BG_E_HTTP_ERROR_503);
  ASSERT_EQ(download->Pause(), S_OK);
  expect_status(status_of(download), DODownloadState_Paused);
  run(download, ear);
  ASSERT_TRUE(ear->wait_for(DODownloadState_Transferred));
  expect_status(ear->heard().back(), DODownloadState_Transferred);
}

TEST_F(DownloadStates, a_transient_error_passes_by_itself) {
  origin.serve("/busy", {.size = 20'000, .seed = 3, .rules = {origin::for_first(1, origin::status(503))}});
  const auto download = create("/busy", ear);
  // The shortest delay: five seconds, of real time.
  ASSERT_EQ(set(download, DODownloadProperty_ForegroundPriority, Value::flag(true)), S_OK);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Transferred));
  EXPECT_TRUE(ear->has_heard(DODownloadState_Paused));
}

TEST_F(DownloadStates, start_says_what_is_missing) {
  const auto download = create();
  EXPECT_EQ(download->Start(nullptr), DO_E_DOWNLOAD_NO_URI);
  ASSERT_EQ(set(download, DODownloadProperty_ContentId, Value::text("of no use here")), S_OK);
  EXPECT_EQ(download->Start(nullptr), DO_E_DOWNLOAD_NO_URI);
  ASSERT_EQ(set(download, DODownloadProperty_Uri, Value::text(origin.url("/small"))), S_OK);
  EXPECT_EQ(download->Start(nullptr), DO_E_FILE_DOWNLOADSINK_UNSPECIFIED);
  ASSERT_EQ(set(download, DODownloadProperty_LocalPath, Value::text(local("small"))), S_OK);
  ASSERT_EQ(set(download, DODownloadProperty_IntegrityCheckMandatory, Value::flag(true)), S_OK);
  EXPECT_EQ(download->Start(nullptr), DO_E_INTEGRITYCHECKINFO_UNSPECIFIED);
  EXPECT_EQ(state_of(download), DODownloadState_Created);
}

TEST_F(DownloadStates, start_says_when_the_file_can_not_be_made) {
  const auto folder_there = create("/small");
  std::filesystem::create_directory(local("small"));
  EXPECT_EQ(folder_there->Start(nullptr), E_INVALIDARG);
  EXPECT_EQ(state_of(folder_there), DODownloadState_Created);
  const auto below_a_file = create("/small");
  ASSERT_EQ(set(below_a_file, DODownloadProperty_LocalPath, Value::text("/proc/version/x")), S_OK);
  EXPECT_TRUE(FAILED(below_a_file->Start(nullptr)));
  EXPECT_EQ(state_of(below_a_file), DODownloadState_Created);
}

// ---- BlockingMode ----

class Blocking : public DownloadStates {
 protected:
  com_ptr<IDODownload> create(const std::string& path, const com_ptr<StatusEar>& to_hear = nullptr) {
    auto download = DownloadStates::create(path, to_hear);
    EXPECT_EQ(set(download, DODownloadProperty_BlockingMode, Value::flag(true)), S_OK);
    return download;
  }
};

TEST_F(Blocking, start_returns_when_all_is_there) {
  const auto download = create("/small");
  EXPECT_EQ(download->Start(nullptr), S_OK);
  expect_status(status_of(download), DODownloadState_Transferred);
  EXPECT_EQ(download->Start(nullptr), S_OK) << "nothing is missing";
  EXPECT_EQ(download->Start(Ranges({{100, 10}})), S_OK);
  EXPECT_EQ(status_of(download).BytesTransferred, 20'010u);
}

TEST_F(Blocking, start_returns_the_error) {
  const auto download = create("/missing");
  EXPECT_EQ(download->Start(nullptr), BG_E_HTTP_ERROR_404);
  expect_status(status_of(download), DODownloadState_Paused, BG_E_HTTP_ERROR_404);
  const auto nowhere = DownloadTest::create();
  ASSERT_EQ(set(nowhere, DODownloadProperty_BlockingMode, Value::flag(true)), S_OK);
  EXPECT_EQ(nowhere->Start(nullptr), DO_E_DOWNLOAD_NO_URI);
}

TEST_F(Blocking, start_ends_with_pause_or_abort_of_another_thread) {
  for (const bool abort : {false, true}) {
    origin.serve("/stalls", {.size = kStalls, .rules = {origin::always(origin::cut_after(kGiven, kInSilence))}});
    const auto download = create("/stalls", ear);
    HRESULT result = S_OK;
    std::thread program([&] { result = download->Start(nullptr); });
    EXPECT_TRUE(wait_for_bytes(download, ear, 1));
    EXPECT_EQ(abort ? download->Abort() : download->Pause(), S_OK);
    program.join();
    EXPECT_EQ(result, E_ABORT);
    EXPECT_EQ(state_of(download), abort ? DODownloadState_Aborted : DODownloadState_Paused);
  }
}

TEST_F(Blocking, start_waits_while_a_transient_error_passes) {
  origin.serve("/busy", {.size = 20'000, .seed = 3, .rules = {origin::for_first(1, origin::status(503))}});
  const auto download = create("/busy", ear);
  HRESULT result = E_FAIL;
  std::thread program([&] { result = download->Start(nullptr); });
  EXPECT_TRUE(wait_for_state(download, ear, DODownloadState_Paused));
  EXPECT_EQ(download->Start(nullptr), S_OK) << "tries at once, and waits for the end as well";
  program.join();
  EXPECT_EQ(result, S_OK);
}

TEST_F(Blocking, start_ends_when_the_program_leaves) {
  const auto download = create("/stalls", ear);
  HRESULT result = S_OK;
  std::thread program([&] { result = download->Start(nullptr); });
  EXPECT_TRUE(wait_for_bytes(download, ear, 1));
  manager = nullptr;
  CoUninitialize();
  program.join();
  EXPECT_EQ(result, RPC_E_DISCONNECTED);
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
}

TEST_F(Blocking, the_mode_is_the_download_s_whichever_object_is_asked) {
  const auto download = create("/small");
  DO_DOWNLOAD_ENUM_CATEGORY category{DODownloadProperty_Uri, nullptr};
  const std::wstring url = wide(origin.url("/small"));
  category.Value = url.c_str();
  com_ptr<IEnumUnknown> found;
  ASSERT_EQ(manager->EnumDownloads(&category, found.put()), S_OK);
  com_ptr<IUnknown> item;
  ASSERT_EQ(found->Next(1, item.put(), nullptr), S_OK);
  const auto other = item.try_as<IDODownload>();
  ASSERT_TRUE(other);
  EXPECT_EQ(value_of(other, DODownloadProperty_BlockingMode).print(), "true");
  EXPECT_EQ(other->Start(nullptr), S_OK);
  EXPECT_EQ(state_of(download), DODownloadState_Transferred);
}

}  // namespace
}  // namespace dosvc
