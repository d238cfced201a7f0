#pragma once

// A lock that the thread which has it may take again ("Critical Section Objects").

#include <dosvc_windows/types.h>

#include <pthread.h>

struct CRITICAL_SECTION {
  pthread_mutex_t mutex;
};
using PCRITICAL_SECTION = CRITICAL_SECTION*;
using LPCRITICAL_SECTION = CRITICAL_SECTION*;

inline void InitializeCriticalSection(CRITICAL_SECTION* section) noexcept {
  pthread_mutexattr_t kind;
  pthread_mutexattr_init(&kind);
  pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&section->mutex, &kind);
  pthread_mutexattr_destroy(&kind);
}
// The number of spins is left to the system.
inline BOOL InitializeCriticalSectionAndSpinCount(CRITICAL_SECTION* section, DWORD /*spins*/) noexcept {
  InitializeCriticalSection(section);
  return TRUE;
}
inline void DeleteCriticalSection(CRITICAL_SECTION* section) noexcept { pthread_mutex_destroy(&section->mutex); }
inline void EnterCriticalSection(CRITICAL_SECTION* section) noexcept { pthread_mutex_lock(&section->mutex); }
inline void LeaveCriticalSection(CRITICAL_SECTION* section) noexcept { pthread_mutex_unlock(&section->mutex); }
// FALSE: another thread has it.
inline BOOL TryEnterCriticalSection(CRITICAL_SECTION* section) noexcept {
  return pthread_mutex_trylock(&section->mutex) == 0 ? TRUE : FALSE;
}
