#pragma once

// As on Windows, this header brings <windows.h>.

#include <windows.h>

#include <dosvc/bits.h>
