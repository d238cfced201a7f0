#include <windows.h>

int wmain(int argc, wchar_t** argv, wchar_t** environment) {
  for (; *environment; ++environment) wprintf(L"%s\n", *environment);
  return argv[argc] == nullptr ? 13 : 1;
}
