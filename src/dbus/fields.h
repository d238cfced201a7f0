#pragma once

#include "core/job_service.h"

#include <concepts>
#include <type_traits>
#include <utility>

// The names of each structure on the wire, once: what is handed in as `field` writes them, reads them, or makes the
// table of properties.
//   field(name, value)        a value; a structure that has names of its own is a dictionary within, a vector of those
//                             a list of dictionaries, an optional that is empty isn't there
//   field.code(name, value)   an HRESULT that says what failed
//   field.bytes(name, value)  a string that isn't text
// The constness of the value says whether it is written or read. org.dosvc1.xml says what each one means.
namespace dosvc::wire {

template <class Any, class T>
concept Is = std::same_as<std::remove_const_t<Any>, T>;

template <class Field, Is<Credentials> Any>
void fields(Field& field, Any& given) {
  field("Target", given.target);
  field("Scheme", given.scheme);
  field("User", given.user);
  field("Password", given.password);
}

template <class Field, Is<std::pair<AuthTarget, AuthScheme>> Any>
void fields(Field& field, Any& removed) {
  field("Target", removed.first);
  field("Scheme", removed.second);
}

template <class Field, Is<ClientCertificate> Any>
void fields(Field& field, Any& certificate) {
  field("StoreLocation", certificate.store_location);
  field("Store", certificate.store);
  field("Sha1", certificate.sha1);
  field("Subject", certificate.subject);
  field("Pem", certificate.pem);
}

template <class Field, Is<CertificateChoice> Any>
void fields(Field& field, Any& choice) {
  field("StoreLocation", choice.store_location);
  field("Store", choice.store);
  field("Sha1", choice.sha1);
  field("Subject", choice.subject);
  field.bytes("Bytes", choice.bytes);
}

template <class Field, Is<ProxySettings> Any>
void fields(Field& field, Any& proxy) {
  field("Usage", proxy.usage);
  field("Proxies", proxy.proxies);
  field("Bypass", proxy.bypass);
}

// Beside those of what has the options.
template <class Field, Is<HttpOptions> Any>
void http_fields(Field& field, Any& http) {
  field("HttpMethod", http.method);
  field("HttpHeaders", http.headers);
  field("HttpHeadersHidden", http.headers_hidden);
  field("HttpAuthHeaders", http.auth_headers);
  field("Credentials", http.credentials);
  field("ClientCertificate", http.client_certificate);
  field("SecurityFlags", http.security_flags);
  field("Proxy", http.proxy);
  field("CaFile", http.ca_file);
  field("HttpProxy", http.http_proxy);
  field("HttpsProxy", http.https_proxy);
  field("NoProxy", http.no_proxy);
}

template <class Field, Is<NotifyCommand> Any>
void fields(Field& field, Any& command) {
  field("Program", command.program);
  field("Parameters", command.parameters);
}

template <class Field, Is<DownloadSettings> Any>
void fields(Field& field, Any& download) {
  field("ContentId", download.content_id);
  field("CorrelationVector", download.correlation_vector);
  field("CostPolicy", download.cost_policy);
  field("NoCellular", download.no_cellular);
  field("CallbackPercent", download.callback_percent);
  field("CallbackInterval", download.callback_interval);
  field("NoProgressTimeout", download.no_progress_timeout);
  field("Keep", download.keep);
  field("ToStream", download.to_stream);
  field("Finished", download.finished);
}

template <class Field, Is<JobError> Any>
void fields(Field& field, Any& failed) {
  field.code("Code", failed.error.code);
  field("Context", failed.error.context);
  field("Message", failed.error.message);
  field("File", failed.file);
  field("HttpStatus", failed.http_status);
  field("NoProgress", failed.no_progress);
}

template <class Field, Is<Job> Any>
void job_fields(Field& field, Any& job) {
  field("Id", job.id);
  field("Owner", job.owner);
  field("FilesOf", job.files_of);
  field("View", job.view);
  field("DisplayName", job.display_name);
  field("Description", job.description);
  field("Priority", job.priority);
  field("NotifyFlags", job.notify_flags);
  field("NotifyCommand", job.notify_command);
  field("NotifyClass", job.notify_class);
  field("NotifyInterval", job.notify_interval);
  field("MinimumRetryDelay", job.minimum_retry_delay);
  field("NoProgressTimeout", job.no_progress_timeout);
  field("MaximumDownloadTime", job.maximum_download_time);
  field("DownloadTime", job.downloading);
  field("Umask", job.umask);
  field("CostFlags", job.cost_flags);
  field("PeerCachingFlags", job.peer_caching_flags);
  field("FileAclFlags", job.file_acl_flags);
  field("Resumed", job.resumed);
  field("NotifyCommandDone", job.command_done);
  field("DynamicContent", job.dynamic_content);
  field("HighPerformance", job.high_performance);
  field("OnDemand", job.on_demand);
  field("MaximumSize", job.maximum_size);
  field("StoredProxyCredentials", job.stored_proxy_credentials);
  http_fields(field, job.http);
  field("Download", job.download);
  field("CreationTime", job.created);
  field("ModificationTime", job.modified);
  field("TransferCompletionTime", job.transfer_completed);
  field("Error", job.error);
  field("ErrorCount", job.error_count);
}

template <class Field, Is<JobSnapshot> Any>
void fields(Field& field, Any& shot) {
  JobState state = shot.job.state();
  field("State", state);
  if constexpr (!std::is_const_v<Any>) {
    if (state != shot.job.state()) shot.job = Job::restored(state, std::move(shot.job));
  }
  job_fields(field, shot.job);
  field("BytesTotal", shot.progress.bytes_total);
  field("BytesTransferred", shot.progress.bytes_transferred);
  field("FilesTotal", shot.progress.files_total);
  field("FilesTransferred", shot.progress.files_transferred);
  field("WaitReason", shot.wait);
  field("NextAttempt", shot.next_attempt);
}

template <class Field, Is<IntegrityCheck> Any>
void fields(Field& field, Any& check) {
  field("Url", check.url);
  field("Digest", check.digest);
  field("HashOfHashes", check.hash_of_hashes);
}

template <class Field, Is<Validator> Any>
void fields(Field& field, Any& validator) {
  field("ETag", validator.etag);
  field("LastModified", validator.last_modified);
}

template <class Field, Is<FileIdentity> Any>
void fields(Field& field, Any& identity) {
  field("Device", identity.device);
  field("Inode", identity.inode);
}

template <class Field, Is<LastAnswer> Any>
void fields(Field& field, Any& answer) {
  field("Status", answer.status);
  field("Headers", answer.headers);
  field("Url", answer.url);
  field("Address", answer.address);
}

template <class Field, Is<File> Any>
void file_fields(Field& field, Any& file) {
  field("Index", file.index);
  field("FileId", file.file_id);
  field("RemoteName", file.remote_name);
  field("LocalName", file.local_name);
  field("TemporaryName", file.temp_name);
  field("Sha256", file.sha256);
  field("Integrity", file.integrity);
  field("IntegrityMandatory", file.integrity_mandatory);
  field("Ranges", file.ranges);
  field("Wanted", file.wanted);
  field("Stage", file.stage);
  field("Verdict", file.verdict);
  field("Size", file.size);
  field("Validator", file.validator);
  field("ServerTime", file.modified);
  field("Synced", file.done);
  field("Identity", file.identity);
  field("Answer", file.answer);
  field("Fetched", file.fetched);
  field("FetchTime", file.fetching);
}

template <class Field, Is<FileSnapshot> Any>
void fields(Field& field, Any& shot) {
  file_fields(field, shot.file);
  field("ShownName", shot.shown_name);
  field("BytesTotal", shot.bytes_total);
  field("BytesTransferred", shot.bytes_transferred);
  field("Received", shot.received);
  field("OnTheLine", shot.on_the_line);
}

template <class Field, Is<NewJob> Any>
void fields(Field& field, Any& job) {
  field("View", job.view);
  field("DisplayName", job.display_name);
  field("Priority", job.priority);
  field("Umask", job.umask);
  http_fields(field, job.http);
  field("Download", job.download);
}

template <class Field, Is<NewFile> Any>
void fields(Field& field, Any& file) {
  field("RemoteName", file.remote_name);
  field("LocalName", file.local_name);
  field("Sha256", file.sha256);
  field("Size", file.size);
  field("FileId", file.file_id);
  field("Ranges", file.ranges);
}

template <class Field, Is<JobChange> Any>
void fields(Field& field, Any& change) {
  field("DisplayName", change.display_name);
  field("Description", change.description);
  field("Priority", change.priority);
  field("NotifyFlags", change.notify_flags);
  field("NotifyCommand", change.notify_command);
  field("NotifyClass", change.notify_class);
  field("NotifyInterval", change.notify_interval);
  field("MinimumRetryDelay", change.minimum_retry_delay);
  field("NoProgressTimeout", change.no_progress_timeout);
  field("MaximumDownloadTime", change.maximum_download_time);
  field("CostFlags", change.cost_flags);
  field("PeerCachingFlags", change.peer_caching_flags);
  field("FileAclFlags", change.file_acl_flags);
  field("DynamicContent", change.dynamic_content);
  field("MaximumSize", change.maximum_size);
  field("HighPerformance", change.high_performance);
  field("OnDemand", change.on_demand);
  field("StoredCredentials", change.stored_credentials);
  field("Proxy", change.proxy);
  field("HttpMethod", change.method);
  field("HttpHeaders", change.headers);
  field("HideHttpHeaders", change.hide_headers);
  field("HttpAuthHeaders", change.auth_headers);
  field("SecurityFlags", change.security_flags);
  field("SetCredentials", change.set_credentials);
  field("RemoveCredentials", change.remove_credentials);
  field("ContentId", change.content_id);
  field("CorrelationVector", change.correlation_vector);
  field("CostPolicy", change.cost_policy);
  field("NoCellular", change.no_cellular);
  field("CallbackPercent", change.callback_percent);
  field("CallbackInterval", change.callback_interval);
  field("Keep", change.keep);
  field("ToStream", change.to_stream);
}

template <class Field, Is<FileChange> Any>
void fields(Field& field, Any& change) {
  field("RemoteName", change.remote_name);
  field("LocalName", change.local_name);
  field("Size", change.size);
  field("Integrity", change.integrity);
  field("IntegrityMandatory", change.integrity_mandatory);
  field("Verdict", change.verdict);
  field("Position", change.position);
  field("Wanted", change.wanted);
}

// What has names of its own.
struct AnyField {
  template <class T>
  void operator()(const char*, T&) {}
  void code(const char*, const HRESULT&) {}
  void bytes(const char*, const std::string&) {}
};
template <class T>
concept Structure = requires(AnyField& field, const T& value) {
  fields(field, value);
};

}  // namespace dosvc::wire
