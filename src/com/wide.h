#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace dosvc {

// The public strings are wchar_t, one UTF-32 code point each; inside all text is UTF-8. Both ways refuse what is no
// Unicode text (surrogates, numbers above 10FFFF, overlong or cut sequences) with E_INVALIDARG.
Result<std::string> to_utf8(std::wstring_view text);
Result<std::wstring> to_wide(std::string_view utf8);

// For showing text of others: U+FFFD stands for each malformed byte.
std::wstring to_wide_or_replace(std::string_view utf8);

}  // namespace dosvc
