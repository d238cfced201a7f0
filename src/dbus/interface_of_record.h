#pragma once

#include <string_view>

namespace dosvc::wire {

// org.dosvc1.xml, without its comments.
std::string_view interface_of_record();

}  // namespace dosvc::wire
