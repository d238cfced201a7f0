#include <windows.h>

int wmain(int argc, PCWSTR argv[]) {
  wprintf(L"%s\n", argv[argc - 1]);
  return 12;
}
