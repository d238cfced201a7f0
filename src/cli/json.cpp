#include "cli/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/url.h"
#include "cli/format.h"
#include "cli/users.h"
#include "client/connect.h"

namespace dosvc::cli {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json or_null(const std::optional<WallTime>& time) { return time ? Json(format_utc_time(*time)) : Json(); }

Json error_value(const JobError& error) {
  return {{"code", format_code(error.error.code)},
          {"context", name_of(error.error.context)},
          {"message", error.error.message},
          {"http_status", error.http_status == 0 ? Json() : Json(error.http_status)},
          {"file", or_null(error.file)}};
}

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json file_value(const FileSnapshot& file) {
  return {{"index", file.file.index},
          {"path", or_null(file.file.local_name)},
          {"url", file.file.remote_name.empty() ? Json() : Json(redacted(file.file.remote_name))},
          {"stage", name_of(file.file.stage)},
          {"bytes_transferred", file.bytes_transferred},
          {"bytes_total", or_null(file.bytes_total)}};
}

Json files_value(const JobView& view) {
  Json files = Json::array();
  for (const auto& file : view.files()) files.push_back(file_value(*file->known()));
  return files;
}

Json job_value(const JobReport& report) {
  const JobSnapshotPtr shot = report.shot ? report.shot : report.view->snapshot();
  const Job& job = shot->job;
  Json value = {{"id", job.id.text()},
                {"name", job.display_name},
                {"owner", user_name(job.owner)},
                {"state", identifier(name_of(job.state()))},
                {"priority", name_of(job.priority)},
                {"waits_for", shot->wait == WaitReason::none ? Json() : Json(identifier(name_of(shot->wait)))},
                {"next_attempt", or_null(shot->next_attempt)},
                {"bytes_transferred", shot->progress.bytes_transferred},
                {"bytes_total", or_null(shot->progress.bytes_total)},
                {"files_transferred", shot->progress.files_transferred},
                {"files_total", shot->progress.files_total},
                {"created", format_utc_time(job.created)},
                {"modified", format_utc_time(job.modified)},
                {"transfer_completed", or_null(job.transfer_completed)},
                {"error_count", job.error_count}};
  if (!report.result.empty()) value["result"] = report.result;
  const std::optional<JobError>& error = report.error ? report.error : job.error;
  value["error"] = error ? error_value(*error) : Json();
  if (report.with_files) value["files"] = files_value(*report.view);
  return value;
}

// Bytes that aren't UTF-8 can stand in an error's message; they must not cost the document.
std::string text_of(const Json& value) { return value.dump(2, ' ', false, Json::error_handler_t::replace); }
std::string line_of(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

// A document about the queue says which one it is.
std::string queue_text(Json value) {
  const std::string service = service_in_use();
  value["service"] = or_null(service);
  return text_of(value);
}

}  // namespace

std::string job_json(const JobReport& report) { return queue_text(job_value(report)); }

std::string jobs_json(const std::vector<JobReport>& reports) {
  Json jobs = Json::array();
  for (const JobReport& report : reports) jobs.push_back(job_value(report));
  return queue_text({{"jobs", jobs}});
}

std::string files_json(const JobView& view) {
  return queue_text({{"id", view.id().text()}, {"files", files_value(view)}});
}

std::string error_json(const Error& error) { return queue_text({{"error", error_value({error, std::nullopt, 0})}}); }

std::string change_json(const std::string& event, WallTime when, const JobReport& report) {
  Json value = {{"event", event}, {"time", format_utc_time(when)}};
  value["job"] = job_value(report);
  return line_of(value);
}

std::string service_json(const ServiceReport& report) {
  return text_of({{"running", report.running},
                  {"service", or_null(report.where)},
                  {"pid", report.pid == 0 ? Json() : Json(report.pid)},
                  {"version", or_null(report.version)},
                  {"unit", or_null(report.unit)},
                  {"jobs", or_null(report.jobs)}});
}

std::string hash_json(const HashReport& report) {
  return text_of({{"path", report.path},
                  {"digest", report.digest},
                  {"hash_of_hashes", report.hash_of_hashes},
                  {"content_length", report.content_length},
                  {"piece_size", report.piece_size},
                  {"pieces", report.pieces}});
}

std::string identifier(std::string_view name) {
  std::string out(name);
  std::replace(out.begin(), out.end(), ' ', '_');
  return out;
}

}  // namespace dosvc::cli
