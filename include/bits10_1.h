#pragma once

// One header of several on Windows; here <bits.h> has all versions.
#include <bits.h>
