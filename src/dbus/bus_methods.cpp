#include "dbus/bus_methods.h"

#include "dbus/wire.h"

#include <array>

namespace dosvc {
namespace {

// As org.dosvc1.xml has them.
constexpr auto kMethods = std::to_array<BusMethod>({
    {wire::kManager, "CreateJob", "a{sv}", manager_calls::create_job},
    {wire::kManager, "GetJob", "s", manager_calls::get_job},
    {wire::kManager, "ListJobs", "bou", manager_calls::list_jobs},
    {wire::kManager, "Subscribe", "b", manager_calls::subscribe},
    {wire::kManager, "Unsubscribe", "", manager_calls::unsubscribe},

    {wire::kJob, "AddFiles", "aa{sv}", job_calls::add_files},
    {wire::kJob, "Resume", "", job_calls::resume},
    {wire::kJob, "Suspend", "", job_calls::suspend},
    {wire::kJob, "TakeOwnership", "", job_calls::take_ownership},
    {wire::kJob, "Complete", "", job_calls::complete},
    {wire::kJob, "Cancel", "", job_calls::cancel},
    {wire::kJob, "Change", "a{sv}", job_calls::change},
    {wire::kJob, "ChangeFile", "ua{sv}", job_calls::change_file},
    {wire::kJob, "ReplaceRemotePrefix", "ss", job_calls::replace_remote_prefix},
    {wire::kJob, "SetClientCertificate", "a{sv}", job_calls::set_client_certificate},
    {wire::kJob, "StartDownload", "ba(tt)", job_calls::start_download},
    {wire::kJob, "SetListener", "o", job_calls::set_listener},
    {wire::kJob, "GetFiles", "uu", job_calls::get_files},

    {standard_calls::kProperties, "Get", "ss", standard_calls::get_property},
    {standard_calls::kProperties, "Set", "ssv", standard_calls::set_property},
    {standard_calls::kProperties, "GetAll", "s", standard_calls::get_all_properties},
    {standard_calls::kIntrospectable, "Introspect", "", standard_calls::introspect},
});

}  // namespace

std::span<const BusMethod> bus_methods() { return kMethods; }

const BusMethod* find_method(std::string_view interface, std::string_view member) {
  for (const BusMethod& each : kMethods) {
    if (each.member == member && (interface.empty() || each.interface == interface)) return &each;
  }
  return nullptr;
}

BusObject object_at(std::string_view path) {
  if (path == wire::kManagerPath) return BusObject::manager;
  if (path == wire::kJobsPath) return BusObject::jobs;
  if (path == "/" || path == "/org") return BusObject::above;
  return wire::job_at(path) ? BusObject::job : BusObject::none;
}

bool has_interface(BusObject object, std::string_view interface) {
  if (interface == wire::kManager) return object == BusObject::manager;
  if (interface == wire::kJob) return object == BusObject::job;
  const bool standard = interface == standard_calls::kProperties || interface == standard_calls::kIntrospectable ||
                        interface == standard_calls::kPeer;
  return standard && object != BusObject::none;
}

}  // namespace dosvc
