#include "api/api_fixture.h"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

// IBackgroundCopyCallback to the letter, through libdosvc.so and an origin. When a refused call is repeated (1, 2, 4 s
// …) is tested in the engine, where time is a fake; here once for each reason, in real time.

namespace dosvc {
namespace {

class Callback : public BothViews {
 protected:
  void SetUp() override {
    BothViews::SetUp();
    origin.serve("/missing", {.rules = {origin::always(origin::status(404))}});
    origin.serve("/good", {.size = 20'000, .seed = 5});
  }

  // Runs `inside` within JobError, once, and waits for the call's end.
  com_ptr<IBackgroundCopyJob> within_job_error(
      std::function<HRESULT(IBackgroundCopyJob*, IBackgroundCopyError*)> inside) {
    ear->on_error = std::move(inside);
    auto job = job_for("/missing", ear.get());
    EXPECT_EQ(job->Resume(), S_OK);
    EXPECT_TRUE(ear->wait_for_errors(1));
    return job;
  }

  com_ptr<Ear> ear = make_object<Ear>();
};
FOR_BOTH_VIEWS(Callback);

TEST_P(Callback, job_error_brings_the_job_and_its_error) {
  GUID told{};
  BG_JOB_STATE state{};
  BG_ERROR_CONTEXT context{};
  HRESULT code = S_OK;
  std::string file_name;
  com_ptr<IBackgroundCopyJob> kept_job;
  com_ptr<IBackgroundCopyError> kept_error;
  const auto job = within_job_error([&](IBackgroundCopyJob* of, IBackgroundCopyError* error) {
    of->GetId(&told);
    of->GetState(&state);
    error->GetError(&context, &code);
    com_ptr<IBackgroundCopyFile> file;
    LPWSTR name = nullptr;
    if (error->GetFile(file.put()) == S_OK && file->GetRemoteName(&name) == S_OK) file_name = narrow(name);
    kept_job = com_ptr(of);
    kept_error = com_ptr(error);
    return S_OK;
  });
  GUID id{};
  ASSERT_EQ(job->GetId(&id), S_OK);
  EXPECT_EQ(told, id);
  EXPECT_EQ(state, BG_JOB_STATE_ERROR);
  EXPECT_EQ(context, view().context_of_404);
  EXPECT_EQ(code, BG_E_HTTP_ERROR_404);
  EXPECT_EQ(file_name, origin.url("/missing"));
  // What the callee keeps with a reference of its own outlives the call.
  EXPECT_EQ(state_of(*kept_job), BG_JOB_STATE_ERROR);
  EXPECT_EQ(kept_error->GetError(&context, &code), S_OK);
}

TEST_P(Callback, an_exception_in_the_callee_is_no_answer) {
  std::atomic<int> calls = 0;
  ear->on_error = [&](IBackgroundCopyJob*, IBackgroundCopyError*) -> HRESULT {
    if (++calls == 1) throw std::runtime_error("of the program");
    return S_OK;
  };
  const auto job = job_for("/missing", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  EXPECT_TRUE(ear->wait_for_errors(2));
}

TEST_P(Callback, nothing_but_s_ok_is_taken) {
  std::atomic<int> calls = 0;
  ear->on_transferred = [&](IBackgroundCopyJob*) { return ++calls == 1 ? S_FALSE : S_OK; };
  const auto job = job_for("/good", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  EXPECT_TRUE(ear->wait_for_transferred(2));
}

TEST_P(Callback, cancel_works_from_inside) {
  HRESULT result = E_FAIL;
  const auto job = within_job_error([&](IBackgroundCopyJob* of, IBackgroundCopyError*) {
    result = of->Cancel();
    return S_OK;
  });
  EXPECT_EQ(result, S_OK);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_CANCELLED);
  EXPECT_EQ(files_in_folder(), 0u);
}

TEST_P(Callback, complete_works_from_inside) {
  HRESULT result = E_FAIL;
  ear->on_transferred = [&](IBackgroundCopyJob* of) {
    result = of->Complete();
    return S_OK;
  };
  const auto job = job_for("/good", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_transferred());
  EXPECT_EQ(result, S_OK);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_ACKNOWLEDGED);
  EXPECT_EQ(origin::first_difference(local("good"), 5, 20'000), std::nullopt);
}

TEST_P(Callback, complete_from_inside_job_error_keeps_what_is_finished) {
  HRESULT result = E_FAIL;
  const auto job = within_job_error([&](IBackgroundCopyJob* of, IBackgroundCopyError*) {
    result = of->Complete();
    return S_OK;
  });
  EXPECT_EQ(result, BG_S_PARTIAL_COMPLETE);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_ACKNOWLEDGED);
  EXPECT_EQ(files_in_folder(), 0u);
}

TEST_P(Callback, resume_from_inside_tries_again) {
  origin.serve("/later", {.size = 100, .seed = 8, .rules = {origin::for_first(1, origin::status(404))}});
  HRESULT result = E_FAIL;
  ear->on_error = [&](IBackgroundCopyJob* of, IBackgroundCopyError*) {
    result = of->Resume();
    return S_OK;
  };
  const auto job = job_for("/later", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_transferred());
  EXPECT_EQ(result, S_OK);
  EXPECT_EQ(ear->counts().errors, 1);
}

TEST_P(Callback, the_interface_can_be_removed_from_inside) {
  HRESULT result = E_FAIL;
  const auto job = within_job_error([&](IBackgroundCopyJob* of, IBackgroundCopyError*) {
    result = of->SetNotifyInterface(nullptr);
    return E_FAIL;
  });
  EXPECT_EQ(result, S_OK);
  com_ptr<IUnknown> registered;
  EXPECT_EQ(job->GetNotifyInterface(registered.put()), S_OK);
  EXPECT_FALSE(registered);
}

TEST_P(Callback, another_job_can_be_made_from_inside) {
  const auto other_ear = make_object<Ear>();
  com_ptr<IBackgroundCopyJob> other;
  std::vector<HRESULT> results;
  const auto job = within_job_error([&](IBackgroundCopyJob*, IBackgroundCopyError*) {
    com_ptr<IBackgroundCopyManager> again;
    GUID id{};
    results.push_back(CoCreateInstance(view().clsid, nullptr, CLSCTX_LOCAL_SERVER, IID_PPV_ARGS(again.put())));
    results.push_back(again->CreateJob(L"another", BG_JOB_TYPE_DOWNLOAD, &id, other.put()));
    results.push_back(add(*other, "/good", "another"));
    results.push_back(other->SetNotifyInterface(other_ear.get()));
    results.push_back(other->Resume());
    return S_OK;
  });
  EXPECT_EQ(results, std::vector<HRESULT>(5, S_OK));
  EXPECT_TRUE(other_ear->wait_for_transferred());
}

TEST_P(Callback, an_apartment_can_be_opened_and_closed_inside) {
  HRESULT same = E_FAIL, other = E_FAIL, after = E_FAIL;
  const auto job = within_job_error([&](IBackgroundCopyJob* of, IBackgroundCopyError*) {
    same = CoInitializeEx(nullptr, COINIT_MULTITHREADED);
    CoUninitialize();
    other = CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED);
    after = of->Cancel();
    return S_OK;
  });
  EXPECT_EQ(same, S_FALSE);
  EXPECT_EQ(other, RPC_E_CHANGED_MODE);
  EXPECT_EQ(after, S_OK);
}

TEST_P(Callback, the_last_references_can_be_released_inside) {
  com_ptr<IBackgroundCopyJob> job = job_for("/missing");
  com_ptr<IBackgroundCopyJob> only = job;
  Moment ended;
  ear->on_end = [&] { ended.come(); };
  ear->on_error = [&](IBackgroundCopyJob* of, IBackgroundCopyError*) {
    of->SetNotifyInterface(nullptr);
    only = nullptr;
    return S_OK;
  };
  ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
  Ear& heard = *ear;
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(heard.wait_for_errors(1));
  job = nullptr;
  ear = nullptr;
  EXPECT_TRUE(ended.wait());
}

TEST_P(Callback, an_end_of_the_callback_object_may_call_the_api) {
  Moment ended;
  HRESULT result = E_FAIL;
  const auto other = new_job();
  ear->on_end = [&] {
    result = other->SetDisplayName(L"from a destructor");
    ended.come();
  };
  auto job = job_for("/good", ear.get());
  ear = nullptr;
  // The queue's own reference is the last, and goes with the job.
  EXPECT_EQ(job->Cancel(), S_OK);
  EXPECT_TRUE(ended.wait());
  EXPECT_EQ(result, S_OK);
}

TEST_P(Callback, a_callback_that_holds_its_job_is_released_with_the_job) {
  Moment ended;
  auto job = job_for("/good");
  ear->on_transferred = [held = com_ptr<IBackgroundCopyJob>(job)](IBackgroundCopyJob*) { return held->Complete(); };
  ear->on_end = [&] { ended.come(); };
  ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
  ear = nullptr;
  ASSERT_EQ(job->Resume(), S_OK);
  job = nullptr;
  EXPECT_TRUE(ended.wait());
}

TEST_P(Callback, removing_the_interface_releases_it_before_returning) {
  bool ended = false;
  ear->on_end = [&] { ended = true; };
  const auto job = job_for("/good", ear.get());
  ear = nullptr;
  EXPECT_FALSE(ended);
  EXPECT_EQ(job->SetNotifyInterface(nullptr), S_OK);
  EXPECT_TRUE(ended);
}

TEST_P(Callback, who_registers_late_hears_of_it) {
  const auto job = within_job_error([](IBackgroundCopyJob*, IBackgroundCopyError*) { return S_OK; });
  const auto late = make_object<Ear>();
  ASSERT_EQ(job->SetNotifyInterface(late.get()), S_OK);
  EXPECT_TRUE(late->wait_for_errors(1));
  EXPECT_EQ(ear->counts().errors, 1);
}

TEST_P(Callback, a_job_in_error_is_told_again_after_a_restart) {
  GUID id{};
  {
    const auto job = within_job_error([](IBackgroundCopyJob*, IBackgroundCopyError*) { return S_OK; });
    ASSERT_EQ(job->GetId(&id), S_OK);
  }
  manager = nullptr;
  CoUninitialize();
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
  manager = manager_of(view().clsid);

  com_ptr<IBackgroundCopyJob> job;
  ASSERT_EQ(manager->GetJob(id, job.put()), S_OK);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_ERROR);
  com_ptr<IBackgroundCopyError> error;
  BG_ERROR_CONTEXT context{};
  HRESULT code = S_OK;
  ASSERT_EQ(job->GetError(error.put()), S_OK);
  EXPECT_EQ(error->GetError(&context, &code), S_OK);
  EXPECT_EQ(code, BG_E_HTTP_ERROR_404);
  EXPECT_EQ(context, view().context_of_404);
  const auto again = make_object<Ear>();
  ASSERT_EQ(job->SetNotifyInterface(again.get()), S_OK);
  EXPECT_TRUE(again->wait_for_errors(1));
}

TEST_P(Callback, a_disabled_job_tells_nothing) {
  const auto job = job_for("/missing", ear.get(), BG_NOTIFY_DISABLE | BG_NOTIFY_JOB_ERROR);
  const auto other_ear = make_object<Ear>();
  const auto other = job_for("/missing", other_ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_EQ(other->Resume(), S_OK);
  ASSERT_TRUE(other_ear->wait_for_errors(1));
  CoUninitialize();  // nothing is on its way any more
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
  EXPECT_EQ(ear->counts().errors, 0);
}

TEST_P(Callback, at_most_four_run_at_once_and_block_nobody_else) {
  constexpr int kJobs = 6;
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0, most = 0;
  bool open = false;
  ear->on_error = [&](IBackgroundCopyJob*, IBackgroundCopyError*) {
    std::unique_lock lock(mutex);
    most = std::max(most, ++inside);
    changed.notify_all();
    changed.wait_for(lock, kPatience, [&] { return open; });
    --inside;
    return S_OK;
  };
  std::vector<com_ptr<IBackgroundCopyJob>> jobs;
  for (int i = 0; i < kJobs; ++i) {
    com_ptr<IBackgroundCopyJob> job = new_job();
    ASSERT_EQ(add(*job, "/missing", std::to_string(i)), S_OK);
    ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
    ASSERT_EQ(job->Resume(), S_OK);
    jobs.push_back(std::move(job));
  }
  {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, kPatience, [&] { return inside == 4; }));
  }
  EXPECT_EQ(new_job()->Cancel(), S_OK);  // the API goes on
  {
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
  EXPECT_TRUE(ear->wait_for_errors(kJobs));
  EXPECT_EQ(most, 4);
}

// ---- the end of the last apartment

TEST_P(Callback, the_last_couninitialize_waits_for_a_callback_and_none_follows) {
  Moment entered, leave;
  std::atomic<bool> left = false;
  HRESULT inside = E_FAIL;
  ear->on_error = [&](IBackgroundCopyJob* of, IBackgroundCopyError*) {
    entered.come();
    leave.wait();
    inside = of->SetDisplayName(L"while closing");
    left = true;
    return E_FAIL;
  };
  const auto job = job_for("/missing", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(entered.wait());
  std::thread helper([&] { leave.come(); });
  CoUninitialize();
  EXPECT_TRUE(left);
  EXPECT_EQ(inside, S_OK);
  helper.join();

  // What is still held answers what it knows.
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_ERROR);
  EXPECT_EQ(job->Resume(), RPC_E_DISCONNECTED);
  EXPECT_EQ(job->SetNotifyInterface(nullptr), RPC_E_DISCONNECTED);
  com_ptr<IBackgroundCopyJob> found;
  EXPECT_EQ(manager->GetJob(GUID_NULL, found.put()), RPC_E_DISCONNECTED);
  EXPECT_EQ(CoCreateInstance(view().clsid, nullptr, CLSCTX_LOCAL_SERVER, IID_PPV_ARGS(found.put())),
            CO_E_NOTINITIALIZED);
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
  EXPECT_EQ(ear->counts().errors, 1);
}

TEST_P(Callback, the_last_couninitialize_releases_every_callback) {
  bool ended = false;
  auto job = job_for("/good");
  ear->on_transferred = [held = com_ptr<IBackgroundCopyJob>(job)](IBackgroundCopyJob*) { return S_OK; };
  ear->on_end = [&] { ended = true; };
  ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
  ear = nullptr;
  job = nullptr;
  CoUninitialize();
  EXPECT_TRUE(ended);
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
}

}  // namespace
}  // namespace dosvc
