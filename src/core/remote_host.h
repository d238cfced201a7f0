#pragma once

#include "core/http_options.h"
#include "core/service_settings.h"

#include <sys/types.h>

#include <string>
#include <string_view>

namespace dosvc {

// Where a job goes next, as far as it matters to other jobs: those with the same key have the same server on the same
// way. The user is part of it, so that what one user's program, headers or proxy bring upon a host holds up nobody
// else.
struct RemoteHost {
  std::string key;
  bool on_this_machine = false;  // it, or the proxy on the way, is reached without any network

  friend bool operator==(const RemoteHost&, const RemoteHost&) = default;
};

// `url` is that of the job's next file; empty, or no URL: it goes nowhere yet.
RemoteHost remote_host(uid_t owner, const HttpOptions& http, const DefaultProxy& default_proxy, std::string_view url);

// 127.0.0.0/8, ::1 (also as ::ffff:127.0.0.1), localhost and what ends in .localhost (RFC 6761).
bool is_loopback(std::string_view host);

}  // namespace dosvc
