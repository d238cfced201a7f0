#pragma once

#include <wtypes.h>

#include <dosvc/unknown.h>
