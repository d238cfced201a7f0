// RangeSet: the first line is a set as the store keeps it. The rest are steps, three bytes each: what is done, where it
// begins, how long it is; they are held against a set of 256 flags.

#include <bitset>
#include <string>

#include "core/range_set.h"
#include "fuzz/input.h"

using namespace dosvc;

namespace {

void must_be_in_order(const RangeSet& set) {
  const ByteRange* before = nullptr;
  for (const ByteRange& range : set.ranges()) {
    must(range.begin < range.end, "no range is empty");
    must(!before || before->end < range.begin, "ranges are in order, and don't touch");
    before = &range;
  }
}

void must_round_trip(const RangeSet& set) {
  const auto again = RangeSet::parse(set.text());
  must(again.has_value() && *again == set, "what is written is read again");
}

using Model = std::bitset<512>;

bool all(const Model& model, ByteRange range) {
  for (auto i = range.begin; i < range.end; ++i) {
    if (!model[i]) return false;
  }
  return true;
}

void must_be_alike(const RangeSet& set, const Model& model, ByteRange asked) {
  must(set.total() == model.count(), "it holds as many bytes");
  must(set.contains(asked) == all(model, asked), "it holds the same bytes");
  const auto gap = set.first_gap(asked.begin, asked.end);
  must(gap.has_value() == !all(model, asked), "there is a gap where a byte is missing");
  if (!gap) return;
  must(gap->begin >= asked.begin && gap->begin < gap->end && gap->end <= asked.end,
       "a gap lies where it was looked for");
  must(all(model, {asked.begin, gap->begin}), "it is the first");
  for (auto i = gap->begin; i < gap->end; ++i) must(!model[i], "all of it is missing");
  must(gap->end == asked.end || model[gap->end], "it is whole");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const auto text = input.line();
  if (const auto parsed = RangeSet::parse(text)) {
    must_be_in_order(*parsed);
    must(parsed->text() == text, "what is read is exactly what is written");
  }
  RangeSet set;
  Model model;
  while (!input.done()) {
    const bool removes = input.byte() % 2 == 1;
    const std::uint64_t begin = input.byte();
    const ByteRange range{begin, begin + input.byte()};
    removes ? set.remove(range) : set.add(range);
    for (auto i = range.begin; i < range.end; ++i) model[i] = !removes;
    must_be_in_order(set);
    must_be_alike(set, model, {range.end / 2, range.end});
    must_be_alike(set, model, {range.begin, 512});
  }
  must_round_trip(set);
  return 0;
}
