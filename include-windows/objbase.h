#pragma once

#include <combaseapi.h>
#include <unknwn.h>
