#include "api/download_properties.h"

#include "api/download_listener.h"
#include "api/header_text.h"
#include "api/integrity_info.h"
#include "api/variants.h"
#include "core/names.h"

#include <functional>
#include <iterator>
#include <mutex>
#include <string>
#include <utility>
#include <variant>

namespace dosvc {
namespace {

constexpr std::uint32_t kShortestPatience = 60;  // seconds; 0 is the default's

// What a property is read from.
struct Look {
  const Job& job;
  const DownloadSettings& download;
  const File& file;
  const DownloadListener* listener;  // NULL: this process has set nothing of its own
};
using Get = Result<VARIANT> (*)(const Look&);

// What setting a property comes to, when the value is one that it may have.
using Action = std::function<Result<void>(const JobCalls&)>;
using Setting = std::variant<JobChange, FileChange, Action>;
using Set = Result<Setting> (*)(const VARIANT&);

// The states in which a property can be set; none when the download is final.
enum class When : std::uint8_t { created, created_or_paused, not_transferring, always };

struct Property {
  DODownloadProperty id;
  VARTYPE type;
  When when;
  Get get;  // NULL: write-only
  Set set;  // NULL: read-only
};

// ---- Reading ----

Error not_set() { return failed_with(E_NOT_SET, "the property was never set"); }

Result<VARIANT> shown(const std::string& text) {
  if (text.empty()) return not_set();
  return text_variant(text);
}

Result<VARIANT> shown(const std::vector<std::string>& headers) { return shown(joined_headers(headers)); }

template <class Interface>
Result<VARIANT> shown(const std::shared_ptr<const com_ptr<Interface>>& held) {
  if (!held) return not_set();
  com_ptr<IUnknown> object;
  if (FAILED(held->as(object))) return failed_with(E_UNEXPECTED, "the program's object denies that it is one");
  return object_variant(std::move(object));
}

// What the last answer of a server said.
Result<VARIANT> shown(const LastAnswer& answer, const std::string& text) {
  if (answer.status == 0) return not_set();
  return text_variant(text);
}

// ---- Setting ----

Result<Setting> set_address(const VARIANT& value) {
  FileChange change{.remote_name = DO_TRY(text_of(value))};
  if (auto good = check_remote_name(*change.remote_name); !good) {
    return failed_with(INET_E_INVALID_URL, good.error().message);
  }
  return Setting(std::move(change));
}

Result<Setting> set_local_path(const VARIANT& value) {
  std::string path = DO_TRY(text_of(value));
  DO_TRY(check_local_name(path, "the local path"));
  return Setting(Action([path = std::move(path)](const JobCalls& download) -> Result<void> {
    if (download.now()->job.download->to_stream) {
      return failed_with(DO_E_FILE_DOWNLOADSINK_ALREADY_SET, "the download goes to a stream: clear that first");
    }
    return download.change_file(0, {.local_name = path});
  }));
}

Result<Setting> set_patience(const VARIANT& value) {
  const std::uint32_t seconds = DO_TRY(number_of(value));
  if (seconds > 0 && seconds < kShortestPatience) {
    return failed_with(E_INVALIDARG, "a download's patience is 60 seconds or more, or 0 for the default");
  }
  return Setting(JobChange{.no_progress_timeout = std::chrono::seconds(seconds)});
}

// The two properties that are bits of the same flags.
Action change_security_flags(std::uint32_t mask, std::uint32_t bits) {
  return [mask, bits](const JobCalls& download) -> Result<void> {
    static std::mutex changing;  // from what is read to what is written
    const std::lock_guard lock(changing);
    const std::uint32_t others = download.now()->job.http.security_flags & ~mask;
    return download.change({.security_flags = others | bits});
  };
}

// The flags have the numbers of WinHTTP.
Result<Setting> set_security_flags(const VARIANT& value) {
  constexpr std::pair<DWORD, std::uint32_t> kFlags[] = {
      {SECURITY_FLAG_IGNORE_UNKNOWN_CA, security::kIgnoreUnknownCa},
      {SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE, security::kIgnoreUsage},
      {SECURITY_FLAG_IGNORE_CERT_CN_INVALID, security::kIgnoreName},
      {SECURITY_FLAG_IGNORE_CERT_DATE_INVALID, security::kIgnoreDate},
      {WINHTTP_ENABLE_SSL_REVOCATION, security::kCheckRevocation},
  };
  std::uint32_t given = DO_TRY(number_of(value));
  if ((given & WINHTTP_ENABLE_SSL_REVOCATION) != 0) given = WINHTTP_ENABLE_SSL_REVOCATION;
  std::uint32_t mask = 0;
  std::uint32_t bits = 0;
  for (const auto& [theirs, ours] : kFlags) {
    mask |= ours;
    if ((given & theirs) != 0) bits |= ours;
    given &= ~theirs;
  }
  if (given != 0) return failed_with(E_INVALIDARG, "a flag that isn't one of the five");
  return Setting(change_security_flags(mask, bits));
}

Result<Setting> set_certificate(const VARIANT& value) {
  CertificateChoice choice{.bytes = DO_TRY(bytes_of(value))};
  if (choice.bytes.empty()) return failed_with(E_INVALIDARG, "a certificate has at least a byte");
  return Setting(Action([choice = std::move(choice)](const JobCalls& download) {
    return download.ask<void>([&](JobService& service, const Caller& caller, const JobId& id, auto reply) {
      service.set_client_certificate(caller, id, choice, std::move(reply));
    });
  }));
}

Result<Setting> set_callback(const VARIANT& value) {
  com_ptr<IUnknown> object(value.punkVal);
  com_ptr<IDODownloadStatusCallback> callback;
  if (object && FAILED(object.as(callback))) return failed_with(E_NOINTERFACE, "the object is no callback");
  return Setting(Action([callback](const JobCalls& download) -> Result<void> {
    DO_TRY(DownloadListener::of(download.session(), download.job()))->set_callback(callback);
    return {};
  }));
}

// A download that was started keeps its kind of sink: another stream takes it from the beginning on.
Result<void> give_stream(const JobCalls& download, const com_ptr<ISequentialStream>& stream) {
  const JobSnapshotPtr now = download.now();
  const bool to_stream = now->job.download->to_stream;
  const bool to_file = !to_stream && !download.job()->file(0)->snapshot()->file.local_name.empty();
  if (stream && to_file) {
    return failed_with(DO_E_FILE_DOWNLOADSINK_ALREADY_SET, "the download goes to a local path already");
  }
  if (!stream && now->job.resumed) {
    return failed_with(BG_E_INVALID_STATE, "a download that was started can't do without its stream");
  }
  const auto listener = DO_TRY(DownloadListener::of(download.session(), download.job()));
  if (to_stream != static_cast<bool>(stream)) DO_TRY(download.change({.to_stream = static_cast<bool>(stream)}));
  listener->set_stream(stream);
  return {};
}

Result<Setting> set_stream(const VARIANT& value) {
  com_ptr<ISequentialStream> stream;
  if (value.punkVal) stream = DO_TRY(StreamPump::stream_of(*value.punkVal));
  return Setting(Action([stream](const JobCalls& download) { return give_stream(download, stream); }));
}

Result<Setting> set_blocking(const VARIANT& value) {
  const bool blocking = DO_TRY(flag_of(value));
  return Setting(Action([blocking](const JobCalls& download) -> Result<void> {
    DO_TRY(DownloadListener::of(download.session(), download.job()))->set_blocking(blocking);
    return {};
  }));
}

Result<Setting> nothing() { return Setting(JobChange{}); }

using Value = const VARIANT&;

constexpr auto kCreated = When::created;
constexpr auto kStopped = When::created_or_paused;
constexpr auto kResting = When::not_transferring;
constexpr auto kAlways = When::always;
constexpr VARTYPE kBytes = VT_ARRAY | VT_UI1;

constexpr Property kProperties[] = {
    {DODownloadProperty_Id, VT_BSTR, kAlways, [](const Look& at) { return shown(at.job.id.text()); }, nullptr},
    {DODownloadProperty_Uri, VT_BSTR, kStopped, [](const Look& at) { return shown(at.file.remote_name); }, set_address},
    {DODownloadProperty_ContentId, VT_BSTR, kResting, [](const Look& at) { return shown(at.download.content_id); },
     [](Value value) -> Result<Setting> { return Setting(JobChange{.content_id = DO_TRY(text_of(value))}); }},
    {DODownloadProperty_DisplayName, VT_BSTR, kResting, [](const Look& at) { return shown(at.job.display_name); },
     [](Value value) -> Result<Setting> { return Setting(JobChange{.display_name = DO_TRY(text_of(value))}); }},
    {DODownloadProperty_LocalPath, VT_BSTR, kCreated,
     [](const Look& at) { return shown(at.download.to_stream ? std::string() : at.file.local_name); }, set_local_path},
    {DODownloadProperty_HttpCustomHeaders, VT_BSTR, kResting, [](const Look& at) { return shown(at.job.http.headers); },
     [](Value value) -> Result<Setting> {
       return Setting(JobChange{.headers = split_headers(DO_TRY(text_of(value)))});
     }},
    {DODownloadProperty_CostPolicy, VT_UI4, kResting,
     [](const Look& at) -> Result<VARIANT> { return number_variant(at.download.cost_policy); },
     [](Value value) -> Result<Setting> { return Setting(JobChange{.cost_policy = DO_TRY(number_of(value))}); }},
    {DODownloadProperty_SecurityFlags, VT_UI4, kResting, nullptr, set_security_flags},
    {DODownloadProperty_CallbackFreqPercent, VT_UI4, kAlways,
     [](const Look& at) -> Result<VARIANT> { return number_variant(at.download.callback_percent); },
     [](Value value) -> Result<Setting> { return Setting(JobChange{.callback_percent = DO_TRY(number_of(value))}); }},
    {DODownloadProperty_CallbackFreqSeconds, VT_UI4, kAlways,
     [](const Look& at) -> Result<VARIANT> { return seconds_variant(at.download.callback_interval); },
     [](Value value) -> Result<Setting> {
       return Setting(JobChange{.callback_interval = std::chrono::seconds(DO_TRY(number_of(value)))});
     }},
    {DODownloadProperty_NoProgressTimeoutSeconds, VT_UI4, kResting,
     [](const Look& at) -> Result<VARIANT> { return seconds_variant(at.download.no_progress_timeout); }, set_patience},
    {DODownloadProperty_ForegroundPriority, VT_BOOL, kAlways,
     [](const Look& at) -> Result<VARIANT> { return flag_variant(at.job.priority == Priority::foreground); },
     [](Value value) -> Result<Setting> {
       return Setting(JobChange{.priority = DO_TRY(flag_of(value)) ? Priority::foreground : Priority::normal});
     }},
    {DODownloadProperty_BlockingMode, VT_BOOL, kResting,
     [](const Look& at) -> Result<VARIANT> { return flag_variant(at.listener && at.listener->blocking()); },
     set_blocking},
    {DODownloadProperty_CallbackInterface, VT_UNKNOWN, kAlways,
     [](const Look& at) { return shown(at.listener ? at.listener->callback() : nullptr); }, set_callback},
    {DODownloadProperty_StreamInterface, VT_UNKNOWN, kStopped,
     [](const Look& at) {
       const auto pump = at.listener ? at.listener->stream() : nullptr;
       return shown(pump ? pump->stream() : nullptr);
     },
     set_stream},
    {DODownloadProperty_SecurityContext, kBytes, kResting, nullptr, set_certificate},
    // The service acts for the owner anyway, whoever is at the other end.
    {DODownloadProperty_NetworkToken, VT_BOOL, kResting, nullptr, [](Value) { return nothing(); }},
    {DODownloadProperty_CorrelationVector, VT_BSTR, kResting,
     [](const Look& at) { return shown(at.download.correlation_vector); },
     [](Value value) -> Result<Setting> { return Setting(JobChange{.correlation_vector = DO_TRY(text_of(value))}); }},
    // How the key is written down was never published.
    {DODownloadProperty_DecryptionInfo, VT_BSTR, kResting, nullptr,
     [](Value) -> Result<Setting> { return failed_with(E_NOTIMPL, "content that is encrypted can't be decrypted"); }},
    {DODownloadProperty_IntegrityCheckInfo, VT_BSTR, kStopped, nullptr,
     [](Value value) -> Result<Setting> {
       return Setting(FileChange{.integrity = DO_TRY(parse_integrity_info(DO_TRY(text_of(value))))});
     }},
    {DODownloadProperty_IntegrityCheckMandatory, VT_BOOL, kStopped,
     [](const Look& at) -> Result<VARIANT> { return flag_variant(at.file.integrity_mandatory); },
     [](Value value) -> Result<Setting> { return Setting(FileChange{.integrity_mandatory = DO_TRY(flag_of(value))}); }},
    {DODownloadProperty_TotalSizeBytes, VT_UI8, kStopped,
     [](const Look& at) -> Result<VARIANT> {
       if (!at.file.size) return not_set();
       return size_variant(*at.file.size);
     },
     [](Value value) -> Result<Setting> { return Setting(FileChange{.size = DO_TRY(size_of(value))}); }},
    {DODownloadProperty_DisallowOnCellular, VT_BOOL, kResting,
     [](const Look& at) -> Result<VARIANT> { return flag_variant(at.download.no_cellular); },
     [](Value value) -> Result<Setting> { return Setting(JobChange{.no_cellular = DO_TRY(flag_of(value))}); }},
    {DODownloadProperty_HttpCustomAuthHeaders, VT_BSTR, kResting,
     [](const Look& at) { return shown(at.job.http.auth_headers); },
     [](Value value) -> Result<Setting> {
       return Setting(JobChange{.auth_headers = split_headers(DO_TRY(text_of(value)))});
     }},
    {DODownloadProperty_HttpAllowSecureToNonSecureRedirect, VT_BOOL, kResting,
     [](const Look& at) -> Result<VARIANT> {
       return flag_variant((at.job.http.security_flags & security::kRedirectToHttp) != 0);
     },
     [](Value value) -> Result<Setting> {
       const std::uint32_t bit = DO_TRY(flag_of(value)) ? security::kRedirectToHttp : 0;
       return Setting(change_security_flags(security::kRedirectToHttp, bit));
     }},
    {DODownloadProperty_NonVolatile, VT_BOOL, kResting,
     [](const Look& at) -> Result<VARIANT> { return flag_variant(at.download.keep); },
     [](Value value) -> Result<Setting> { return Setting(JobChange{.keep = DO_TRY(flag_of(value))}); }},
    {DODownloadProperty_HttpRedirectionTarget, VT_BSTR, kAlways,
     [](const Look& at) { return shown(at.file.answer, at.file.answer.url); }, nullptr},
    {DODownloadProperty_HttpResponseHeaders, VT_BSTR, kAlways,
     [](const Look& at) { return shown(at.file.answer, at.file.answer.headers); }, nullptr},
    {DODownloadProperty_HttpServerIPAddress, VT_BSTR, kAlways,
     [](const Look& at) { return shown(at.file.answer, at.file.answer.address); }, nullptr},
    {DODownloadProperty_HttpStatusCode, VT_UI4, kAlways,
     [](const Look& at) -> Result<VARIANT> {
       if (at.file.answer.status == 0) return not_set();
       return number_variant(static_cast<std::uint32_t>(at.file.answer.status));
     },
     nullptr},
};

// The number of a property is its place.
constexpr bool in_order() {
  for (std::size_t i = 0; i < std::size(kProperties); ++i) {
    if (static_cast<std::size_t>(kProperties[i].id) != i) return false;
  }
  return true;
}
static_assert(in_order());

Result<const Property*> find_property(DODownloadProperty id) {
  const auto place = static_cast<std::size_t>(id);
  if (id < 0 || place >= std::size(kProperties)) return failed_with(DO_E_UNKNOWN_PROPERTY_ID, "no such property");
  return &kProperties[place];
}

bool may_set(When when, DODownloadState state) {
  if (state == DODownloadState_Finalized || state == DODownloadState_Aborted) return false;
  switch (when) {
    case When::created:
      return state == DODownloadState_Created;
    case When::created_or_paused:
      return state == DODownloadState_Created || state == DODownloadState_Paused;
    case When::not_transferring:
      return state != DODownloadState_Transferring;
    case When::always:
      return true;
  }
  return false;
}

Result<void> check_arguments(const Setting& setting) {
  if (const auto* job = std::get_if<JobChange>(&setting)) return check_arguments(*job);
  if (const auto* file = std::get_if<FileChange>(&setting)) return check_arguments(*file);
  return {};
}

struct Apply {
  const JobCalls& download;

