// org.freedesktop.DBus.Properties
#include <string>
#include <string_view>

#include "dbus/bus_methods.h"
#include "dbus/codec.h"
#include "dbus/shown.h"
#include "dbus/wire.h"

namespace dosvc::standard_calls {
namespace {

constexpr char kUnknownProperty[] = "org.freedesktop.DBus.Error.UnknownProperty";
constexpr char kUnknownInterface[] = "org.freedesktop.DBus.Error.UnknownInterface";
constexpr char kReadOnly[] = "org.freedesktop.DBus.Error.PropertyReadOnly";

BusObject object_of(const BusCall& call) { return object_at(sd_bus_message_get_path(call.message())); }

void write_version(MessageWriter& answer) { answer.open('v', "s").text(DOSVC_VERSION).close(); }

// An empty name is any interface, as the specification of D-Bus has it.
bool concerns(const char* asked, std::string_view interface) { return *asked == '\0' || asked == interface; }

}  // namespace

Result<void> get_property(BusCall& call) {
  const char *interface = "", *name = "";
  DO_TRY(call.read("ss", &interface, &name));
  const BusObject object = object_of(call);
  if (object == BusObject::job && concerns(interface, wire::kJob)) {
    const JobSnapshotPtr now = shown_to(call.caller(), DO_TRY(call.any_job())->snapshot());
    if (!call.answer_if([&](MessageWriter& answer) { return wire::write_property(answer, *now, name); })) {
      call.refuse(kUnknownProperty, "the job has no property of this name, or the property has no value now");
    }
  } else if (object == BusObject::manager && concerns(interface, wire::kManager) &&
             name == std::string_view("Version")) {
    call.answer(write_version);
  } else {
    call.refuse(kUnknownProperty, "there is no such property here");
  }
  return {};
}

Result<void> set_property(BusCall& call) {
  call.refuse(kReadOnly, "properties can't be set: call org.dosvc1.Job.Change, which changes several at once or none");
  return {};
}

Result<void> get_all_properties(BusCall& call) {
  const char* interface = "";
  DO_TRY(call.read("s", &interface));
  const BusObject object = object_of(call);
  if (*interface != '\0' && !has_interface(object, interface)) {
    call.refuse(kUnknownInterface, "there is no such interface here");
  } else if (object == BusObject::job && concerns(interface, wire::kJob)) {
    const JobSnapshotPtr now = shown_to(call.caller(), DO_TRY(call.any_job())->snapshot());
    call.answer([&](MessageWriter& answer) { wire::write(answer, *now); });
  } else {
    const bool manager = object == BusObject::manager && concerns(interface, wire::kManager);
    call.answer([&](MessageWriter& answer) {
      answer.open('a', "{sv}");
      if (manager) {
        answer.open('e', "sv").text("Version");
        write_version(answer);
        answer.close();
      }
      answer.close();
    });
  }
  return {};
}

}  // namespace dosvc::standard_calls
