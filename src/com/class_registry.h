#pragma once

#include <dosvc/guid.h>

namespace dosvc {

// Makes an object with one reference, as the interface asked for; *object is NULL before and stays so on failure.
using CreateObject = HRESULT (*)(REFIID riid, void** object);

// From then on CoCreateInstance makes objects of this class so; a second registration replaces the first. May be
// called during static initialisation, and from any thread.
void register_class(const GUID& clsid, CreateObject create);

}  // namespace dosvc
