#include "origin/url_script.h"

#include <algorithm>
#include <functional>
#include <map>

namespace dosvc::origin {

namespace {

// Sets one field from its text; false when the text means nothing.
using Setter = std::function<bool(Behaviour&, const std::string&)>;

template <class T>
Setter number_into(T Behaviour::*field) {
  return [field](Behaviour& b, const std::string& text) {
    const auto value = read_number(text);
    if (value) b.*field = static_cast<T>(*value);
    return value.has_value();
  };
}

Setter number_into(std::optional<std::uint64_t> Behaviour::*field) {
  return [field](Behaviour& b, const std::string& text) {
    b.*field = read_number(text);
    return (b.*field).has_value();
  };
}

Setter signed_into(std::int64_t Behaviour::*field) {
  return [field](Behaviour& b, const std::string& text) {
    const bool negative = text.starts_with("-");
    const auto value = read_number(std::string_view(text).substr(negative || text.starts_with("+") ? 1 : 0));
    if (value) b.*field = static_cast<std::int64_t>(*value) * (negative ? -1 : 1);
    return value.has_value();
  };
}

template <class T>
Setter text_into(T Behaviour::*field) {
  return [field](Behaviour& b, const std::string& text) {
    b.*field = text;
    return true;
  };
}

template <class Field, class Value>
Setter choice_into(Field Behaviour::*field, std::map<std::string, Value> choices) {
  return [field, choices = std::move(choices)](Behaviour& b, const std::string& text) {
    const auto found = choices.find(text);
    if (found != choices.end()) b.*field = found->second;
    return found != choices.end();
  };
}

bool set_delay(Behaviour& b, const std::string& text) {
  const auto value = read_number(text);
  if (value) b.delay = std::chrono::milliseconds(std::min<std::uint64_t>(*value, 86'400'000));
  return value.has_value();
}

bool add_interim(Behaviour& b, const std::string& text) {
  const auto value = read_number(text);
  if (value) b.interim.push_back(static_cast<int>(*value));
  return value.has_value();
}

bool set_padding(Behaviour& b, const std::string& text) {
  const auto value = text == "endless" ? kEndless : read_number(text);
  if (value) b.padding_headers = *value;
  return value.has_value();
}

bool add_header(Behaviour& b, const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos) return false;
  const auto value = text.find_first_not_of(' ', colon + 1);
  b.headers.emplace_back(text.substr(0, colon), value == std::string::npos ? "" : text.substr(value));
  return true;
}

const std::map<std::string, Setter>& setters() {
  static const std::map<std::string, Setter> kSetters{
      {"delay", set_delay},
      {"most-open", number_into(&Behaviour::most_open)},
      {"interim", add_interim},
      {"raw", text_into(&Behaviour::raw)},
      {"status", number_into(&Behaviour::status)},
      {"retry-after", text_into(&Behaviour::retry_after)},
      {"location", text_into(&Behaviour::location)},
      {"seed", number_into(&Behaviour::seed)},
      {"size", number_into(&Behaviour::size)},
      {"etag", choice_into<std::optional<Etag>, Etag>(
                   &Behaviour::etag, {{"strong", Etag::strong}, {"weak", Etag::weak}, {"none", Etag::none}})},
      {"range", choice_into<RangeAnswer, RangeAnswer>(&Behaviour::range, {{"right", RangeAnswer::right},
                                                                          {"ignored", RangeAnswer::ignored},
                                                                          {"refused", RangeAnswer::refused},
                                                                          {"always", RangeAnswer::always_partial},
                                                                          {"multipart", RangeAnswer::multipart}})},
      {"if-range",
       choice_into<IfRangeAnswer, IfRangeAnswer>(&Behaviour::if_range, {{"right", IfRangeAnswer::right},
                                                                        {"ignored", IfRangeAnswer::ignored},
                                                                        {"never", IfRangeAnswer::never_holds},
                                                                        {"412", IfRangeAnswer::failed},
                                                                        {"416", IfRangeAnswer::refused}})},
      {"nodes", number_into(&Behaviour::nodes)},
      {"node-turn", choice_into<NodeTurn, NodeTurn>(&Behaviour::node_turn, {{"request", NodeTurn::by_request},
                                                                            {"connection", NodeTurn::by_connection}})},
      {"node-mark", choice_into<NodeMark, NodeMark>(
                        &Behaviour::node_mark,
                        {{"etag", NodeMark::etag}, {"modified", NodeMark::modified}, {"both", NodeMark::both}})},
      {"range-shift", signed_into(&Behaviour::range_shift)},
      {"range-limit", number_into(&Behaviour::range_limit)},
      {"range-extra", number_into(&Behaviour::range_extra)},
      {"content-range", text_into(&Behaviour::content_range)},
      {"total", text_into(&Behaviour::content_range_total)},
      {"modified",
       choice_into<std::optional<bool>, bool>(&Behaviour::last_modified, {{"right", true}, {"none", false}})},
      {"type", text_into(&Behaviour::content_type)},
      {"date", text_into(&Behaviour::date)},
      {"length", text_into(&Behaviour::content_length)},
      {"chunk-size", text_into(&Behaviour::chunk_size)},
      {"header", add_header},
      {"padding", set_padding},
      {"close", choice_into<bool, bool>(&Behaviour::close, {{"1", true}, {"0", false}})},
      {"framing", choice_into<Framing, Framing>(
                      &Behaviour::framing,
                      {{"length", Framing::length}, {"close", Framing::until_close}, {"chunked", Framing::chunked}})},
      {"length-lie", signed_into(&Behaviour::length_lie)},
      {"rate", number_into(&Behaviour::rate)},
      {"cut", number_into(&Behaviour::cut_after)},
      {"end", choice_into<Ending, Ending>(&Behaviour::ending,
                                          {{"fin", Ending::fin}, {"reset", Ending::reset}, {"stall", Ending::stall}})},
  };
  return kSetters;
}

// "2", "2-5", "2-", with "ranged" or "whole" in front or alone, or "c" in front. Nothing when it's none of these.
std::optional<Rule> rule_of(std::string_view prefix) {
  Rule rule;
  for (const auto& [word, among] : {std::pair{std::string_view("ranged"), Rule::Among::ranged},
                                    std::pair{std::string_view("whole"), Rule::Among::whole},
                                    std::pair{std::string_view("c"), Rule::Among::connection}}) {
    if (!prefix.starts_with(word)) continue;
    rule.among = among;
    prefix.remove_prefix(word.size());
    if (prefix.empty() && among != Rule::Among::connection) return rule;
  }
  const auto dash = prefix.find('-');
  const auto first = read_number(prefix.substr(0, dash));
  if (!first) return std::nullopt;
  rule.first = rule.last = *first;
  if (dash == std::string_view::npos) return rule;
  const auto last = prefix.substr(dash + 1);
  if (!last.empty() && !read_number(last)) return std::nullopt;
  rule.last = read_number(last).value_or(kEndless);
  return rule;
}

}  // namespace

