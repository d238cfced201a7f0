#include "core/command_line.h"

#include <algorithm>

namespace dosvc {
namespace {

// One word, up to the space behind it; what was read is removed from `rest`.
std::string next_word(std::string_view& rest) {
  std::string word;
  bool quoted = false;
  while (!rest.empty() && (quoted || (rest.front() != ' ' && rest.front() != '\t'))) {
    const std::size_t backslashes = std::min(rest.find_first_not_of('\\'), rest.size());
    rest.remove_prefix(backslashes);
    if (!rest.starts_with('"')) {
      word.append(backslashes, '\\');
      if (backslashes > 0 || rest.empty()) continue;
      word += rest.front();
    } else {
      word.append(backslashes / 2, '\\');
      if (backslashes % 2 == 1) {
        word += '"';
      } else if (quoted && rest.starts_with("\"\"")) {
        word += '"';
        rest.remove_prefix(1);
      } else {
        quoted = !quoted;
      }
    }
    rest.remove_prefix(1);
  }
  return word;
}

}  // namespace

std::vector<std::string> split_command_line(std::string_view text) {
  std::vector<std::string> words;
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    if (text.empty()) return words;
    words.push_back(next_word(text));
  }
}

}  // namespace dosvc
