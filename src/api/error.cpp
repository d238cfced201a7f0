#include "api/error.h"

#include "api/descriptions.h"
#include "api/file.h"
#include "com/task_memory.h"

namespace dosvc {
namespace {

// Why a job failed ("IBackgroundCopyError interface"). The methods that the pages of Delivery Optimization leave out
// work in its view too.
class ErrorObject final : public Object<IBackgroundCopyError> {
 public:
  ErrorObject(const JobCalls& job, const JobError& error)
      : on_(job), error_(error), file_(error.file ? job.job()->file(*error.file) : nullptr) {}

  HRESULT STDMETHODCALLTYPE GetError(BG_ERROR_CONTEXT* context, HRESULT* code) override {
    return on_.edge([&]() -> Result<void> {
      if (!context || !code) return failed_with(E_INVALIDARG);
      *context = reported_context(on_.view(), error_);
      *code = this->code();
      return {};
    });
  }

  HRESULT STDMETHODCALLTYPE GetFile(IBackgroundCopyFile** file) override {
    return on_.give(file, [&]() -> Result<IBackgroundCopyFile*> {
      if (!file_) return failed_with(BG_E_FILE_NOT_AVAILABLE);
      return make_file(on_, file_).detach();
    });
  }

  HRESULT STDMETHODCALLTYPE GetErrorDescription(DWORD language, LPWSTR* description) override {
    return describe(language, description,
                    [&] { return error_.error.message.empty() ? description_of(code()) : error_.error.message; });
  }

  HRESULT STDMETHODCALLTYPE GetErrorContextDescription(DWORD language, LPWSTR* description) override {
    return describe(language, description, [&] { return description_of(reported_context(on_.view(), error_)); });
  }

  HRESULT STDMETHODCALLTYPE GetProtocol(LPWSTR* protocol) override {
    return on_.give(protocol, [&]() -> Result<LPWSTR> {
      if (!file_) return failed_with(BG_E_PROTOCOL_NOT_AVAILABLE);
      return task_string("http");  // for https as well, as documented
    });
  }

 private:
  HRESULT code() const { return reported_code(on_.view(), error_.error.code); }

  // Every language gets the English text; 0 names none.
  template <class Text>
  HRESULT describe(DWORD language, LPWSTR* description, Text text) {
    return on_.give(description, [&]() -> Result<LPWSTR> {
      if (language == 0) return failed_with(E_INVALIDARG);
      return task_string(text());
    });
  }

  const JobCalls on_;
  const JobError error_;
  const std::shared_ptr<FileView> file_;  // empty: the error concerns none
};

}  // namespace

com_ptr<IBackgroundCopyError> make_error(const JobCalls& job, const JobError& error) {
  return make_object<ErrorObject>(job, error);
}

}  // namespace dosvc
