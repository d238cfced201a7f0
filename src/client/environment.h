#pragma once

#include "core/job_service.h"

namespace dosvc {

// What a program hands along with a new job from its own surroundings: its umask, and its proxy variables.
void set_from_environment(NewJob& spec);

// Asked without setting it, so that no other thread makes a file in between. 077 when the system doesn't tell.
mode_t program_umask();

// Fills http_proxy, https_proxy and no_proxy as curl would: from http_proxy, https_proxy, all_proxy and no_proxy, and
// the same in capitals but for HTTP_PROXY, which a CGI program gets from its client. An empty variable counts as unset.
// What isn't set becomes empty.
void set_proxies_from_environment(HttpOptions& http);

}  // namespace dosvc
