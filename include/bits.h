#pragma once

// The Background Intelligent Transfer Service interfaces, all versions. Delivery Optimization shares them:
// <deliveryoptimization.h> includes this header.
//
// Left out: peer cache administration (IBitsPeerCacheAdministration and what belongs to it), long withdrawn.

#include <dosvc/bits.h>
