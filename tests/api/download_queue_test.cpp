#include <stdio.h>
#include <sys/wait.h>

#include <cstdio>
#include <set>

#include "api/download_fixture.h"

// Downloads as a whole: who finds them, what they outlive, and the rules of COM ("IDOManager interface").

namespace dosvc {
namespace {

class DownloadQueue : public DownloadTest {
 protected:
  // The ids of those that are found.
  std::multiset<std::string> found(const DO_DOWNLOAD_ENUM_CATEGORY* category, HRESULT expected = S_OK) {
    std::multiset<std::string> ids;
    com_ptr<IEnumUnknown> all;
    EXPECT_EQ(manager->EnumDownloads(category, all.put()), expected);
    com_ptr<IUnknown> item;
    while (all && all->Next(1, item.put(), nullptr) == S_OK) {
      const auto download = item.try_as<IDODownload>();
      EXPECT_TRUE(download);
      ids.insert(value_of(download, DODownloadProperty_Id).as_text());
    }
    return ids;
  }
  std::multiset<std::string> found(DODownloadProperty property, const std::string& value, HRESULT expected = S_OK) {
    const std::wstring text = wide(value);
    const DO_DOWNLOAD_ENUM_CATEGORY category{property, text.c_str()};
    return found(&category, expected);
  }
  com_ptr<IDODownload> only_one() {
    com_ptr<IEnumUnknown> all;
    com_ptr<IUnknown> item;
    EXPECT_EQ(manager->EnumDownloads(nullptr, all.put()), S_OK);
    EXPECT_EQ(all->Next(1, item.put(), nullptr), S_OK);
    com_ptr<IUnknown> another;
    EXPECT_EQ(all->Next(1, another.put(), nullptr), S_FALSE);
    return item.try_as<IDODownload>();
  }
  static std::string id_of(const com_ptr<IDODownload>& download) {
    return value_of(download, DODownloadProperty_Id).as_text();
  }

