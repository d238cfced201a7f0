#pragma once

#include <dosvc/bits_types.h>

#include <string>

namespace dosvc {

// A sentence for a result code. Empty: not one of ours.
std::string description_of(HRESULT code);

// A sentence for where an error arose.
std::string description_of(BG_ERROR_CONTEXT context);

}  // namespace dosvc
