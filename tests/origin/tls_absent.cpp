#include "origin/tls.h"

namespace dosvc::origin {

std::unique_ptr<Tls> make_tls(const std::string&) { return nullptr; }

}  // namespace dosvc::origin
