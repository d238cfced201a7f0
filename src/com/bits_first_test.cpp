// Both public headers, this way round.
#include <bits.h>

#include <deliveryoptimization.h>

namespace {
[[maybe_unused]] IDODownload* const download = nullptr;
}
