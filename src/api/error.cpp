#include "api/error.h"

#include "api/descriptions.h"
#include "api/file.h"
#include "api/values.h"
#include "api/view.h"
#include "com/task_memory.h"

#include <utility>

namespace dosvc {
namespace {

// Why a job failed ("IBackgroundCopyError interface"). The methods that the pages of Delivery Optimization leave out
// work in its view too.
class ErrorObject final : public Object<IBackgroundCopyError> {
 public:
  ErrorObject(ApiView view, JobError error, std::shared_ptr<FileView> file)
      : view_(view), error_(std::move(error)), file_(std::move(file)) {}

  HRESULT STDMETHODCALLTYPE GetError(BG_ERROR_CONTEXT* context, HRESULT* code) override {
    return view_edge(view_, [&]() -> Result<void> {
      if (!context || !code) return failed_with(E_INVALIDARG);
      *context = reported_context(view_, error_);
      *code = this->code();
      return {};
    });
  }

  HRESULT STDMETHODCALLTYPE GetFile(IBackgroundCopyFile** file) override {
    return view_edge(view_, [&]() -> Result<void> {
      if (!file) return failed_with(E_INVALIDARG);
      *file = nullptr;
      if (!file_) return failed_with(BG_E_FILE_NOT_AVAILABLE);
      *file = make_file(view_, file_).detach();
      return {};
    });
  }

  HRESULT STDMETHODCALLTYPE GetErrorDescription(DWORD language, LPWSTR* description) override {
    return describe(language, description,
                    [&] { return error_.error.message.empty() ? description_of(code()) : error_.error.message; });
  }

  HRESULT STDMETHODCALLTYPE GetErrorContextDescription(DWORD language, LPWSTR* description) override {
    return describe(language, description, [&] { return description_of(reported_context(view_, error_)); });
  }

  HRESULT STDMETHODCALLTYPE GetProtocol(LPWSTR* protocol) override {
    return view_edge(view_, [&]() -> Result<void> {
      if (!protocol) return failed_with(E_INVALIDARG);
      *protocol = nullptr;
      if (!file_) return failed_with(BG_E_PROTOCOL_NOT_AVAILABLE);
      *protocol = task_string("http");  // for https as well, as documented
      return {};
    });
  }

 private:
  HRESULT code() const { return reported_code(view_, error_.error.code); }

  // Every language gets the English text; 0 names none.
  template <class Text>
  HRESULT describe(DWORD language, LPWSTR* description, Text text) {
    return view_edge(view_, [&]() -> Result<void> {
      if (!description) return failed_with(E_INVALIDARG);
      *description = nullptr;
      if (language == 0) return failed_with(E_INVALIDARG);
      *description = task_string(text());
      return {};
    });
  }

  const ApiView view_;
  const JobError error_;
  const std::shared_ptr<FileView> file_;  // empty: the error concerns none
};

}  // namespace

com_ptr<IBackgroundCopyError> make_error(ApiView view, const JobError& error, const JobView& job) {
  return make_object<ErrorObject>(view, error, error.file ? job.file(*error.file) : nullptr);
}

}  // namespace dosvc
