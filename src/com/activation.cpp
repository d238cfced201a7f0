#include "com/apartment.h"
#include "com/class_registry.h"
#include "com/edge.h"

#include <dosvc/com.h>

#include <algorithm>
#include <mutex>
#include <vector>

namespace dosvc {
namespace {

struct RegisteredClass {
  GUID clsid;
  CreateObject create;
};

// A dozen entries: a list is enough. Never destroyed, as objects may be made from destructors that run at exit.
struct Registry {
  std::mutex mutex;
  std::vector<RegisteredClass> classes;
};

Registry& registry() {
  static auto* const all = new Registry;
  return *all;
}

auto entry_of(Registry& all, const GUID& clsid) {
  return std::find_if(all.classes.begin(), all.classes.end(),
                      [&](const RegisteredClass& known) { return known.clsid == clsid; });
}

CreateObject creator_of(const GUID& clsid) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  const auto entry = entry_of(all, clsid);
  return entry == all.classes.end() ? nullptr : entry->create;
}

}  // namespace

void register_class(const GUID& clsid, CreateObject create) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  const auto entry = entry_of(all, clsid);
  if (entry == all.classes.end()) {
    all.classes.push_back(RegisteredClass{clsid, create});
  } else {
    entry->create = create;
  }
}

}  // namespace dosvc

HRESULT CoCreateInstance(REFCLSID clsid, IUnknown* outer, DWORD context, REFIID riid, void** object) noexcept {
  if (!object) return E_POINTER;
  *object = nullptr;
  return dosvc::com_edge([&]() -> dosvc::Result<HRESULT> {
    if (!dosvc::in_apartment()) return CO_E_NOTINITIALIZED;
    const dosvc::CreateObject create = dosvc::creator_of(clsid);
    if (!create || (context & (CLSCTX_LOCAL_SERVER | CLSCTX_INPROC_SERVER)) == 0) return REGDB_E_CLASSNOTREG;
    if (outer) return CLASS_E_NOAGGREGATION;
    return create(riid, object);
  });
}
