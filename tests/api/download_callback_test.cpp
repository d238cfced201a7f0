#include <atomic>
#include <stdexcept>
#include <thread>

#include "api/download_fixture.h"

// IDODownloadStatusCallback to the letter. How the frequency properties pace the calls is tested as a function of time
// beside the code.

namespace dosvc {
namespace {

class DownloadCallback : public DownloadTest {
 protected:
  // Runs `inside` within the first call that tells of `state`; done says when it has run.
  void within(DODownloadState state, std::function<HRESULT(IDODownload*)> inside) {
    ear->on_status = [this, state, inside = std::move(inside)](IDODownload* download, const auto& status) {
      if (status.State != state || begun.exchange(true)) return S_OK;
      const HRESULT result = inside(download);
      done = true;
      return result;
    };
  }
  bool wait_until_done() {
    return ear->wait_until([&] { return done.load(); });
  }
  // Whatever the service still had to tell of other downloads has been told, or never will be.
  void let_it_tell() {
    const auto other = make_object<StatusEar>();
    const auto download = create("/small", other);
    EXPECT_EQ(set(download, DODownloadProperty_LocalPath, Value::text(local("of the other"))), S_OK);
    EXPECT_EQ(download->Start(nullptr), S_OK);
    EXPECT_TRUE(other->wait_for(DODownloadState_Transferred));
    EXPECT_EQ(download->Abort(), S_OK);
  }

  std::atomic<bool> begun = false;
  std::atomic<bool> done = false;
  com_ptr<StatusEar> ear = make_object<StatusEar>();
};

TEST_F(DownloadCallback, hears_of_each_state_in_order) {
  const auto download = create("/stalls", ear);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_for_bytes(download, ear, kGiven));
  ASSERT_EQ(download->Pause(), S_OK);
  ASSERT_TRUE(ear->wait_for(DODownloadState_Paused));
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(ear->wait_for(DODownloadState_Transferred));
  std::vector<DODownloadState> states;
  for (const auto& status : ear->heard()) {
    EXPECT_EQ(status.Error, S_OK);
    EXPECT_EQ(status.ExtendedError, S_OK);
    if (states.empty() || states.back() != status.State) states.push_back(status.State);
  }
  EXPECT_EQ(states, (std::vector{DODownloadState_Transferring, DODownloadState_Paused, DODownloadState_Transferring,
                                 DODownloadState_Transferred}));
  EXPECT_EQ(ear->heard().back().BytesTransferred, kStalls);
  EXPECT_EQ(ear->heard().back().BytesTotal, kStalls);
}

TEST_F(DownloadCallback, gets_a_download_to_work_with) {
  std::string id;
  com_ptr<IDODownload> kept;
  within(DODownloadState_Transferred, [&](IDODownload* download) {
    kept = com_ptr(download);
    id = value_of(kept, DODownloadProperty_Id).as_text();
    return S_OK;
  });
  const auto download = create("/small", ear);
  run(download, ear);
  ASSERT_TRUE(wait_until_done());
  EXPECT_EQ(id, value_of(download, DODownloadProperty_Id).as_text());
  EXPECT_EQ(state_of(kept), DODownloadState_Transferred)
      << "what is kept with a reference of its own outlives the call";
}

TEST_F(DownloadCallback, may_ask_and_set_from_inside) {
  HRESULT status = E_FAIL, got = E_FAIL, set_result = E_FAIL, refused = E_FAIL;
  within(DODownloadState_Transferring, [&](IDODownload* download) {
    DO_DOWNLOAD_STATUS now{};
    status = download->GetStatus(&now);
    Value value;
    got = download->GetProperty(DODownloadProperty_Uri, &value);
    Value foreground = Value::flag(true), uri = Value::text("http://127.0.0.1/");
    set_result = download->SetProperty(DODownloadProperty_ForegroundPriority, &foreground);
    refused = download->SetProperty(DODownloadProperty_Uri, &uri);
    return S_OK;
  });
  const auto download = create("/stalls", ear);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_until_done());
  EXPECT_EQ(status, S_OK);
  EXPECT_EQ(got, S_OK);
  EXPECT_EQ(set_result, S_OK);
  EXPECT_EQ(refused, DO_E_INVALID_STATE);
  EXPECT_EQ(download->Abort(), S_OK);
}

TEST_F(DownloadCallback, may_pause_from_inside) {
  HRESULT result = E_FAIL;
  within(DODownloadState_Transferring, [&](IDODownload* download) { return result = download->Pause(); });
  const auto download = create("/stalls", ear);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_until_done());
  EXPECT_EQ(result, S_OK);
  EXPECT_EQ(state_of(download), DODownloadState_Paused);
}

