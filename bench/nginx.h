#pragma once

#include <string>

#include "process.h"
#include "workspace.h"

namespace dosvc::bench {

// An nginx of our own that serves a folder of the workspace on a free port; ends with this object. The program is
// $DOSVC_NGINX, else the one in PATH or /usr/sbin.
class Nginx {
 public:
  struct How {
    std::string address = "127.0.0.1";
    bool tls = false;    // by a certificate made for this one; clients must be told to trust ca_file()
    bool http2 = false;  // offered, with TLS
    // Bytes per second of each connection; 0: as fast as it goes.
    std::uint64_t rate = 0;
  };
  static Result<Nginx> start(const Workspace& workspace, const std::string& folder) {
    return start(workspace, folder, How{});
  }
  static Result<Nginx> start(const Workspace& workspace, const std::string& folder, const How& how);

  // Where it serves the folder; no slash at the end.
  const std::string& url() const { return url_; }
  const std::string& ca_file() const { return ca_file_; }  // empty without TLS
  // How its connections avoid congestion, as the kernel says: "cubic".
  const std::string& congestion_control() const { return congestion_control_; }

 private:
  Nginx(Companion server, std::string url, std::string ca_file, std::string congestion_control)
      : server_(std::move(server)),
        url_(std::move(url)),
        ca_file_(std::move(ca_file)),
        congestion_control_(std::move(congestion_control)) {}

  Companion server_;
  std::string url_;
  std::string ca_file_;
  std::string congestion_control_;
};

}  // namespace dosvc::bench
