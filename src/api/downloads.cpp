#include "api/downloads.h"

#include "api/download.h"
#include "api/enumerator.h"
#include "base/text.h"
#include "client/environment.h"

#include <utility>

namespace dosvc {
namespace {

// "IEnumUnknown interface".
class EnumDownloads final : public Walk<EnumDownloads, IEnumUnknown, IUnknown> {
 public:
  using Walk::Walk;
};

// What downloads are searched by, as one has it. NULL: they can't be searched by that.
using Read = std::string (*)(const Job& job, const File& file);

Read reader_of(DODownloadProperty property) {
  switch (property) {
    case DODownloadProperty_Id:
      return [](const Job& job, const File&) { return job.id.text(); };
    case DODownloadProperty_Uri:
      return [](const Job&, const File& file) { return file.remote_name; };
    case DODownloadProperty_ContentId:
      return [](const Job& job, const File&) { return job.download->content_id; };
    case DODownloadProperty_DisplayName:
      return [](const Job& job, const File&) { return job.display_name; };
    case DODownloadProperty_LocalPath:
      return [](const Job& job, const File& file) { return job.download->to_stream ? std::string() : file.local_name; };
    default:
      return nullptr;
  }
}

}  // namespace

Result<com_ptr<IDODownload>> create_download(const std::shared_ptr<Session>& session) {
  NewJob spec;
  spec.view = ApiView::delivery_optimization;
  spec.download.emplace();
  set_from_environment(spec);
  auto view = DO_TRY(session->ask<std::shared_ptr<JobView>>([&](JobService& service, auto reply) {
    service.create_job(Caller::this_process(), std::move(spec), std::move(reply));
  }));
  return make_download(session, std::move(view));
}

Result<com_ptr<IEnumUnknown>> find_downloads(const std::shared_ptr<Session>& session,
                                             const DO_DOWNLOAD_ENUM_CATEGORY* category) {
  Read read = nullptr;
  std::string wanted;
  if (category) {
    read = reader_of(category->Property);
    if (!read) return failed_with(E_INVALIDARG, "downloads can't be searched by that property");
    wanted = DO_TRY(in_string(category->Value));
    if (category->Property == DODownloadProperty_Id) wanted = lower_case(wanted);
  }
  const auto service = DO_TRY(session->service());
  auto items = std::make_shared<EnumDownloads::Items>();
  auto listed = DO_TRY(service->list(Caller::this_process(), false));
  for (auto& view : listed) {
    const JobSnapshotPtr job = view->known();
    if (!job->job.download) continue;
    if (read && read(job->job, view->file(0)->snapshot()->file) != wanted) continue;
    items->push_back(make_download(session, std::move(view)));
  }
  if (items->empty()) return failed_with(DO_E_NO_DOWNLOADS, "there are no such downloads");
  return com_ptr<IEnumUnknown>(make_object<EnumDownloads>(std::move(items)));
}

}  // namespace dosvc
