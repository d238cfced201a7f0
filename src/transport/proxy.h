#pragma once

#include <string>
#include <string_view>

namespace dosvc {

// What libcurl 7.88 doesn't tell about a proxy when a transfer fails.

// Whether libcurl can go through the proxy that this setting names.
bool is_usable_proxy(const std::string& proxy);

// Whether the setting of exceptions names this host, read as libcurl reads CURLOPT_NOPROXY. An IPv6 address comes
// without its brackets.
bool is_proxy_exception(std::string_view host, std::string_view no_proxy);

// The proxy's address without name and password. Takes any text.
std::string without_user_info(std::string_view proxy);

// Without the path, which libcurl takes for that of a Unix socket where the host is localhost: it would be this process
// that connects there, and the socket needn't be open to the job's owner. Takes any text.
std::string without_socket_path(const std::string& proxy);

// For messages: neither the user name nor the password is shown. Takes any text.
std::string redacted_proxy(std::string_view proxy);

}  // namespace dosvc
