#pragma once

#include <dosvc/errors.h>

#include <span>
#include <string_view>

namespace dosvc {

// What a result code means, for a person. The statuses of HTTP have no sentence here: see descriptions.cpp.
struct Sentence {
  HRESULT code;
  std::string_view text;
};
std::span<const Sentence> sentences();

}  // namespace dosvc
