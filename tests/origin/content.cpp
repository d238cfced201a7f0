#include "origin/content.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <fstream>
#include <vector>

namespace dosvc::origin {

namespace {

static_assert(std::endian::native == std::endian::little, "fill_content() copies whole words");

// One word of content: a multiply-and-shift mix, good enough that no two words of a file look related.
std::uint64_t word(std::uint64_t seed, std::uint64_t index) {
  std::uint64_t x = (seed + 1) * 0x9e3779b97f4a7c15U + index;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

}  // namespace

std::byte content_byte(std::uint64_t seed, std::uint64_t offset) {
  return static_cast<std::byte>(word(seed, offset / 8) >> (offset % 8 * 8));
}

void fill_content(std::uint64_t seed, std::uint64_t offset, std::span<std::byte> out) {
  std::size_t at = 0;
  for (; at < out.size() && (offset + at) % 8 != 0; ++at) out[at] = content_byte(seed, offset + at);
  for (; at + 8 <= out.size(); at += 8) {
    const std::uint64_t value = word(seed, (offset + at) / 8);
    std::memcpy(out.data() + at, &value, sizeof value);
  }
  for (; at < out.size(); ++at) out[at] = content_byte(seed, offset + at);
}

bool write_content(const std::string& file, std::uint64_t seed, std::uint64_t size) {
  std::ofstream out(file, std::ios::binary);
  std::vector<std::byte> block(std::min<std::uint64_t>(size, 1U << 20));
  for (std::uint64_t at = 0; at < size; at += block.size()) {
    const auto part = std::span(block).first(std::min<std::uint64_t>(block.size(), size - at));
    fill_content(seed, at, part);
    out.write(reinterpret_cast<const char*>(part.data()), static_cast<std::streamsize>(part.size()));
  }
  out.close();
  return !out.fail();
}

std::optional<std::uint64_t> first_difference(std::span<const std::byte> bytes, std::uint64_t seed,
                                              std::uint64_t offset) {
  std::vector<std::byte> expected(std::min<std::size_t>(bytes.size(), 1U << 20));
  for (std::size_t at = 0; at < bytes.size(); at += expected.size()) {
    const auto part = bytes.subspan(at, std::min(expected.size(), bytes.size() - at));
    fill_content(seed, offset + at, std::span(expected).first(part.size()));
    const auto [wrong, right] = std::mismatch(part.begin(), part.end(), expected.begin());
    if (wrong != part.end()) return offset + at + static_cast<std::uint64_t>(wrong - part.begin());
  }
  return std::nullopt;
}

std::optional<std::uint64_t> first_difference(const std::string& file, std::uint64_t seed, std::uint64_t size) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return 0;
  std::vector<std::byte> block(1U << 20);
  std::uint64_t at = 0;
  while (at < size) {
    const auto wanted = std::min<std::uint64_t>(block.size(), size - at);
    in.read(reinterpret_cast<char*>(block.data()), static_cast<std::streamsize>(wanted));
    const auto got = static_cast<std::size_t>(in.gcount());
    if (auto wrong = first_difference(std::span(block).first(got), seed, at)) return wrong;
    at += got;
    if (got < wanted) return at;
  }
  if (in.peek() != std::ifstream::traits_type::eof()) return size;
  return std::nullopt;
}

}  // namespace dosvc::origin
