#include "api/enum_files.h"

#include "api/enumerator.h"
#include "api/file.h"

namespace dosvc {

com_ptr<IEnumBackgroundCopyFiles> make_enum_files(const JobCalls& job) {
  using Files = Enumerator<IEnumBackgroundCopyFiles, IBackgroundCopyFile>;
  auto items = std::make_shared<Files::Items>();
  for (auto& file : job.job()->files()) items->push_back(make_file(job, std::move(file)));
  return make_object<Files>(std::move(items));
}

}  // namespace dosvc
