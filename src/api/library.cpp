#include "api/classes.h"

namespace dosvc {
namespace {

// Before the program's first call: CoCreateInstance needs no other preparation.
[[maybe_unused]] const bool registered = [] {
  register_classes();
  return true;
}();

}  // namespace
}  // namespace dosvc
