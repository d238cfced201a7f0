#include "api/declared.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace dosvc {
namespace {

GUID guid_from(const std::string& text) {
  unsigned part[11] = {};
  if (std::sscanf(text.c_str(), "%8x-%4x-%4x-%2x%2x-%2x%2x%2x%2x%2x%2x", &part[0], &part[1], &part[2], &part[3],
                  &part[4], &part[5], &part[6], &part[7], &part[8], &part[9], &part[10]) != 11) {
    throw std::runtime_error(text + " is no id");
  }
  GUID id{part[0], static_cast<std::uint16_t>(part[1]), static_cast<std::uint16_t>(part[2]), {}};
  for (int i = 0; i < 8; ++i) id.Data4[i] = static_cast<std::uint8_t>(part[3 + i]);
  return id;
}

}  // namespace

std::string content_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::vector<Interface> declared_interfaces(const std::filesystem::path& folder) {
  const std::regex declaration(R"(struct (I\w+) : (I\w+) \{([^}]*)\};)");
  const std::regex method(R"(virtual \w+ STDMETHODCALLTYPE (\w+)\()");
  std::vector<std::filesystem::path> headers;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) headers.push_back(entry.path());
  std::sort(headers.begin(), headers.end());
  std::vector<Interface> found;
  for (const auto& header : headers) {
    const std::string text = content_of(header);
    for (std::sregex_iterator at(text.begin(), text.end(), declaration), end; at != end; ++at) {
      Interface one{(*at)[1], (*at)[2], {}, {}};
      const std::string body = (*at)[3];
      for (std::sregex_iterator m(body.begin(), body.end(), method); m != end; ++m) one.methods.push_back((*m)[1]);
      std::smatch id;
      if (!std::regex_search(text, id,
                             std::regex("DOSVC_INTERFACE_ID\\(" + one.name + R"(,\s*\w+,\s*"([0-9A-F-]{36})\"\))"))) {
        throw std::runtime_error(one.name + " has no id");
      }
      one.id = guid_from(id[1]);
      found.push_back(std::move(one));
    }
  }
  return found;
}

}  // namespace dosvc
