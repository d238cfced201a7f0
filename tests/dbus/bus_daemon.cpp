#include "dbus/bus_daemon.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "base/unique_fd.h"

namespace dosvc {

BusDaemon::BusDaemon(const std::string& policy) {
  ::chmod(folder_.path().c_str(), 0755);  // other users connect, too
  std::ofstream(folder_ / "bus.conf")
      << "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"\n"
         "\"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n<busconfig>\n"
         "<listen>unix:path="
      << folder_ / "socket"
      << "</listen>\n<auth>EXTERNAL</auth>\n"
      << "<limit name=\"max_connections_per_user\">1000</limit>\n"
      << "<limit name=\"max_match_rules_per_connection\">300</limit>\n"
      << policy << "</busconfig>\n";
  begin();
}

void BusDaemon::begin_again() {
  ::unlink((folder_ / "socket").c_str());
  address_.clear();
  begin();
}

void BusDaemon::begin() {
  const std::string configuration = "--config-file=" + (folder_ / "bus.conf");
  int ends[2];
  if (::pipe(ends) != 0) std::abort();
  const UniqueFd says(ends[0]);
  UniqueFd told(ends[1]);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const std::string print = "--print-address=" + std::to_string(told.get());
    ::execlp("dbus-daemon", "dbus-daemon", configuration.c_str(), "--nofork", "--nopidfile", print.c_str(), nullptr);
    ::_exit(127);
  }
  told.reset();
  // It says the address when it listens there.
  char byte = 0;
  while (::read(says.get(), &byte, 1) == 1 && byte != '\n') address_ += byte;
}

BusDaemon::~BusDaemon() { end(); }

void BusDaemon::end() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

const char* BusDaemon::everything_allowed() {
  return R"(<policy context="default">
  <allow user="*"/>
  <allow send_destination="*" eavesdrop="true"/>
  <allow eavesdrop="true"/>
  <allow own="*"/>
</policy>
)";
}

std::string BusDaemon::system_rules() {
  return R"(<policy context="default">
  <allow user="*"/>
  <deny own="*"/>
  <deny send_type="method_call"/>
  <allow send_type="signal"/>
  <allow send_requested_reply="true" send_type="method_return"/>
  <allow send_requested_reply="true" send_type="error"/>
  <allow receive_type="method_call"/>
  <allow receive_type="method_return"/>
  <allow receive_type="error"/>
  <allow receive_type="signal"/>
  <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus"/>
  <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Introspectable"/>
  <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Properties"/>
  <deny send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Debug.Stats"/>
</policy>
<policy user="root">
  <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Debug.Stats"/>
</policy>
<include>)" DOSVC_BUS_POLICY "</include>\n";
}

}  // namespace dosvc
