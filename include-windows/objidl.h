#pragma once

#include <wtypes.h>

#include <dosvc/stream.h>
