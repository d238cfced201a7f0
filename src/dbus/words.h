#pragma once

#include "core/job_service.h"
#include "core/words.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

// Enumerations are words on the wire.
namespace dosvc::wire {

constexpr ApiView last_of(ApiView) { return ApiView::delivery_optimization; }
constexpr AuthScheme last_of(AuthScheme) { return AuthScheme::negotiate; }
constexpr AuthTarget last_of(AuthTarget) { return AuthTarget::proxy; }
constexpr ErrorContext last_of(ErrorContext) { return ErrorContext::remote_application; }
constexpr FileStage last_of(FileStage) { return FileStage::completed; }
constexpr JobState last_of(JobState) { return JobState::cancelled; }
constexpr Priority last_of(Priority) { return Priority::low; }
constexpr ProxyUsage last_of(ProxyUsage) { return ProxyUsage::detected; }
constexpr Verdict last_of(Verdict) { return Verdict::invalid; }
constexpr WaitReason last_of(WaitReason) { return WaitReason::service; }

constexpr AuthScheme first_of(AuthScheme) { return AuthScheme::basic; }
constexpr AuthTarget first_of(AuthTarget) { return AuthTarget::server; }
template <class Enum>
constexpr Enum first_of(Enum) {
  return Enum{};
}

// "transient_error"
template <class Enum>
std::string word_of(Enum value) {
  std::string word(name_of(value));
  std::replace(word.begin(), word.end(), ' ', '_');
  return word;
}

template <class Enum>
std::optional<Enum> enumerator(std::string_view word) {
  for (int i = static_cast<int>(first_of(Enum{})); i <= static_cast<int>(last_of(Enum{})); ++i) {
    const auto value = static_cast<Enum>(i);
    if (word_of(value) == word) return value;
  }
  return std::nullopt;
}

}  // namespace dosvc::wire
