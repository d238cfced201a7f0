#pragma once

#include "core/job.h"

namespace dosvc {

// The columns of the tables, each once: its name, and its place in a job or a file. Statements are made, values bound
// and rows read by what is handed in as `column`:
//   column(name, value)           a column
//   column.together(value, list)  the columns of an optional value, which are all NULL when there is none
// The constness of the value says whether it is read or written.

template <class Column, class AnyHttpOptions>
void http_columns(Column& column, AnyHttpOptions& http) {
  column("http_method", http.method);
  column("http_headers", http.headers);
  column("headers_hidden", http.headers_hidden);
  column("auth_headers", http.auth_headers);
  column("credentials", http.credentials);
  column.together(http.client_certificate, [](auto& part, auto& certificate) {
    part("certificate_location", certificate.store_location);
    part("certificate_store", certificate.store);
    part("certificate_sha1", certificate.sha1);
    part("certificate_subject", certificate.subject);
    part("certificate_pem", certificate.pem);
  });
  column("security_flags", http.security_flags);
  column("proxy_usage", http.proxy.usage);
  column("proxy_list", http.proxy.proxies);
  column("proxy_bypass", http.proxy.bypass);
  column("ca_file", http.ca_file);
  column("http_proxy", http.http_proxy);
  column("https_proxy", http.https_proxy);
  column("no_proxy", http.no_proxy);
}

template <class Column, class AnyJob>
void property_columns(Column& column, AnyJob& job) {
  column("display_name", job.display_name);
  column("description", job.description);
  column("priority", job.priority);
  column("minimum_retry_delay", job.minimum_retry_delay);
  column("no_progress_timeout", job.no_progress_timeout);
  column("maximum_download_time", job.maximum_download_time);
  column("notify_flags", job.notify_flags);
  column("notify_program", job.notify_command.program);
  column("notify_parameters", job.notify_command.parameters);
  column("notify_class", job.notify_class);
  column("notify_interval", job.notify_interval);
  column("cost_flags", job.cost_flags);
  column("peer_caching_flags", job.peer_caching_flags);
  column("file_acl_flags", job.file_acl_flags);
  column("dynamic_content", job.dynamic_content);
  column("high_performance", job.high_performance);
  column("on_demand", job.on_demand);
  column("maximum_size", job.maximum_size);
  column("stored_proxy_credentials", job.stored_proxy_credentials);
  column.together(job.download, [](auto& part, auto& download) {
    part("download_content_id", download.content_id);
    part("download_correlation_vector", download.correlation_vector);
    part("download_cost_policy", download.cost_policy);
    part("download_no_cellular", download.no_cellular);
    part("download_callback_percent", download.callback_percent);
    part("download_callback_interval", download.callback_interval);
    part("download_keep", download.keep);
    part("download_no_progress_timeout", download.no_progress_timeout);
    part("download_to_stream", download.to_stream);
    part("download_finished", download.finished);
  });
}

// All but the state, which stands before them: Job::restored() needs it first.
template <class Column, class AnyJob>
void job_columns(Column& column, AnyJob& job) {
  column("id", job.id);
  column("owner", job.owner);
  column("files_of", job.files_of);
  column("api_view", job.view);
  column("umask", job.umask);
  property_columns(column, job);
  http_columns(column, job.http);
  column("created", job.created);
  column("modified", job.modified);
  column("transfer_completed", job.transfer_completed);
  column("resumed", job.resumed);
  column("downloading", job.downloading);
  column("command_done", job.command_done);
  column("error_count", job.error_count);
  column.together(job.error, [](auto& part, auto& failed) {
    part("error_code", failed.error.code);
    part("error_context", failed.error.context);
    part("error_message", failed.error.message);
    part("error_file", failed.file);
    part("error_http_status", failed.http_status);
    part("error_no_progress", failed.no_progress);
  });
}

// All but the job's id, which stands before them.
template <class Column, class AnyFile>
void file_columns(Column& column, AnyFile& file) {
  column("position", file.index);
  column("file_id", file.file_id);
  column("remote_name", file.remote_name);
  column("local_name", file.local_name);
  column("temp_name", file.temp_name);
  column("sha256", file.sha256);
  column("hashes_url", file.integrity.url);
  column("hashes_digest", file.integrity.digest);
  column("hash_of_hashes", file.integrity.hash_of_hashes);
  column("integrity_mandatory", file.integrity_mandatory);
  column("ranges", file.ranges);
  column("wanted", file.wanted);
  column("stage", file.stage);
  column("verdict", file.verdict);
  column("size", file.size);
  column("etag", file.validator.etag);
  column("last_modified", file.validator.last_modified);
  column("modified", file.modified);
  column("done", file.done);
  column("temp_device", file.identity.device);
  column("temp_inode", file.identity.inode);
  column("answer_status", file.answer.status);
  column("answer_headers", file.answer.headers);
  column("answer_url", file.answer.url);
  column("answer_address", file.answer.address);
  column("fetched", file.fetched);
  column("fetching", file.fetching);
}

}  // namespace dosvc
