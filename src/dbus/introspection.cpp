// org.freedesktop.DBus.Introspectable: the interface of record, cut into objects.
#include <string>
#include <string_view>

#include "dbus/bus_methods.h"
#include "dbus/interface_of_record.h"
#include "dbus/wire.h"

namespace dosvc::standard_calls {
namespace {

constexpr std::string_view kBegin =
    "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n"
    "\"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n<node>\n";

constexpr std::string_view kStandard =
    R"( <interface name="org.freedesktop.DBus.Peer">
  <method name="Ping"/>
  <method name="GetMachineId">
   <arg type="s" name="machine_uuid" direction="out"/>
  </method>
 </interface>
 <interface name="org.freedesktop.DBus.Introspectable">
  <method name="Introspect">
   <arg name="xml_data" type="s" direction="out"/>
  </method>
 </interface>
 <interface name="org.freedesktop.DBus.Properties">
  <method name="Get">
   <arg name="interface_name" direction="in" type="s"/>
   <arg name="property_name" direction="in" type="s"/>
   <arg name="value" direction="out" type="v"/>
  </method>
  <method name="GetAll">
   <arg name="interface_name" direction="in" type="s"/>
   <arg name="props" direction="out" type="a{sv}"/>
  </method>
  <method name="Set">
   <arg name="interface_name" direction="in" type="s"/>
   <arg name="property_name" direction="in" type="s"/>
   <arg name="value" direction="in" type="v"/>
  </method>
 </interface>
)";

std::string_view interface_text(std::string_view name) {
  const std::string begin = "<interface name=\"" + std::string(name) + "\">";
  constexpr std::string_view kEnd = "</interface>";
  const std::string_view all = wire::interface_of_record();
  const auto from = all.find(begin);
  if (from == std::string_view::npos) return {};
  return all.substr(from, all.find(kEnd, from) + kEnd.size() - from);
}

std::string node(std::string_view name) { return " <node name=\"" + std::string(name) + "\"/>\n"; }

Result<std::string> contents_of(BusCall& call, std::string_view path) {
  switch (object_at(path)) {
    case BusObject::above:
      return node(path == "/" ? "org" : "dosvc1");
    case BusObject::manager:
      return std::string(interface_text(wire::kManager)) + "\n" + node("job");
    case BusObject::jobs: {
      // Nobody is asked for this whether the caller is an administrator: looking around must not raise a question.
      std::string nodes;
      for (const auto& job : DO_TRY(call.service().list(call.caller(), call.caller().administrator))) {
        nodes += node(wire::path_of(job->id()).substr(std::string_view(wire::kJobsPath).size() + 1));
      }
      return nodes;
    }
    case BusObject::job:
      return std::string(interface_text(wire::kJob)) + "\n";
    case BusObject::none:
      break;
  }
  return std::string();
}

}  // namespace

Result<void> introspect(BusCall& call) {
  const std::string_view path = sd_bus_message_get_path(call.message());
  if (object_at(path) == BusObject::job) DO_TRY(call.any_job());
  std::string text(kBegin);
  text.append(kStandard).append(DO_TRY(contents_of(call, path))).append("</node>\n");
  call.answer([&](MessageWriter& answer) { answer.text(text.c_str()); });
  return {};
}

}  // namespace dosvc::standard_calls
