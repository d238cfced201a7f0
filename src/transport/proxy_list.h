#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/url.h"
#include "core/http_options.h"

namespace dosvc {

// The lists of "IBackgroundCopyJob::SetProxySettings". Pure.

// The proxies that the list has for this address, in the order in which they are to be tried, each as
// "scheme://host:port" as libcurl wants it; none: it goes there directly. Entries are separated by blanks and
// semicolons:
//   [http= | https= | socks= | ftp=][scheme://]host[:port]
// An entry with the scheme of the address and '=' comes before those without; "socks=" is for what has neither, and
// "ftp=" for nothing. Ports that aren't said are 80, 443 for a proxy of https, and 1080 for SOCKS.
// BG_E_INVALID_PROXY_INFO: the list is empty, or one of its entries can't be used, whichever address it is for.
Result<std::vector<std::string>> listed_proxies(std::string_view list, const Url& address);

// Whether the list of exceptions names this address. Entries are separated by blanks and semicolons: "<local>" is every
// name without a dot, all else is [scheme://]host[:port] with any number of '*' for any characters in the host.
bool is_bypassed(std::string_view list, const Url& address);

}  // namespace dosvc
