#pragma once

#include <string>

#include "process.h"
#include "workspace.h"

namespace dosvc::bench {

// An nginx of our own that serves a folder of the workspace on a free port of the loopback; ends with this object. The
// program is $DOSVC_NGINX, else the one in PATH or /usr/sbin.
class Nginx {
 public:
  static Result<Nginx> start(const Workspace& workspace, const std::string& folder);

  // Where it serves the folder; no slash at the end.
  const std::string& url() const { return url_; }

 private:
  Nginx(Companion server, std::string url) : server_(std::move(server)), url_(std::move(url)) {}

  Companion server_;
  std::string url_;
};

}  // namespace dosvc::bench