TEST_F(DownloadCallback, may_abort_from_inside) {
  HRESULT result = E_FAIL;
  within(DODownloadState_Transferring, [&](IDODownload* download) { return result = download->Abort(); });
  const auto download = create("/stalls", ear);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_until_done());
  EXPECT_EQ(result, S_OK);
  EXPECT_EQ(state_of(download), DODownloadState_Aborted);
  EXPECT_EQ(files_in_folder(), 0u);
}

TEST_F(DownloadCallback, may_finalize_from_inside) {
  HRESULT result = E_FAIL;
  within(DODownloadState_Transferred, [&](IDODownload* download) { return result = download->Finalize(); });
  const auto download = create("/small", ear);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_until_done());
  EXPECT_EQ(result, S_OK);
  EXPECT_EQ(state_of(download), DODownloadState_Finalized);
  EXPECT_EQ(origin::first_difference(local("small"), 3, 20'000), std::nullopt);
}

TEST_F(DownloadCallback, may_start_again_from_inside_and_wait) {
  for (const bool blocking : {false, true}) {
    origin.serve("/missing", {.rules = {origin::always(origin::status(404))}});
    begun = done = false;
    HRESULT result = E_FAIL;
    within(DODownloadState_Paused, [&](IDODownload* download) {
      origin.serve("/missing", {.size = 20'000, .seed = 3});
      Value mode = Value::flag(blocking);
      if (FAILED(download->SetProperty(DODownloadProperty_BlockingMode, &mode))) return E_FAIL;
      return result = download->Start(nullptr);
    });
    const auto download = create("/missing", ear);
    ASSERT_EQ(download->Start(nullptr), S_OK);
    ASSERT_TRUE(wait_until_done());
    EXPECT_EQ(result, S_OK);
    ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Transferred));
    ASSERT_EQ(download->Abort(), S_OK);
  }
}

TEST_F(DownloadCallback, may_be_replaced_from_inside) {
  const auto next = make_object<StatusEar>();
  within(DODownloadState_Transferring, [&](IDODownload* download) {
    Value object = Value::object(next.get());
    return download->SetProperty(DODownloadProperty_CallbackInterface, &object);
  });
  const auto download = create("/small", ear);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_for_state(download, next, DODownloadState_Transferred));
  EXPECT_FALSE(ear->has_heard(DODownloadState_Transferred));
}

TEST_F(DownloadCallback, may_answer_and_throw_what_it_likes) {
  ear->on_status = [](IDODownload*, const DO_DOWNLOAD_STATUS& status) -> HRESULT {
    if (status.State == DODownloadState_Transferring) throw std::runtime_error("of the program");
    return E_FAIL;
  };
  const auto download = create("/small", ear);
  run(download, ear);
  ASSERT_TRUE(ear->wait_for(DODownloadState_Transferred));
  EXPECT_EQ(download->Finalize(), S_OK);
}

TEST_F(DownloadCallback, hears_of_errors) {
  const auto download = create("/missing", ear);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(ear->wait_for(DODownloadState_Paused));
  EXPECT_EQ(ear->heard().back().Error, BG_E_HTTP_ERROR_404);
}

TEST_F(DownloadCallback, replaces_the_one_before_and_ends_when_cleared) {
  const auto download = create("/small", ear);
  const auto second = make_object<StatusEar>();
  listen(download, second);
  EXPECT_EQ(count_of(*ear), 1u);
  run(download, second);
  EXPECT_TRUE(ear->heard().empty());
  ASSERT_EQ(set(download, DODownloadProperty_CallbackInterface, Value::object(nullptr)), S_OK);
  EXPECT_TRUE(is_released(*second));
}

TEST_F(DownloadCallback, hears_nothing_of_the_end_nor_after_it) {
  for (const bool abort : {false, true}) {
    const auto quiet = make_object<StatusEar>();
    const auto download = create("/small", quiet);
    run(download, quiet);
    ASSERT_TRUE(quiet->wait_for(DODownloadState_Transferred));
    const std::size_t heard = quiet->heard().size();
    ASSERT_EQ(abort ? download->Abort() : download->Finalize(), S_OK);
    EXPECT_TRUE(is_released(*quiet));
    let_it_tell();
    EXPECT_EQ(quiet->heard().size(), heard);
    std::filesystem::remove(local("small"));
  }
}

