#include "api/file.h"

#include "api/values.h"
#include "api/view.h"
#include "com/task_memory.h"

#include <utility>

namespace dosvc {
namespace {

// One file of a job; goes on answering when the job is gone.
class FileObject final : public Object<IBackgroundCopyFile> {
 public:
  FileObject(ApiView view, std::shared_ptr<FileView> file) : view_(view), file_(std::move(file)) {}

  HRESULT STDMETHODCALLTYPE GetRemoteName(LPWSTR* name) override {
    return answer(name, [](const FileSnapshot& file) { return task_string(file.file.remote_name); });
  }

  HRESULT STDMETHODCALLTYPE GetLocalName(LPWSTR* name) override {
    return answer(name, [](const FileSnapshot& file) { return task_string(file.file.local_name); });
  }

  HRESULT STDMETHODCALLTYPE GetProgress(BG_FILE_PROGRESS* progress) override {
    return answer(progress, [](const FileSnapshot& file) {
      return BG_FILE_PROGRESS{file.bytes_total.value_or(BG_SIZE_UNKNOWN), file.bytes_transferred,
                              file.file.stage == FileStage::completed ? TRUE : FALSE};
    });
  }

 private:
  template <class T, class Read>
  HRESULT answer(T* out, Read read) {
    return view_edge(view_, [&]() -> Result<void> {
      if (!out) return failed_with(E_INVALIDARG);
      *out = T{};
      *out = read(*file_->snapshot());
      return {};
    });
  }

  const ApiView view_;
  const std::shared_ptr<FileView> file_;
};

}  // namespace

com_ptr<IBackgroundCopyFile> make_file(ApiView view, std::shared_ptr<FileView> file) {
  return make_object<FileObject>(view, std::move(file));
}

}  // namespace dosvc
