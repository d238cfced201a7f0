#pragma once

#include <string>
#include <variant>
#include <vector>

#include "origin/behaviour.h"

namespace dosvc::origin {

// The resource that a URL of the form /bytes/SIZE[/NAME]?PARAMETERS describes; README.md lists the parameters. On a
// mistake it's a sentence that names the wrong part.
std::variant<Resource, std::string> resource_of_url(const Request& request);

// The names of all parameters, without prefixes.
std::vector<std::string> url_parameters();

}  // namespace dosvc::origin
