#include "api/api_fixture.h"
#include "api/job_methods.h"

#include <atomic>
#include <thread>
#include <vector>

// Many threads at once, for the thread sanitizer to look at.

namespace dosvc {
namespace {

class Threads : public BothViews {};
FOR_BOTH_VIEWS(Threads);

TEST_P(Threads, every_thread_may_call_at_once) {
  origin.serve("/x", {.size = 50'000, .seed = 2});
  constexpr int kThreads = 6;
  constexpr int kRounds = 4;
  std::atomic<int> completed = 0;
  std::atomic<int> failures = 0;
  const auto expect = [&](HRESULT got) {
    if (got != S_OK) ++failures;
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      expect(CoInitializeEx(nullptr, t % 2 ? COINIT_APARTMENTTHREADED : COINIT_MULTITHREADED));
      for (int round = 0; round < kRounds; ++round) {
        const com_ptr<Ear> ear = make_object<Ear>();
        GUID id{};
        com_ptr<IBackgroundCopyJob> job, same;
        expect(manager->CreateJob(L"one of many", BG_JOB_TYPE_DOWNLOAD, &id, job.put()));
        expect(manager->GetJob(id, same.put()));
        expect(add(*job, "/x", std::to_string(t) + "-" + std::to_string(round)));
        expect(job->SetNotifyFlags(BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_MODIFICATION));
        expect(job->SetNotifyInterface(ear.get()));
        expect(same->Resume());
        expect(job->SetDescription(L"busy"));
        com_ptr<IEnumBackgroundCopyJobs> jobs;
        expect(manager->EnumJobs(0, jobs.put()));
        com_ptr<IBackgroundCopyJob> any;
        jobs->Next(1, any.put(), nullptr);
        if (!ear->wait_for_transferred()) ++failures;
        if (round % 2) {
          expect(job->Cancel());
        } else {
          expect(same->Complete());
          ++completed;
        }
      }
      CoUninitialize();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(files_in_folder(), static_cast<std::size_t>(completed));
}

TEST_P(Threads, one_job_may_be_used_by_all) {
  origin.serve("/missing", {.rules = {origin::always(origin::status(404))}});
  const com_ptr<Ear> ear = make_object<Ear>();
  ear->on_error = [](IBackgroundCopyJob* job, IBackgroundCopyError*) { return job->Resume(); };
  const auto job = job_for("/missing", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        BG_JOB_PROGRESS progress{};
        com_ptr<IBackgroundCopyError> error;
        com_ptr<IUnknown> registered;
        job->GetProgress(&progress);
        job->GetError(error.put());
        job->GetNotifyInterface(registered.put());
        if (t == 0) job->SetNotifyInterface(ear.get());
        if (t == 1) job->SetNotifyInterface(nullptr);
        if (t == 2) job->Suspend();
        if (t == 3) job->Resume();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(job->Cancel(), S_OK);
}

// All methods of one job and its file, while it is resumed and suspended again and again. What they answer is tested
// one by one in stages_test.cpp.
TEST_P(Threads, every_method_may_be_called_by_all_at_once) {
  origin.serve("/x", {.size = 1 << 20, .rules = {origin::always(origin::cut_after(1000, origin::Ending::stall))}});
  const com_ptr<Ear> ear = make_object<Ear>();
  const auto job = job_for("/x", ear.get());
  Faces on(job);
  on.url = wide(origin.url("/x"));
  on.local = wide(local("more"));
  ASSERT_EQ(ear->QueryInterface(IID_PPV_ARGS(on.ear.put())), S_OK);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 2; ++round) {
        if (t == 0) job->Resume();
        for (const Getter& each : getters()) each.call(on);
        for (const Setter& each : setters()) each.call(on);
        if (t == 1) job->Suspend();
        for (const BadArgument& each : bad_arguments()) each.call(on);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(job->SetNotifyInterface(nullptr), S_OK);
  EXPECT_EQ(job->Cancel(), S_OK);
}

TEST_P(Threads, apartments_may_come_and_go_while_jobs_run) {
  manager = nullptr;
  CoUninitialize();
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 8; ++i) {
        CoInitializeEx(nullptr, COINIT_MULTITHREADED);
        {
          com_ptr<IBackgroundCopyManager> mine;
          com_ptr<IBackgroundCopyJob> job;
          GUID id{};
          // Another thread's CoUninitialize may have been the last, a moment before this one's first.
          const HRESULT made = CoCreateInstance(view().clsid, nullptr, CLSCTX_LOCAL_SERVER, IID_PPV_ARGS(mine.put()));
          const HRESULT created = made == S_OK ? mine->CreateJob(L"x", BG_JOB_TYPE_DOWNLOAD, &id, job.put()) : made;
          if (created != S_OK && created != RPC_E_DISCONNECTED) ++failures;
        }
        CoUninitialize();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
}

}  // namespace
}  // namespace dosvc
