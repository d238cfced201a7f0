// Names of files that strangers suggest: the whole input is a URL's path, and the value of a Content-Disposition.

#include <limits.h>

#include <string>

#include "core/names.h"
#include "fuzz/input.h"

using namespace dosvc;

namespace {

void must_be_safe(const std::string& name) {
  must(!name.empty() && name.size() <= NAME_MAX, "it has the length of a name");
  must(name.find_first_of("/\\") == name.npos, "it leads to no other folder");
  must(name.front() != '.', "it isn't hidden, and no folder");
  const std::string path = "/" + name;
  must(check_local_name(path, "the name").ok(), "a file can have it");
  const std::string temporary = temp_name_for(path, 1);
  must(temporary.size() <= 1 + NAME_MAX && temporary != path, "and so can its temporary file");
  must(check_local_name(temporary, "the temporary name").ok(), "which is a name, too");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(Input(data, size).rest());
  must_be_safe(safe_file_name(text));
  must_be_safe(file_name_from_url("http://host/" + text));
  const std::string told = file_name_from_disposition(text);
  if (!told.empty()) must_be_safe(told);
  const std::string quoted = file_name_from_disposition("attachment; filename=\"" + text);
  if (!quoted.empty()) must_be_safe(quoted);
  const std::string extended = file_name_from_disposition("attachment; filename*=UTF-8''" + text);
  if (!extended.empty()) must_be_safe(extended);
  if (check_local_name(text, "the name")) {
    must(temp_name_for(text, ~std::uint64_t{0}).size() < PATH_MAX,
         "a file that may be has a temporary name that may be");
  }
  return 0;
}
