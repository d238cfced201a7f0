#include "api/download.h"

#include "api/download_listener.h"
#include "api/download_properties.h"

#include <dosvc/object.h>

#include <optional>
#include <utility>

namespace dosvc {
namespace {

// NULL: no word about ranges; without any: the whole file.
Result<std::optional<std::vector<FileRange>>> in_download_ranges(const DO_DOWNLOAD_RANGES_INFO* info) {
  std::optional<std::vector<FileRange>> ranges;
  if (!info) return ranges;
  ranges.emplace();
  for (UINT i = 0; i < info->RangeCount; ++i) {
    const DO_DOWNLOAD_RANGE& range = info->Ranges[i];
    ranges->push_back({range.Offset, range.Length});
  }
  return ranges;
}

// A download of one file ("IDODownload interface"): a job of the queue, and what this process has of its own for it.
class DownloadObject final : public Object<IDODownload> {
 public:
  DownloadObject(std::shared_ptr<Session> session, std::shared_ptr<JobView> view)
      : download_(std::move(session), std::move(view)) {}

  HRESULT STDMETHODCALLTYPE Start(const DO_DOWNLOAD_RANGES_INFO* ranges) override {
    return download_.edge([&]() -> Result<HRESULT> {
      const auto listener = DownloadListener::find(*download_.job());
      DO_TRY(start(DO_TRY(in_download_ranges(ranges)), listener.get()));
      return listener && listener->blocking() ? listener->wait_for_end() : S_OK;
    });
  }

  HRESULT STDMETHODCALLTYPE Pause() override {
    return download_.edge([&]() -> Result<void> {
      const auto listener = DownloadListener::find(*download_.job());
      if (const auto stream = listener ? listener->stream() : nullptr) stream->pause();
      DO_TRY(command(JobCommand::suspend));
      if (listener) listener->look();
      return {};
    });
  }

  HRESULT STDMETHODCALLTYPE Abort() override {
    return download_.edge([&] { return end(JobCommand::cancel, DODownloadState_Aborted); });
  }

  HRESULT STDMETHODCALLTYPE Finalize() override {
    return download_.edge([&]() -> Result<void> {
      const DODownloadState now = status().State;
      if (now != DODownloadState_Transferred && now != DODownloadState_Finalized) {
        return failed_with(BG_E_INVALID_STATE, "the download isn't transferred");
      }
      return end(JobCommand::complete, DODownloadState_Finalized);
    });
  }

  HRESULT STDMETHODCALLTYPE GetStatus(DO_DOWNLOAD_STATUS* status) override {
    return download_.give(status, [&]() -> Result<DO_DOWNLOAD_STATUS> { return this->status(); });
  }

  HRESULT STDMETHODCALLTYPE GetProperty(DODownloadProperty id, VARIANT* value) override {
    return download_.edge([&]() -> Result<void> {
      if (!value) return failed_with(E_POINTER);
      VariantInit(value);
      *value = DO_TRY(get_download_property(download_, id));
      return {};
    });
  }

  HRESULT STDMETHODCALLTYPE SetProperty(DODownloadProperty id, const VARIANT* value) override {
    return download_.edge([&]() -> Result<void> {
      if (!value) return failed_with(E_POINTER);
      return set_download_property(download_, id, *value);
    });
  }

 private:
  DO_DOWNLOAD_STATUS status() const {
    return DownloadListener::status(*download_.job(), DownloadListener::find(*download_.job()).get());
  }

  Result<void> start(const std::optional<std::vector<FileRange>>& ranges, DownloadListener* listener) const {
    const JobSnapshotPtr now = download_.now();
    const JobState state = now->job.state();
    const auto stream = listener ? listener->stream() : nullptr;
    if (now->job.download->to_stream && !is_final(state)) {
      if (!stream) {
        return failed_with(DO_E_FILE_DOWNLOADSINK_UNSPECIFIED, "the download has no stream any more: set one");
      }
      DO_TRY(stream->check());
      if (status().State == DODownloadState_Transferring) return {};
      // It shows as Paused because nobody takes its bytes.
      if (state == JobState::queued || is_running(state)) DO_TRY(command(JobCommand::suspend));
    }
    // Before the service starts: else the first that the program hears is that its stream stands still.
    if (stream) stream->run();
    const auto started =
        download_.ask<void>([&](JobService& service, const Caller& caller, const JobId& id, auto reply) {
          service.start_download(caller, id, ranges, std::move(reply));
        });
    if (stream && !started) stream->pause();
    if (stream) listener->look();
    return started;
  }

  Result<void> command(JobCommand command) const {
    DO_TRY(download_.ask<CommandOutcome>([&](JobService& service, const Caller& caller, const JobId& id, auto reply) {
      service.command(caller, id, command, std::move(reply));
    }));
    return {};
  }

  // Nothing more will be told. Else a callback that holds its download would keep itself.
  Result<void> end(JobCommand how, DODownloadState as) const {
    if (status().State == as) return {};
    const auto listener = DownloadListener::find(*download_.job());
    const Result<void> ended = command(how);
    if (!ended && status().State != as) return ended;
    if (listener) listener->disconnect();
    return {};
  }

  const JobCalls download_;
};

}  // namespace

com_ptr<IDODownload> make_download(std::shared_ptr<Session> session, std::shared_ptr<JobView> view) {
  return make_object<DownloadObject>(std::move(session), std::move(view));
}

}  // namespace dosvc
