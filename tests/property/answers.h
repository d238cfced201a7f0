#pragma once

#include "property/chance.h"
#include "property/script.h"

namespace dosvc {

// Thinks up how a site answers.
class AnswerWriter {
 public:
  AnswerWriter(Chance& chance, const Site& site) : chance_(chance), site_(site) {}

  PlannedAnswer write();

 private:
  using Maker = PlannedAnswer (AnswerWriter::*)();

  // As it should be.
  PlannedAnswer well();
  PlannedAnswer without_length();
  PlannedAnswer after_a_redirect();
  PlannedAnswer as_a_part();
  // The connection.
  PlannedAnswer cut();
  PlannedAnswer cut_without_length();
  PlannedAnswer stalls();
  PlannedAnswer refused();
  PlannedAnswer reset();
  PlannedAnswer silent();
  // The status.
  PlannedAnswer busy();
  PlannedAnswer refuses_for_good();
  PlannedAnswer odd_status();
  // Ranges and lengths.
  PlannedAnswer whole_to_a_range();
  PlannedAnswer another_range();
  PlannedAnswer shorter_range();
  PlannedAnswer wrong_content_range();
  PlannedAnswer another_total();
  PlannedAnswer promises_too_much();
  // Versions.
  PlannedAnswer another_nodes_etag();
  PlannedAnswer another_version();
  PlannedAnswer ignores_if_range();
  PlannedAnswer says_little();
  PlannedAnswer tells_no_version();
  PlannedAnswer portal();
  // Lies.
  PlannedAnswer ends_early();
  PlannedAnswer too_short_a_length();
  PlannedAnswer wrong_bytes();

  PlannedAnswer plain(std::string text);
  std::uint64_t some_place();  // in the body

  Chance& chance_;
  const Site& site_;
};

}  // namespace dosvc
