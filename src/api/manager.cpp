#include "api/manager.h"

#include "api/descriptions.h"
#include "api/downloads.h"
#include "api/enum_jobs.h"
#include "api/job.h"
#include "api/values.h"
#include "api/view.h"
#include "client/environment.h"
#include "com/task_memory.h"

#include <utility>

namespace dosvc {
namespace {

Result<void> check_type(BG_JOB_TYPE type) {
  switch (type) {
    case BG_JOB_TYPE_DOWNLOAD:
      return {};
    case BG_JOB_TYPE_UPLOAD:
    case BG_JOB_TYPE_UPLOAD_REPLY:
      return failed_with(E_NOTIMPL);
  }
  return failed_with(E_INVALIDARG);
}

// Those are shown by the manager that made them.
bool is_download(const JobView& job) { return job.known()->job.download.has_value(); }

// The queue, as one of the two families of classes shows it ("IBackgroundCopyManager interface"). More: the interfaces
// that the object has beside.
template <class... More>
class ManagerObject : public Object<IBackgroundCopyManager, More...> {
 public:
  ManagerObject(std::shared_ptr<Session> session, ApiView view) : view_(view), session_(std::move(session)) {}

  HRESULT STDMETHODCALLTYPE CreateJob(LPCWSTR display_name, BG_JOB_TYPE type, GUID* id,
                                      IBackgroundCopyJob** job) override {
    return view_edge(view_, [&]() -> Result<void> {
      if (job) *job = nullptr;
      if (!id || !job) return failed_with(E_INVALIDARG);
      *id = GUID_NULL;
      NewJob spec;
      spec.view = view_;
      spec.display_name = DO_TRY(in_string(display_name));
      DO_TRY(check_type(type));
      set_from_environment(spec);
      auto view = session_->ask<std::shared_ptr<JobView>>([&](JobService& service, auto reply) {
        service.create_job(Caller::this_process(), std::move(spec), std::move(reply));
      });
      // The page of this method has another code for it than that of SetDisplayName.
      if (!view) return failed_with(view.error().code == BG_E_STRING_TOO_LONG ? E_INVALIDARG : view.error().code);
      *job = make_job({session_, *view}).detach();
      *id = to_guid((*view)->id());
      return {};
    });
  }

  HRESULT STDMETHODCALLTYPE GetJob(REFGUID id, IBackgroundCopyJob** job) override {
    return view_edge(view_, [&]() -> Result<void> {
      if (!job) return failed_with(E_INVALIDARG);
      *job = nullptr;
      const auto service = DO_TRY(session_->service());
      auto found = DO_TRY(service->find(Caller::this_process(), to_uuid(id)));
      if (is_download(*found)) return failed_with(BG_E_NOT_FOUND, "this is a download of IDOManager, and no job");
      *job = make_job({session_, std::move(found)}).detach();
      return {};
    });
  }

  HRESULT STDMETHODCALLTYPE EnumJobs(DWORD flags, IEnumBackgroundCopyJobs** jobs) override {
    return view_edge(view_, [&]() -> Result<void> {
      if (!jobs) return failed_with(E_INVALIDARG);
      *jobs = nullptr;
      if ((flags & ~BG_JOB_ENUM_ALL_USERS) != 0) return failed_with(E_INVALIDARG);
      const Caller caller = Caller::this_process();
      const bool all_users = flags != 0;
      if (all_users && !caller.administrator) return failed_with(E_ACCESSDENIED);
      const auto service = DO_TRY(session_->service());
      auto listed = DO_TRY(service->list(caller, all_users));
      std::erase_if(listed, [](const auto& each) { return is_download(*each); });
      *jobs = make_enum_jobs(session_, std::move(listed)).detach();
      return {};
    });
  }

  HRESULT STDMETHODCALLTYPE GetErrorDescription(HRESULT code, DWORD language, LPWSTR* description) override {
    return view_edge(view_, [&]() -> Result<void> {
      if (!description) return failed_with(E_INVALIDARG);
      *description = nullptr;
      const std::string text = description_of(code);
      if (text.empty() || language == 0) return failed_with(E_INVALIDARG);
      *description = task_string(text);
      return {};
    });
  }

 private:
  const ApiView view_;

 protected:
  const std::shared_ptr<Session> session_;
};

// Of Delivery Optimization ("IDOManager interface").
class DeliveryManager final : public ManagerObject<IDOManager> {
 public:
  explicit DeliveryManager(std::shared_ptr<Session> session)
      : ManagerObject(std::move(session), ApiView::delivery_optimization) {}

  HRESULT STDMETHODCALLTYPE CreateDownload(IDODownload** download) override {
    return view_edge(ApiView::delivery_optimization, [&]() -> Result<void> {
      if (!download) return failed_with(E_INVALIDARG);
      *download = nullptr;
      *download = DO_TRY(create_download(session_)).detach();
      return {};
    });
  }

  HRESULT STDMETHODCALLTYPE EnumDownloads(const DO_DOWNLOAD_ENUM_CATEGORY* category,
                                          IEnumUnknown** downloads) override {
    return view_edge(ApiView::delivery_optimization, [&]() -> Result<void> {
      if (!downloads) return failed_with(E_INVALIDARG);
      *downloads = nullptr;
      *downloads = DO_TRY(find_downloads(session_, category)).detach();
      return {};
    });
  }
};

}  // namespace

com_ptr<IBackgroundCopyManager> make_manager(std::shared_ptr<Session> session, ApiView view) {
  if (view == ApiView::bits) return make_object<ManagerObject<>>(std::move(session), view);
  return make_object<DeliveryManager>(std::move(session));
}

}  // namespace dosvc