  com_ptr<StatusEar> ear = make_object<StatusEar>();
};

TEST_F(DownloadQueue, is_searched_by_each_of_five_properties) {
  const auto first = create("/small");
  const auto second = create("/stalls");
  ASSERT_EQ(set(first, DODownloadProperty_ContentId, Value::text("content")), S_OK);
  ASSERT_EQ(set(first, DODownloadProperty_DisplayName, Value::text("name")), S_OK);
  ASSERT_EQ(set(second, DODownloadProperty_DisplayName, Value::text("Name")), S_OK);
  const std::multiset<std::string> only{id_of(first)};
  EXPECT_EQ(found(nullptr), (std::multiset<std::string>{id_of(first), id_of(second)}));
  EXPECT_EQ(found(DODownloadProperty_Id, id_of(first)), only);
  EXPECT_EQ(found(DODownloadProperty_Uri, origin.url("/small")), only);
  EXPECT_EQ(found(DODownloadProperty_ContentId, "content"), only);
  EXPECT_EQ(found(DODownloadProperty_DisplayName, "name"), only) << "as it is written";
  EXPECT_EQ(found(DODownloadProperty_LocalPath, local("small")), only);

  std::string upper = id_of(first);
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(found(DODownloadProperty_Id, upper), only) << "ids have no case";
}

TEST_F(DownloadQueue, has_nothing_to_give_where_nothing_fits) {
  EXPECT_TRUE(found(nullptr, DO_E_NO_DOWNLOADS).empty());
  const auto download = create("/small");
  for (const auto property : {DODownloadProperty_Id, DODownloadProperty_Uri, DODownloadProperty_ContentId,
                              DODownloadProperty_DisplayName, DODownloadProperty_LocalPath}) {
    EXPECT_TRUE(found(property, "nothing like it", DO_E_NO_DOWNLOADS).empty()) << property;
  }
}

TEST_F(DownloadQueue, is_searched_by_no_other_property) {
  const auto download = create("/small");
  for (int id = -1; id <= 30; ++id) {
    const auto property = static_cast<DODownloadProperty>(id);
    const bool may = id == DODownloadProperty_Id || id == DODownloadProperty_Uri ||
                     id == DODownloadProperty_ContentId || id == DODownloadProperty_DisplayName ||
                     id == DODownloadProperty_LocalPath;
    if (!may) {
      EXPECT_TRUE(found(property, "x", E_INVALIDARG).empty()) << id;
    }
  }
  const DO_DOWNLOAD_ENUM_CATEGORY no_value{DODownloadProperty_Uri, nullptr};
  found(&no_value, E_INVALIDARG);
}

TEST_F(DownloadQueue, out_parameters_that_are_missing) {
  EXPECT_EQ(manager->CreateDownload(nullptr), E_INVALIDARG);
  EXPECT_EQ(manager->EnumDownloads(nullptr, nullptr), E_INVALIDARG);
}

TEST_F(DownloadQueue, no_longer_has_what_is_over) {
  const auto finalized = create("/small", ear);
  run(finalized, ear);
  ASSERT_EQ(finalized->Finalize(), S_OK);
  const auto aborted = create();
  ASSERT_EQ(aborted->Abort(), S_OK);
  EXPECT_TRUE(found(nullptr, DO_E_NO_DOWNLOADS).empty());
  EXPECT_EQ(value_of(finalized, DODownloadProperty_LocalPath).as_text(), local("small"))
      << "an object that is held goes on answering";
}

TEST_F(DownloadQueue, is_walked_as_collections_are) {
  std::multiset<std::string> ids;
  std::vector<com_ptr<IDODownload>> made;
  for (int i = 0; i < 5; ++i) ids.insert(id_of(made.emplace_back(create())));
  com_ptr<IEnumUnknown> all;
  ASSERT_EQ(manager->EnumDownloads(nullptr, all.put()), S_OK);
  IUnknown* items[4] = {};
  ULONG fetched = 9;
  ASSERT_EQ(all->Next(4, items, &fetched), S_OK);
  EXPECT_EQ(fetched, 4u);
  for (IUnknown* item : items) item->Release();
  com_ptr<IEnumUnknown> copy;
  ASSERT_EQ(all->Clone(copy.put()), S_OK);
  com_ptr<IUnknown> one;
  EXPECT_EQ(all->Next(4, items, &fetched), S_FALSE);
  EXPECT_EQ(fetched, 1u);
  items[0]->Release();
  EXPECT_EQ(all->Next(1, one.put(), nullptr), S_FALSE);
  EXPECT_FALSE(one);
  EXPECT_EQ(copy->Next(1, one.put(), nullptr), S_OK) << "the copy stands where the first stood";
  ASSERT_EQ(all->Reset(), S_OK);
  EXPECT_EQ(all->Skip(4), S_OK);
  EXPECT_EQ(all->Skip(4), S_FALSE);
  EXPECT_EQ(all->Next(2, items, nullptr), E_INVALIDARG);
  EXPECT_EQ(all->Next(1, nullptr, &fetched), E_INVALIDARG);
  EXPECT_EQ(all->Clone(nullptr), E_INVALIDARG);
}

TEST_F(DownloadQueue, shows_one_download_by_any_number_of_objects) {
  const auto download = create("/small", ear);
  const auto other = only_one();
  ASSERT_EQ(set(other, DODownloadProperty_DisplayName, Value::text("shared")), S_OK);
  EXPECT_EQ(value_of(download, DODownloadProperty_DisplayName).as_text(), "shared");
  const Value callback = value_of(other, DODownloadProperty_CallbackInterface);
  EXPECT_EQ(callback->punkVal, static_cast<IUnknown*>(ear.get()));
  ASSERT_EQ(other->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Transferred));
  ASSERT_EQ(other->Finalize(), S_OK);
  EXPECT_EQ(state_of(download), DODownloadState_Finalized);
}

TEST_F(DownloadQueue, goes_on_without_the_program_s_object) {
  const auto other_ear = make_object<StatusEar>();
  std::string id;
  {
    const auto download = create("/stalls", ear);
    id = id_of(download);
    ASSERT_EQ(download->Start(nullptr), S_OK);
  }
  ASSERT_TRUE(ear->wait_until([&] { return !ear->heard().empty() && ear->heard().back().BytesTransferred >= kGiven; }));
  const auto found_again = only_one();
  EXPECT_EQ(id_of(found_again), id);
  EXPECT_EQ(state_of(found_again), DODownloadState_Transferring);
}

TEST_F(DownloadQueue, is_not_that_of_jobs) {
  const auto download = create("/small");
  com_ptr<IBackgroundCopyManager> jobs_of;
  ASSERT_EQ(manager.as(jobs_of), S_OK);
  for (const auto& jobs : {jobs_of, manager_of(CLSID_BackgroundCopyManager)}) {
    com_ptr<IEnumBackgroundCopyJobs> all;
    ASSERT_EQ(jobs->EnumJobs(0, all.put()), S_OK);
    ULONG count = 9;
    ASSERT_EQ(all->GetCount(&count), S_OK);
    EXPECT_EQ(count, 0u);
  }
  const auto job = new_job(*jobs_of);
  EXPECT_TRUE(only_one()) << "nor is a job a download";
}

// ---- Over a restart of the service ----

TEST_F(DownloadQueue, keeps_what_is_non_volatile_over_a_restart) {
  std::string id;
  {
    const auto download = create("/stalls", ear);
    id = id_of(download);
    ASSERT_EQ(set(download, DODownloadProperty_NonVolatile, Value::flag(true)), S_OK);
    ASSERT_EQ(set(download, DODownloadProperty_DisplayName, Value::text("kept")), S_OK);
    ASSERT_EQ(set(download, DODownloadProperty_HttpCustomHeaders, Value::text("X-Kept: yes")), S_OK);
    ASSERT_EQ(set(download, DODownloadProperty_NoProgressTimeoutSeconds, Value::number(77)), S_OK);
    ASSERT_EQ(download->Start(nullptr), S_OK);
    ASSERT_TRUE(wait_for_bytes(download, ear, kGiven));
    ASSERT_EQ(download->Pause(), S_OK);
  }
  restart_service();
  const auto download = only_one();
  EXPECT_EQ(id_of(download), id);
  EXPECT_EQ(state_of(download), DODownloadState_Paused);
  EXPECT_EQ(value_of(download, DODownloadProperty_DisplayName).as_text(), "kept");
  EXPECT_EQ(value_of(download, DODownloadProperty_NoProgressTimeoutSeconds).print(), "77");
  Value nothing;
  EXPECT_EQ(get(download, DODownloadProperty_CallbackInterface, nothing), E_NOT_SET) << "it was the program's";
  EXPECT_EQ(value_of(download, DODownloadProperty_BlockingMode).print(), "false");
  listen(download, ear);
  run(download, ear);
  const auto requests = origin.requests_of("/stalls");
  EXPECT_EQ(requests.back().range(), "bytes=150000-");
  EXPECT_EQ(requests.back().header("X-Kept"), "yes");
  ASSERT_EQ(download->Finalize(), S_OK);
  EXPECT_EQ(origin::first_difference(local("stalls"), 4, kStalls), std::nullopt);
}

TEST_F(DownloadQueue, goes_on_by_itself_with_what_was_transferring) {
  {
    const auto download = create("/stalls", ear);
    ASSERT_EQ(set(download, DODownloadProperty_NonVolatile, Value::flag(true)), S_OK);
    ASSERT_EQ(download->Start(nullptr), S_OK);
    ASSERT_TRUE(wait_for_bytes(download, ear, kGiven));
  }
  restart_service();
  const auto download = only_one();
  EXPECT_EQ(download->Start(nullptr), S_OK);
  listen(download, ear);
  ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Transferred));
}

