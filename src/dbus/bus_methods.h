#pragma once

#include "base/result.h"
#include "dbus/bus_call.h"

#include <span>
#include <string>
#include <string_view>

namespace dosvc {

// What there is at a path.
enum class BusObject : std::uint8_t {
  none,
  above,    // a path on the way to the manager's
  manager,  // kManagerPath
  jobs,     // kJobsPath: nothing but the jobs below it
  job       // one below it, whether or not there is such a job
};
BusObject object_at(std::string_view path);
bool has_interface(BusObject object, std::string_view interface);

// One method of the service. `carry_out` answers, or has the call's reply answer; an error is sent by whoever called
// it.
struct BusMethod {
  std::string_view interface;
  std::string_view member;
  const char* takes;  // the signature of its arguments; those were checked
  Result<void> (*carry_out)(BusCall& call);
};
std::span<const BusMethod> bus_methods();
const BusMethod* find_method(std::string_view interface, std::string_view member);  // empty interface: any

namespace manager_calls {
Result<void> create_job(BusCall& call);
Result<void> get_job(BusCall& call);
Result<void> list_jobs(BusCall& call);
Result<void> subscribe(BusCall& call);
Result<void> unsubscribe(BusCall& call);
}  // namespace manager_calls

namespace job_calls {
Result<void> add_files(BusCall& call);
Result<void> resume(BusCall& call);
Result<void> suspend(BusCall& call);
Result<void> take_ownership(BusCall& call);
Result<void> complete(BusCall& call);
Result<void> cancel(BusCall& call);
Result<void> change(BusCall& call);
Result<void> change_file(BusCall& call);
Result<void> replace_remote_prefix(BusCall& call);
Result<void> set_client_certificate(BusCall& call);
Result<void> start_download(BusCall& call);
Result<void> set_listener(BusCall& call);
Result<void> get_files(BusCall& call);
}  // namespace job_calls

// org.freedesktop.DBus.Properties and Introspectable, of every object.
namespace standard_calls {
inline constexpr char kProperties[] = "org.freedesktop.DBus.Properties";
inline constexpr char kIntrospectable[] = "org.freedesktop.DBus.Introspectable";
inline constexpr char kPeer[] = "org.freedesktop.DBus.Peer";  // carried out by sd-bus
Result<void> get_property(BusCall& call);
Result<void> set_property(BusCall& call);
Result<void> get_all_properties(BusCall& call);
Result<void> introspect(BusCall& call);
}  // namespace standard_calls

}  // namespace dosvc
