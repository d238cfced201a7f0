#pragma once

#include <sys/types.h>

#include <string>

namespace dosvc::cli {

std::string user_name(uid_t user);  // the number, where the machine knows no name for it

}  // namespace dosvc::cli
