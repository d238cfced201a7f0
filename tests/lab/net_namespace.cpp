#include "lab/net_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace dosvc::lab {

namespace {

UniqueFd own_namespace() { return UniqueFd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)); }

std::string path_of(std::string setting) {
  std::replace(setting.begin(), setting.end(), '.', '/');
  return "/proc/sys/" + setting;
}

}  // namespace

Error lab_error(const std::string& doing) { return {E_FAIL, ErrorContext::none, doing + ": " + std::strerror(errno)}; }

Result<NetNamespace> NetNamespace::create() {
  const UniqueFd home = own_namespace();
  if (!home) return lab_error("looking at the own network namespace");
  if (::unshare(CLONE_NEWNET) != 0) return lab_error("making a network namespace");
  UniqueFd made = own_namespace();
  if (::setns(home.get(), CLONE_NEWNET) != 0) return lab_error("going back to the own network namespace");
  if (!made) return lab_error("looking at a new network namespace");
  return NetNamespace(std::move(made));
}

Result<NetNamespace> NetNamespace::open(const std::string& name) {
  UniqueFd fd(::open(("/run/netns/" + name).c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return lab_error("looking for the network namespace " + name);
  return NetNamespace(std::move(fd));
}

Result<Inside> Inside::enter(const NetNamespace& where) {
  UniqueFd home = own_namespace();
  if (!home || ::setns(where.fd(), CLONE_NEWNET) != 0) return lab_error("entering a network namespace");
  return Inside(std::move(home));
}

Inside::~Inside() {
  // Nothing may go on in the wrong network.
  if (home_ && ::setns(home_.get(), CLONE_NEWNET) != 0) std::abort();
}

Result<std::string> kernel_setting(const std::string& name) {
  const UniqueFd file(::open(path_of(name).c_str(), O_RDONLY | O_CLOEXEC));
  char text[4096];
  const ssize_t length = file ? ::read(file.get(), text, sizeof text) : -1;
  if (length < 0) return lab_error("reading " + name);
  std::string value(text, static_cast<std::size_t>(length));
  value.erase(value.find_last_not_of('\n') + 1);
  return value;
}

Result<void> set_kernel_setting(const std::string& name, const std::string& value) {
  const UniqueFd file(::open(path_of(name).c_str(), O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), value.data(), value.size()) != static_cast<ssize_t>(value.size())) {
    return lab_error("setting " + name + " to " + value);
  }
  return {};
}

}  // namespace dosvc::lab
