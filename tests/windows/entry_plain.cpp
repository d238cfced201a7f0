#include <tchar.h>

int _tmain() {
  wprintf(L"plain %s\n", L"gr\u00FCn");
  return 11;
}
