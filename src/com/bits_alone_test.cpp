// <bits.h> stands on its own: nothing is included before it, and it leaves alone the words that others use.
#include <bits.h>

#if defined(interface) || defined(min) || defined(max) || defined(__in) || defined(__out) || defined(small)
#error "a public header defines a macro with an everyday name"
#endif

namespace {
[[maybe_unused]] IBackgroundCopyManager* const manager = nullptr;
}