TEST_F(DownloadQueue, keeps_an_error_over_a_restart) {
  {
    const auto download = create("/missing", ear);
    ASSERT_EQ(set(download, DODownloadProperty_NonVolatile, Value::flag(true)), S_OK);
    ASSERT_EQ(download->Start(nullptr), S_OK);
    ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Paused));
  }
  restart_service();
  EXPECT_EQ(status_of(only_one()).Error, BG_E_HTTP_ERROR_404);
}

TEST_F(DownloadQueue, drops_the_others_with_their_files) {
  {
    const auto download = create("/stalls", ear);
    ASSERT_EQ(download->Start(nullptr), S_OK);
    ASSERT_TRUE(wait_for_bytes(download, ear, kGiven));
    EXPECT_EQ(files_in_folder(), 1u);
  }
  restart_service();
  EXPECT_TRUE(eventually([&] {
    com_ptr<IEnumUnknown> none;
    return manager->EnumDownloads(nullptr, none.put()) == DO_E_NO_DOWNLOADS && files_in_folder() == 0;
  }));
}

// ---- The command line ----

TEST_F(DownloadQueue, is_seen_by_the_command_line_as_jobs_are) {
  std::string empty, paused;
  {
    const auto nothing_set = create();
    empty = id_of(nothing_set);
    ASSERT_EQ(set(nothing_set, DODownloadProperty_NonVolatile, Value::flag(true)), S_OK);
    const auto download = create("/stalls", ear);
    paused = id_of(download);
    ASSERT_EQ(set(download, DODownloadProperty_NonVolatile, Value::flag(true)), S_OK);
    ASSERT_EQ(download->Start(nullptr), S_OK);
    ASSERT_TRUE(wait_for_bytes(download, ear, kGiven));
    ASSERT_EQ(download->Pause(), S_OK);
  }
  // One process at a time has the queue.
  manager = nullptr;
  CoUninitialize();
  const auto dosvc = [](const std::string& words) {
    std::string output;
    FILE* const pipe = ::popen((DOSVC_PROGRAM " " + words + " 2>&1").c_str(), "r");
    for (int c = 0; pipe && (c = std::fgetc(pipe)) != EOF;) output += static_cast<char>(c);
    return output + "exit " + std::to_string(pipe ? WEXITSTATUS(::pclose(pipe)) : -1);
  };
  const auto expect = [](const std::string& output, const std::string& part) {
    EXPECT_NE(output.find(part), std::string::npos) << output;
  };
  expect(dosvc("-q list"), "suspended");
  expect(dosvc("-q list"), " stalls\n");
  expect(dosvc("-q show " + empty), "waits for");
  expect(dosvc("-q files " + paused), origin.url("/stalls"));
  expect(dosvc("-q files " + empty), "no path yet <- no address yet\nexit 0");
  expect(dosvc("-q show --json " + empty), "\"url\": null");
  expect(dosvc("-q resume " + empty), "no address yet: set it first\nexit 3");
  expect(dosvc("-q complete " + paused), "exit 3");
  expect(dosvc("-q resume " + paused), "exit 0");
  expect(dosvc("-q wait " + paused), "exit 0");
  EXPECT_EQ(origin::first_difference(local("stalls"), 4, kStalls), std::nullopt);
  expect(dosvc("-q cancel " + empty), "exit 0");
  expect(dosvc("list"), "the queue is empty");
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
}

