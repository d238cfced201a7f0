#include "origin/behaviour.h"

#include <iterator>
#include <utility>

namespace dosvc::origin {

void Tally::count(const Request& request) {
  ++any;
  ++(request.range().empty() ? whole : ranged);
  connection = connections.try_emplace(request.connection, connections.size() + 1).first->second;
  open.insert(request.connection);
}

namespace {

Behaviour for_this_turn(Behaviour behaviour, const Request& request, const Tally& tally) {
  const auto earlier = std::distance(tally.open.begin(), tally.open.find(request.connection));
  if (static_cast<std::uint64_t>(earlier) >= behaviour.most_open) return status(503);
  const bool by_connection = behaviour.node_turn == NodeTurn::by_connection;
  const std::uint64_t turn = by_connection ? tally.connection : tally.any;
  if (behaviour.nodes > 1 && turn > 0) behaviour.node = (turn - 1) % behaviour.nodes;
  return behaviour;
}

}  // namespace

Behaviour choose(const std::vector<Rule>& rules, const Request& request, const Tally& tally) {
  const bool is_ranged = !request.range().empty();
  for (const Rule& rule : rules) {
    std::uint64_t number = tally.any;
    if (rule.among == Rule::Among::ranged) number = is_ranged ? tally.ranged : 0;
    if (rule.among == Rule::Among::whole) number = is_ranged ? 0 : tally.whole;
    if (rule.among == Rule::Among::connection) number = tally.connection;
    if (number != 0 && number >= rule.first && number <= rule.last)
      return for_this_turn(rule.behaviour, request, tally);
  }
  return {};
}

std::string etag_of(Etag kind, std::uint64_t seed, std::uint64_t node) {
  const std::string tag = "\"v" + std::to_string(seed) + (node == 0 ? "" : "-node" + std::to_string(node)) + "\"";
  if (kind == Etag::none) return {};
  return kind == Etag::weak ? "W/" + tag : tag;
}

std::time_t modified_of(std::uint64_t seed, std::uint64_t node) {
  constexpr std::time_t kFirst = 1'700'000'000;
  constexpr std::uint64_t kMinutesInYear = 525'600;
  return kFirst + static_cast<std::time_t>(seed % kMinutesInYear) * 60 + static_cast<std::time_t>(node);
}

Rule always(Behaviour behaviour) { return {.behaviour = std::move(behaviour)}; }

Rule for_first(std::uint64_t requests, Behaviour behaviour) {
  return {.behaviour = std::move(behaviour), .last = requests};
}

Rule from_request(std::uint64_t number, Behaviour behaviour) {
  return {.behaviour = std::move(behaviour), .first = number};
}

Rule for_ranged(Behaviour behaviour) { return {.behaviour = std::move(behaviour), .among = Rule::Among::ranged}; }

Rule on_connections(std::uint64_t first, std::uint64_t last, Behaviour behaviour) {
  return {.behaviour = std::move(behaviour), .first = first, .last = last, .among = Rule::Among::connection};
}

std::vector<Rule> in_turn(std::vector<Behaviour> behaviours) {
  std::vector<Rule> rules;
  for (auto& behaviour : behaviours) {
    const std::uint64_t number = rules.size() + 1;
    rules.push_back({.behaviour = std::move(behaviour), .first = number, .last = number});
  }
  return rules;
}

Behaviour cut_after(std::uint64_t bytes, Ending ending) { return {.cut_after = bytes, .ending = ending}; }
Behaviour status(int code) { return {.status = code}; }
Behaviour unavailable(std::string retry_after) { return {.status = 503, .retry_after = std::move(retry_after)}; }
Behaviour redirect(int code, std::string location) { return {.status = code, .location = std::move(location)}; }
Behaviour version(std::uint64_t seed) { return {.seed = seed}; }

}  // namespace dosvc::origin
