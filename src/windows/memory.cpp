#include <dosvc_windows/memory.h>

PVOID SecureZeroMemory(PVOID memory, SIZE_T bytes) noexcept {
  ::explicit_bzero(memory, bytes);
  return memory;
}
