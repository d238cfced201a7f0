#include <bits.h>
#include <deliveryoptimization.h>

// A stranger's program: it sees only what was installed.
int main() {
  if (CoInitializeEx(nullptr, COINIT_MULTITHREADED) != S_OK) return 1;
  void* nothing = nullptr;
  const HRESULT unknown = CoCreateInstance(IID_IUnknown, nullptr, CLSCTX_LOCAL_SERVER, IID_IUnknown, &nothing);
  CoUninitialize();
  return unknown == REGDB_E_CLASSNOTREG ? 0 : 2;
}
