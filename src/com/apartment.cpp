#include "com/apartment.h"

#include "com/apartment_calls.h"

#include <dosvc/com.h>

#include <atomic>
#include <mutex>
#include <vector>

namespace {

// Of the calling thread; model is meaningful while depth is above zero.
struct Apartment {
  unsigned depth = 0;
  DWORD model = COINIT_MULTITHREADED;
  bool lent = false;  // not counted in threads_with_apartment
};

thread_local Apartment apartment;
std::atomic<unsigned> threads_with_apartment{0};

struct Hooks {
  std::mutex mutex;
  std::vector<void (*)()> list;
};

// Never destroyed: CoUninitialize may be called from a destructor that runs at exit.
Hooks& hooks() {
  static auto* const all = new Hooks;
  return *all;
}

void run_hooks() {
  for (std::size_t next = 0;; ++next) {
    void (*hook)() = nullptr;
    {
      const std::lock_guard lock(hooks().mutex);
      if (next >= hooks().list.size()) return;
      hook = hooks().list[hooks().list.size() - 1 - next];
    }
    hook();
  }
}

}  // namespace

HRESULT CoInitializeEx(void* reserved, DWORD coinit) noexcept {
  constexpr DWORD kKnown = COINIT_APARTMENTTHREADED | COINIT_DISABLE_OLE1DDE | COINIT_SPEED_OVER_MEMORY;
  if (reserved || (coinit & ~kKnown) != 0) return E_INVALIDARG;
  const DWORD model = coinit & COINIT_APARTMENTTHREADED;
  if (apartment.depth > 0) {
    if (apartment.model != model) return RPC_E_CHANGED_MODE;
    ++apartment.depth;
    return S_FALSE;
  }
  apartment = Apartment{1, model, false};
  threads_with_apartment.fetch_add(1);
  return S_OK;
}

HRESULT CoInitialize(void* reserved) noexcept { return CoInitializeEx(reserved, COINIT_APARTMENTTHREADED); }

void CoUninitialize() noexcept {
  if (apartment.depth == 0 || --apartment.depth > 0) return;
  if (apartment.lent) return;
  dosvc::close_apartment_calls();
  if (threads_with_apartment.fetch_sub(1) == 1) run_hooks();
}

namespace dosvc {

bool in_apartment() noexcept { return apartment.depth > 0 || threads_with_apartment.load() > 0; }

bool has_apartment() noexcept { return apartment.depth > 0; }

bool in_single_threaded_apartment() noexcept { return has_apartment() && apartment.model == COINIT_APARTMENTTHREADED; }

LentApartment::LentApartment() noexcept { apartment = Apartment{1, COINIT_MULTITHREADED, true}; }
LentApartment::~LentApartment() { apartment = Apartment{}; }

void on_last_uninitialize(void (*hook)()) {
  const std::lock_guard lock(hooks().mutex);
  hooks().list.push_back(hook);
}

}  // namespace dosvc
