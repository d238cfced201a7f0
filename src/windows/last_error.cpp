#include <dosvc_windows/last_error.h>

namespace {
thread_local DWORD last_error = 0;
}

DWORD GetLastError() noexcept { return last_error; }
void SetLastError(DWORD error) noexcept { last_error = error; }
