#pragma once

#include <dosvc/variant.h>
#include <dosvc_windows/types.h>