  Result<void> operator()(const JobChange& change) const { return download.change(change); }
  Result<void> operator()(const FileChange& change) const { return download.change_file(0, change); }
  Result<void> operator()(const Action& action) const { return action(download); }
};

// The pages of downloads know no other code for a value that can't be.
Error as_told_to_programs(Error error) {
  if (error.code == BG_E_STRING_TOO_LONG) error.code = E_INVALIDARG;
  return error;
}

}  // namespace

Result<VARIANT> get_download_property(const JobCalls& download, DODownloadProperty id) {
  const Property& property = *DO_TRY(find_property(id));
  if (!property.get) return failed_with(DO_E_WRITE_ONLY_PROPERTY, "the property can only be set");
  const JobSnapshotPtr job = download.now();
  const FileSnapshotPtr file = download.job()->file(0)->snapshot();
  const auto listener = DownloadListener::find(*download.job());
  return property.get({job->job, *job->job.download, file->file, listener.get()});
}

Result<void> set_download_property(const JobCalls& download, DODownloadProperty id, const VARIANT& value) {
  const Property& property = *DO_TRY(find_property(id));
  if (!property.set) return failed_with(DO_E_READ_ONLY_PROPERTY, "the property can only be read");
  if (value.vt != property.type) return failed_with(E_INVALIDARG, "the value hasn't the type of the property");
  const Result<Setting> setting = property.set(value);
  if (!setting) return as_told_to_programs(setting.error());
  if (auto good = check_arguments(*setting); !good) return as_told_to_programs(good.error());
  const auto listener = DownloadListener::find(*download.job());
  if (!may_set(property.when, DownloadListener::status(*download.job(), listener.get()).State)) {
    return failed_with(BG_E_INVALID_STATE, "the property can't be set now");
  }
  return std::visit(Apply{download}, *setting);
}

}  // namespace dosvc
