#include "users/machine.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace dosvc::users {
namespace {

namespace fs = std::filesystem;

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

// The rules of the machine's own bus, without what says where it listens, as whom it runs and what else it reads.
std::string rules_of_the_system_bus() {
  const std::string text = text_of("/usr/share/dbus-1/system.conf");
  std::string rules;
  const std::regex policy("<policy[^>]*>[\\s\\S]*?</policy>");
  for (std::sregex_iterator found(text.begin(), text.end(), policy), end; found != end; ++found) rules += found->str();
  return rules;
}

}  // namespace

Machine::Machine() {
  if (::geteuid() != 0) {
    problem_ = "this needs root";
    return;
  }
  problem_ = make_users();
  if (problem_.empty()) problem_ = start_bus();
}

Machine::~Machine() {
  bus_.reset();
  if (problem_.empty()) (void)::umount("/etc/passwd"), (void)::umount("/etc/group");
}

std::string Machine::make_users() const {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return std::string("no mount namespace: ") + std::strerror(errno);
  fs::permissions(home_.path(), fs::perms(0755));
  std::string users = text_of("/etc/passwd");
  std::string groups = text_of("/etc/group");
  for (const User& user : {ann_, bob_}) {
    const std::string id = std::to_string(user.uid);
    users += user.name + ":x:" + id + ":" + id + "::" + folder_of(user) + ":/bin/sh\n";
    groups += user.name + ":x:" + id + ":\n";
    fs::create_directory(folder_of(user));
    if (::chown(folder_of(user).c_str(), user.uid, user.uid) != 0) return "no folder for a user";
  }
  for (const auto& [name, text] : {std::pair("passwd", users), std::pair("group", groups)}) {
    write(home_ / name, text);
    if (::mount((home_ / name).c_str(), (std::string("/etc/") + name).c_str(), nullptr, MS_BIND, nullptr) != 0)
      return std::string("no users of our own: ") + std::strerror(errno);
  }
  return {};
}

std::string Machine::start_bus() {
  const std::string rules = rules_of_the_system_bus();
  if (rules.empty()) return "the rules of the system bus are not here (Debian package dbus)";
  bus_address_ = "unix:path=" + home_ / "system-bus";
  write(home_ / "bus.conf",
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"\n"
        "\"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n<busconfig><type>system</type><auth>EXTERNAL"
        "</auth><listen>" +
            bus_address_ + "</listen>" + rules + "<include>" DOSVC_BUS_POLICY "</include></busconfig>\n");
  bus_ = std::make_unique<cli_tests::Program>(
      cli_tests::Program::Start{.words = {"/usr/bin/dbus-daemon", "--nofork", "--nopidfile", "--print-address=2",
                                          "--config-file=" + home_ / "bus.conf"},
                                .folder = "/"});
  if (!bus_->wait_for_error_text("unix:path=")) return "dbus-daemon doesn't start: " + bus_->finish().err;
  return {};
}

std::unique_ptr<cli_tests::Program> Machine::start(const User& user, std::vector<std::string> words,
                                                   std::map<std::string, std::string> environment) const {
  environment["DBUS_SYSTEM_BUS_ADDRESS"] = bus_address_;
  environment["PATH"] = "/usr/bin:/bin";
  environment["HOME"] = user.uid == 0 ? home_.path() : folder_of(user);
  environment["LC_ALL"] = "C.UTF-8";
  if (user.uid != 0) {
    const std::string id = std::to_string(user.uid);
    words.insert(words.begin(), {"/usr/bin/setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups"});
  }
  return std::make_unique<cli_tests::Program>(
      cli_tests::Program::Start{.words = std::move(words), .folder = "/", .environment = std::move(environment)});
}

cli_tests::Finished Machine::run(const User& user, std::vector<std::string> words) const {
  return start(user, std::move(words))->finish();
}

}  // namespace dosvc::users
