#pragma once

#include <dosvc/guid.h>

#include <filesystem>
#include <string>
#include <vector>

namespace dosvc {

// An interface as the public headers declare it: they are read, so that no method can be left out of a list.
struct Interface {
  std::string name;
  std::string base;
  GUID id{};
  std::vector<std::string> methods;  // its own, without those of the base

  std::string full(const std::string& method) const { return name + "::" + method; }
};

// All of a folder of headers, by the name of the header and then in their order. Throws std::runtime_error.
std::vector<Interface> declared_interfaces(const std::filesystem::path& folder);

std::string content_of(const std::filesystem::path& file);

}  // namespace dosvc
