#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

// The bytes the origin serves. Every byte follows from the seed (one seed is one version of a file) and its offset, so
// that any range of a file of any size can be made and checked without holding the file. Two seeds differ in nearly
// every byte: a file mixed of two versions is always found out.
namespace dosvc::origin {

std::byte content_byte(std::uint64_t seed, std::uint64_t offset);

// The bytes from `offset` on, as many as `out` holds.
void fill_content(std::uint64_t seed, std::uint64_t offset, std::span<std::byte> out);

// Writes a file that holds the first `size` bytes. False: it could not be written whole.
bool write_content(const std::string& file, std::uint64_t seed, std::uint64_t size);

// Compares a file with the `size` bytes of version `seed`: the offset of the first byte that is wrong or missing,
// `size` when the file goes on after its end, nothing when they are the same. A file that can't be read differs at 0.
std::optional<std::uint64_t> first_difference(const std::string& file, std::uint64_t seed, std::uint64_t size);

// The same, for bytes in memory which should be those of version `seed` from `offset` on; nothing when they are.
std::optional<std::uint64_t> first_difference(std::span<const std::byte> bytes, std::uint64_t seed,
                                              std::uint64_t offset);

}  // namespace dosvc::origin
