#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace dosvc::lab {

// A network namespace: one of its own, without a name, that ends with the last process in it and this object, also
// when we are killed; or one that `ip netns add` made.
class NetNamespace {
 public:
  static Result<NetNamespace> create();
  static Result<NetNamespace> open(const std::string& name);

  int fd() const { return fd_.get(); }

 private:
  explicit NetNamespace(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

// The calling thread is in a namespace for as long as this lives, and so are the sockets it makes and the processes it
// starts meanwhile, these for ever.
class Inside {
 public:
  static Result<Inside> enter(const NetNamespace& where);
  Inside(Inside&&) = default;
  Inside& operator=(Inside&&) = delete;
  ~Inside();

 private:
  explicit Inside(UniqueFd home) : home_(std::move(home)) {}

  UniqueFd home_;
};

// A setting of the kernel ("net.ipv4.tcp_congestion_control"), as it is in the calling thread's namespace.
Result<std::string> kernel_setting(const std::string& name);
Result<void> set_kernel_setting(const std::string& name, const std::string& value);

Error lab_error(const std::string& doing);  // with errno's text

}  // namespace dosvc::lab