// ---- COM ----

TEST_F(DownloadQueue, is_one_object_with_the_manager_of_jobs) {
  com_ptr<IBackgroundCopyManager> jobs;
  com_ptr<IDOManager> again;
  com_ptr<IUnknown> first, second;
  ASSERT_EQ(manager.as(jobs), S_OK);
  ASSERT_EQ(jobs.as(again), S_OK);
  EXPECT_EQ(again.get(), manager.get());
  ASSERT_EQ(manager.as(first), S_OK);
  ASSERT_EQ(jobs.as(second), S_OK);
  EXPECT_EQ(first.get(), second.get());
  com_ptr<IDOManager> none;
  EXPECT_EQ(manager_of(CLSID_BackgroundCopyManager).as(none), E_NOINTERFACE);
}

TEST_F(DownloadQueue, balances_its_references) {
  auto download = create("/small", ear);
  EXPECT_EQ(count_of(*download), 1u);
  com_ptr<IUnknown> identity;
  com_ptr<IDODownload> back;
  ASSERT_EQ(download.as(identity), S_OK);
  ASSERT_EQ(identity.as(back), S_OK);
  EXPECT_EQ(back.get(), download.get());
  EXPECT_EQ(count_of(*download), 3u);
  com_ptr<IDOManager> none;
  EXPECT_EQ(download.as(none), E_NOINTERFACE);
  EXPECT_EQ(download->QueryInterface(IID_IUnknown, nullptr), E_POINTER);
  back = nullptr;
  identity = nullptr;
  com_ptr<IEnumUnknown> all;
  ASSERT_EQ(manager->EnumDownloads(nullptr, all.put()), S_OK);
  EXPECT_EQ(count_of(*all), 1u);
  {
    com_ptr<IUnknown> item;
    ASSERT_EQ(all->Next(1, item.put(), nullptr), S_OK);
    EXPECT_EQ(count_of(*item), 2u) << "the collection's and ours";
  }
  run(download, ear);
  ASSERT_EQ(download->Finalize(), S_OK);
  EXPECT_EQ(count_of(*download), 1u);
  EXPECT_TRUE(is_released(*ear));
}

TEST_F(DownloadQueue, outlives_its_service_as_an_object_that_knows) {
  const auto download = create("/small", ear);
  run(download, ear);
  manager = nullptr;
  CoUninitialize();
  EXPECT_EQ(state_of(download), DODownloadState_Transferred);
  EXPECT_EQ(value_of(download, DODownloadProperty_Uri).as_text(), origin.url("/small"));
  EXPECT_EQ(download->Start(nullptr), RPC_E_DISCONNECTED);
  EXPECT_EQ(download->Pause(), RPC_E_DISCONNECTED);
  EXPECT_EQ(download->Finalize(), RPC_E_DISCONNECTED);
  EXPECT_EQ(download->Abort(), RPC_E_DISCONNECTED);
  EXPECT_EQ(set(download, DODownloadProperty_DisplayName, Value::text("x")), RPC_E_DISCONNECTED);
  EXPECT_EQ(set(download, DODownloadProperty_CallbackInterface, Value::object(ear.get())), RPC_E_DISCONNECTED);
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
}

}  // namespace
}  // namespace dosvc
