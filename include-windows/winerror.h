#pragma once

#include <dosvc_windows/last_error.h>
