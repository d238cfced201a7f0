#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/http_options.h"
#include "core/response.h"

namespace dosvc {

// Every header line that libcurl doesn't make by itself, in libcurl's words: "Name;" is one without a value. `method`
// is that of the request, which a redirect may have changed. The lines are as check_header() wants them; reserved ones
// are left out.
std::vector<std::string> request_headers(const HttpOptions& http, const Asked& asked, std::string_view method,
                                         bool with_auth_headers);

// What of its answers the program says to take, by headers of its own.
void note_wishes(Asked& asked, const HttpOptions& http);

}  // namespace dosvc
