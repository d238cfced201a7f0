#include "api/classes.h"

#include "api/manager.h"
#include "com/class_registry.h"
#include "com/edge.h"

#include <deliveryoptimization.h>

namespace dosvc {
namespace {

template <ApiView view>
HRESULT create_manager(REFIID riid, void** object) {
  return com_edge([&]() -> Result<HRESULT> {
    auto session = DO_TRY(Session::current());
    return make_manager(std::move(session), view)->QueryInterface(riid, object);
  });
}

}  // namespace

void register_classes() {
  for (const CLSID& version :
       {CLSID_BackgroundCopyManager, CLSID_BackgroundCopyManager1_5, CLSID_BackgroundCopyManager2_0,
        CLSID_BackgroundCopyManager2_5, CLSID_BackgroundCopyManager3_0, CLSID_BackgroundCopyManager4_0,
        CLSID_BackgroundCopyManager5_0, CLSID_BackgroundCopyManager10_0, CLSID_BackgroundCopyManager10_1,
        CLSID_BackgroundCopyManager10_2, CLSID_BackgroundCopyManager10_3}) {
    register_class(version, create_manager<ApiView::bits>);
  }
  register_class(CLSID_DeliveryOptimization, create_manager<ApiView::delivery_optimization>);
}

}  // namespace dosvc
