#include "windows/utf8.h"

#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#include <vector>

// The program has one of them. One that returns nothing is called just as well, but its exit code is anything.
[[gnu::weak]] int wmain();
[[gnu::weak]] int wmain(int argc, wchar_t** argv);
[[gnu::weak]] int wmain(int argc, const wchar_t** argv);
[[gnu::weak]] int wmain(int argc, wchar_t** argv, wchar_t** environment);

namespace {

using dosvc::windows::wide_of;

// The texts, and the array of pointers that C programs get: a NULL stands behind the last.
class Strings {
 public:
  void add(std::wstring text) { texts_.push_back(std::move(text)); }
  wchar_t** array() {
    pointers_.clear();
    for (std::wstring& text : texts_) pointers_.push_back(text.data());
    pointers_.push_back(nullptr);
    return pointers_.data();
  }

 private:
  std::vector<std::wstring> texts_;
  std::vector<wchar_t*> pointers_;
};

int run(int argc, Strings& arguments) {
  wchar_t** const argv = arguments.array();
  int (*const plain)() = wmain;
  int (*const usual)(int, wchar_t**) = wmain;
  int (*const constant)(int, const wchar_t**) = wmain;
  int (*const full)(int, wchar_t**, wchar_t**) = wmain;
  if (usual) return usual(argc, argv);
  if (plain) return plain();
  if (constant) return constant(argc, const_cast<const wchar_t**>(argv));
  if (!full) {
    fprintf(stderr, "this program was linked without a main and without a wmain\n");
    return 127;
  }
  Strings environment;
  for (char** each = environ; each && *each; ++each)
    if (auto text = wide_of(*each)) environment.add(*std::move(text));
  return full(argc, argv, environment.array());
}

}  // namespace

int main(int argc, char** argv) {
  ::setlocale(LC_CTYPE, "");
  Strings arguments;
  for (int i = 0; i < argc; ++i) {
    auto text = wide_of(argv[i]);
    if (!text) {
      fprintf(stderr, "%s: argument %d is not UTF-8, so it can't be given to a program of wide characters\n", argv[0],
              i);
      return 1;
    }
    arguments.add(*std::move(text));
  }
  return run(argc, arguments);
}
