#pragma once

// COM as the interfaces need it: apartments, activation, task memory, and a base for one's own objects.
// The functions are exported by libdosvc, never throw, and may be called from any thread.

#include <dosvc/com_ptr.h>
#include <dosvc/object.h>
#include <dosvc/variant.h>

enum COINIT : DWORD {
  COINIT_MULTITHREADED = 0x0,
  COINIT_APARTMENTTHREADED = 0x2,
  COINIT_DISABLE_OLE1DDE = 0x4,
  COINIT_SPEED_OVER_MEMORY = 0x8,
};

enum CLSCTX : DWORD {
  CLSCTX_INPROC_SERVER = 0x1,
  CLSCTX_INPROC_HANDLER = 0x2,
  CLSCTX_LOCAL_SERVER = 0x4,
  CLSCTX_REMOTE_SERVER = 0x10,
};
inline constexpr DWORD CLSCTX_SERVER = CLSCTX_INPROC_SERVER | CLSCTX_LOCAL_SERVER | CLSCTX_REMOTE_SERVER;
inline constexpr DWORD CLSCTX_ALL = CLSCTX_SERVER | CLSCTX_INPROC_HANDLER;

extern "C" {

// Opens an apartment for the calling thread; each success is closed by one CoUninitialize on that thread. The model is
// remembered and checked; calls arrive on any thread under either, if <dosvc/apartment.h> isn't used. ("CoInitializeEx
// function") S_FALSE: the thread had one already. RPC_E_CHANGED_MODE: it has one of the other model, and needs no
// CoUninitialize for this call. E_INVALIDARG: `reserved` is not NULL or a flag is unknown.
DOSVC_API HRESULT CoInitializeEx(void* reserved, DWORD coinit) noexcept;
// CoInitializeEx with COINIT_APARTMENTTHREADED.
DOSVC_API HRESULT CoInitialize(void* reserved) noexcept;
// When the last apartment of the process closes, what runs behind the objects in this process is shut down first.
DOSVC_API void CoUninitialize() noexcept;

// A new object of a class, with one reference, as interface `riid`. A thread without an apartment counts as
// multithreaded while another thread has one. ("CoCreateInstance function")
// CO_E_NOTINITIALIZED: no apartment at all. REGDB_E_CLASSNOTREG: unknown class, or none of the kind `context` asks for.
// CLASS_E_NOAGGREGATION: `outer` is not NULL. E_NOINTERFACE. E_POINTER: `object` is NULL. *object is NULL on failure.
DOSVC_API HRESULT CoCreateInstance(REFCLSID clsid, IUnknown* outer, DWORD context, REFIID riid, void** object) noexcept;

// Memory that one side of an interface allocates and the other frees: every string and array given out. NULL when
// memory is short; CoTaskMemFree(NULL) does nothing. ("CoTaskMemAlloc function")
DOSVC_API void* CoTaskMemAlloc(std::size_t bytes) noexcept;
// Frees and returns NULL for 0 bytes; on failure the old block stays.
DOSVC_API void* CoTaskMemRealloc(void* memory, std::size_t bytes) noexcept;
DOSVC_API void CoTaskMemFree(void* memory) noexcept;

}  // extern "C"
