#include <Windows.h>

#include <Bits.h>
#include <DeliveryOptimization.h>
#include <stdio.h>
#include <strsafe.h>
#include <tchar.h>

// A stranger's program, written as for Windows: it sees only what was installed.
int _tmain(int argc, _TCHAR* argv[]) {
  WCHAR text[MAX_PATH];
  MSG message;
  if (argc != 2 || FAILED(StringCchPrintf(text, ARRAYSIZE(text), L"%s!", argv[1]))) return 1;
  if (FAILED(CoInitializeEx(NULL, COINIT_APARTMENTTHREADED))) return 2;
  PostMessage(NULL, WM_APP, 0, 0);
  const BOOL got = PeekMessage(&message, NULL, 0, 0, PM_REMOVE);
  CoUninitialize();
  wprintf(L"%s\n", text);
  return got && message.message == WM_APP ? 0 : 3;
}
