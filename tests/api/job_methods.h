#pragma once

#include "api/faces.h"

#include <vector>

namespace dosvc {

// The methods of jobs and of their files, with what they answer in which state. Codes are those of BITS; View::said()
// puts them into the words of a view.

// Asks for something.
const std::vector<Getter>& getters();

// Changes something, with good arguments.
struct Setter {
  const char* name;
  HRESULT in_a_new_job;    // before the first Resume
  HRESULT in_a_known_job;  // and after it
  Call call;
};
const std::vector<Setter>& setters();

// Arguments that a method refuses whatever the job does.
struct BadArgument {
  const char* name;
  const char* what;
  HRESULT expected;
  Call call;
};
const std::vector<BadArgument>& bad_arguments();

}  // namespace dosvc
