#pragma once

#include <combaseapi.h>
#include <objidl.h>
#include <unknwn.h>