TEST_F(DownloadCallback, hears_of_no_bytes_when_it_wants_none) {
  const auto download = create("/stalls", ear);
  ASSERT_EQ(set(download, DODownloadProperty_CallbackFreqPercent, Value::number(0)), S_OK);
  ASSERT_EQ(set(download, DODownloadProperty_CallbackFreqSeconds, Value::number(0)), S_OK);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(origin.record().wait_for_bytes("/stalls", kGiven, kPatience));
  ASSERT_TRUE(ear->wait_for(DODownloadState_Transferring));
  ASSERT_TRUE(eventually([&] { return status_of(download).BytesTransferred == kGiven; }));
  ASSERT_EQ(download->Pause(), S_OK);
  ASSERT_TRUE(ear->wait_for(DODownloadState_Paused));
  const auto heard = ear->heard();
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(heard[0].State, DODownloadState_Transferring);
  EXPECT_EQ(heard[0].BytesTransferred, 0u);
}

TEST_F(DownloadCallback, hears_of_the_last_bytes_before_a_standstill) {
  const auto download = create("/stalls", ear);
  ASSERT_EQ(set(download, DODownloadProperty_CallbackFreqPercent, Value::number(0)), S_OK);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  EXPECT_TRUE(ear->wait_until([&] { return !ear->heard().empty() && ear->heard().back().BytesTransferred == kGiven; }));
  EXPECT_EQ(download->Abort(), S_OK);
}

TEST_F(DownloadCallback, hears_of_every_state_however_slow_it_is) {
  Moment entered, released;
  ear->on_status = [&](IDODownload*, const DO_DOWNLOAD_STATUS&) {
    entered.come();
    return released.wait() ? S_OK : E_FAIL;
  };
  origin.serve("/stalls", {.size = kStalls, .rules = {origin::always(origin::cut_after(kGiven, kInSilence))}});
  const auto download = create("/stalls", ear);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(entered.wait());
  ASSERT_EQ(download->Pause(), S_OK);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_EQ(download->Pause(), S_OK);
  released.come();
  std::vector<DODownloadState> states;
  EXPECT_TRUE(ear->wait_until([&] {
    states.clear();
    for (const auto& status : ear->heard()) {
      if (states.empty() || states.back() != status.State) states.push_back(status.State);
    }
    return states.size() == 4;
  }));
  EXPECT_EQ(states, (std::vector{DODownloadState_Transferring, DODownloadState_Paused, DODownloadState_Transferring,
                                 DODownloadState_Paused}));
}

TEST_F(DownloadCallback, holds_up_nobody_else) {
  Moment entered, released;
  ear->on_status = [&](IDODownload*, const DO_DOWNLOAD_STATUS&) {
    entered.come();
    return released.wait() ? S_OK : E_FAIL;
  };
  const auto slow = create("/small", ear);
  ASSERT_EQ(slow->Start(nullptr), S_OK);
  ASSERT_TRUE(entered.wait());
  const auto other = make_object<StatusEar>();
  const auto download = create("/small", other);
  ASSERT_EQ(set(download, DODownloadProperty_LocalPath, Value::text(local("other"))), S_OK);
  run(download, other);
  // Neither does it delay what its own program asks for.
  ASSERT_EQ(slow->Abort(), S_OK);
  released.come();
  EXPECT_TRUE(is_released(*ear));
}

TEST_F(DownloadCallback, is_released_when_the_program_leaves) {
  {
    const auto download = create("/stalls", ear);
    ASSERT_EQ(download->Start(nullptr), S_OK);
    ASSERT_TRUE(wait_for_bytes(download, ear, 1));
  }
  restart_service();
  EXPECT_EQ(count_of(*ear), 1u);
}

TEST_F(DownloadCallback, may_be_called_for_many_downloads_from_many_threads) {
  constexpr int kThreads = 8;
  std::vector<std::thread> program;
  std::atomic<int> finalized = 0;
  for (int i = 0; i < kThreads; ++i) {
    program.emplace_back([&, i] {
      const auto mine = make_object<StatusEar>();
      const auto download = create("/small", mine);
      EXPECT_EQ(set(download, DODownloadProperty_LocalPath, Value::text(local("of" + std::to_string(i)))), S_OK);
      run(download, mine);
      if (download->Finalize() == S_OK) ++finalized;
    });
  }
  for (std::thread& each : program) each.join();
  EXPECT_EQ(finalized, kThreads);
  EXPECT_EQ(files_in_folder(), static_cast<std::size_t>(kThreads));
}

}  // namespace
}  // namespace dosvc
