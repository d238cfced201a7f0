#pragma once

// The result codes, under the name of their header on Windows.
#include <dosvc/errors.h>
