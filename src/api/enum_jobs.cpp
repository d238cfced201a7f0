#include "api/enum_jobs.h"

#include "api/enumerator.h"
#include "api/job.h"

namespace dosvc {

com_ptr<IEnumBackgroundCopyJobs> make_enum_jobs(const std::shared_ptr<Session>& session,
                                                std::vector<std::shared_ptr<JobView>> jobs) {
  using Jobs = Enumerator<IEnumBackgroundCopyJobs, IBackgroundCopyJob>;
  auto items = std::make_shared<Jobs::Items>();
  for (auto& job : jobs) items->push_back(make_job({session, std::move(job)}));
  return make_object<Jobs>(std::move(items));
}

}  // namespace dosvc