std::vector<std::string> url_parameters() {
  std::vector<std::string> names;
  for (const auto& entry : setters()) names.push_back(entry.first);
  return names;
}

std::variant<Resource, std::string> resource_of_url(const Request& request) {
  const std::string_view path = request.path;
  const std::string_view size = path.substr(path.find('/', 1) + 1);
  const auto number = read_number(size.substr(0, size.find('/')));
  if (!number) return "the size in the path is no number";
  Resource resource{.size = *number};

  Behaviour base;
  std::vector<std::pair<std::string, Headers>> by_prefix;  // in order of appearance
  const auto unknown = [](const std::string& name, const std::string& value) {
    return "parameter " + name + " can't be " + value;
  };
  for (const auto& [name, value] : query_parameters(request.query)) {
    if (const auto dot = name.find('.'); dot != std::string::npos) {
      const std::string prefix = name.substr(0, dot);
      if (by_prefix.empty() || by_prefix.back().first != prefix) by_prefix.push_back({prefix, {}});
      by_prefix.back().second.emplace_back(name.substr(dot + 1), value);
      continue;
    }
    const auto setter = setters().find(name);
    if (setter == setters().end() || !setter->second(base, value)) return unknown(name, value);
  }
  for (const auto& [prefix, parameters] : by_prefix) {
    auto rule = rule_of(prefix);
    if (!rule) return "no request is called " + prefix;
    rule->behaviour = base;
    for (const auto& [name, value] : parameters) {
      const auto setter = setters().find(name);
      if (setter == setters().end() || !setter->second(rule->behaviour, value)) return unknown(name, value);
    }
    resource.rules.push_back(std::move(*rule));
  }
  resource.rules.push_back(always(base));
  return resource;
}

}  // namespace dosvc::origin
