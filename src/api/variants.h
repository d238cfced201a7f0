#pragma once

#include "base/result.h"

#include <dosvc/com_ptr.h>
#include <dosvc/variant.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace dosvc {

// Values of properties. What is made is the caller's, freed with VariantClear; std::bad_alloc when memory is short.
VARIANT text_variant(std::string_view utf8);         // VT_BSTR
VARIANT flag_variant(bool flag);                     // VT_BOOL
VARIANT number_variant(std::uint32_t number);        // VT_UI4
VARIANT seconds_variant(std::chrono::seconds time);  // VT_UI4
VARIANT size_variant(std::uint64_t size);            // VT_UI8
VARIANT object_variant(com_ptr<IUnknown> object);    // VT_UNKNOWN

// What a program gave, which stays the program's. E_INVALIDARG: it has another type, or is a text that holds a zero or
// isn't Unicode. A NULL text is the empty one.
Result<std::string> text_of(const VARIANT& value);
Result<bool> flag_of(const VARIANT& value);
Result<std::uint32_t> number_of(const VARIANT& value);
Result<std::uint64_t> size_of(const VARIANT& value);
Result<std::string> bytes_of(const VARIANT& value);  // VT_ARRAY | VT_UI1

}  // namespace dosvc
