// <deliveryoptimization.h> stands on its own and brings the interfaces of <bits.h>; the other order of the two.
#include <deliveryoptimization.h>

#include <bits.h>

#if defined(interface) || defined(min) || defined(max) || defined(__in) || defined(__out) || defined(small)
#error "a public header defines a macro with an everyday name"
#endif

namespace {
[[maybe_unused]] IDOManager* const manager = nullptr;
[[maybe_unused]] IBackgroundCopyCallback* const callback = nullptr;
}  // namespace
