#include "client/own_file.h"

#include <dlfcn.h>
#include <link.h>

#include <system_error>

namespace dosvc {

std::filesystem::path own_file() {
  Dl_info info{};
  void* found = nullptr;
  if (::dladdr1(reinterpret_cast<const void*>(&own_file), &info, &found, RTLD_DL_LINKMAP) == 0) return {};
  const auto* object = static_cast<const link_map*>(found);
  // The program itself goes without a name.
  const bool is_program = !object || !object->l_name || !*object->l_name;
  std::error_code ignored;
  return std::filesystem::canonical(is_program ? "/proc/self/exe" : object->l_name, ignored);
}

}  // namespace dosvc
