#include "client/inproc_library.h"

#include <dlfcn.h>
#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "base/text.h"
#include "client/inproc_entry.h"
#include "client/own_file.h"

namespace dosvc {

namespace {

namespace fs = std::filesystem;

constexpr char kSoname[] = DOSVC_INPROC_SONAME;

Error no_engine(const std::string& why) {
  return Error{DO_E_NO_SERVICE, ErrorContext::none,
               fmt::format("the download engine ({}) can't be used: {}; installing dosvc again should mend this",
                           kSoname, escaped(why))};
}

// What to hand to dlopen: a path, or the bare name to be searched for.
std::string library_name() {
  const fs::path folder = own_file().parent_path();
  if (folder.empty()) return kSoname;
  for (const fs::path& path : {folder / kSoname, folder.parent_path() / "lib" / kSoname}) {
    if (::access(path.c_str(), F_OK) == 0) return path.string();
  }
  return kSoname;
}

template <class Function>
Function* symbol(void* library, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(library, name));
}

}  // namespace

Result<std::unique_ptr<JobService>> open_in_process_library(bool transfers) {
  const std::string name = library_name();
  // Opening it again gives the same one.
  void* library = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) {
    const char* reason = ::dlerror();
    return no_engine(reason ? reason : "it can't be loaded");
  }
  const auto stamp = symbol<DosvcInprocStamp>(library, "dosvc_inproc_stamp");
  const auto open = symbol<DosvcOpenInProcess>(library, "dosvc_open_in_process");
  if (!stamp || !open) return no_engine(name + " is something else");
  if (std::string_view(stamp()) != kInprocStamp)
    return no_engine(fmt::format("{} is of version {}, not {}", name, stamp(), kInprocStamp));

  InProcessRequest request;
  request.transfers = transfers;
  Result<std::unique_ptr<JobService>> answer = no_engine("it gave no answer");
  open(request, answer);
  return answer;
}

}  // namespace dosvc
