#include "origin/content.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

namespace dosvc::origin {
namespace {

std::vector<std::byte> made(std::uint64_t seed, std::uint64_t offset, std::size_t size) {
  std::vector<std::byte> out(size);
  fill_content(seed, offset, out);
  return out;
}

class FileOnDisk : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    file_ = testing::TempDir() + "origin_content_" + std::to_string(::getpid()) + test->name();
  }
  void TearDown() override { std::filesystem::remove(file_); }
  void write(const std::vector<std::byte>& bytes) {
    std::ofstream(file_, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  std::string file_;
};

TEST(Content, any_range_is_the_same_as_its_part_of_the_whole) {
  const auto whole = made(7, 0, 200);
  for (std::size_t from = 0; from < 40; ++from) {
    for (std::size_t size = 0; size < 40; ++size) {
      const auto part = made(7, from, size);
      EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + static_cast<std::ptrdiff_t>(from)));
    }
  }
  EXPECT_EQ(content_byte(7, 123), whole[123]);
}

TEST(Content, of_two_versions_differs_nearly_everywhere) {
  const auto a = made(1, 0, 10000);
  const auto b = made(2, 0, 10000);
  std::size_t same = 0;
  for (std::size_t i = 0; i < a.size(); ++i) same += a[i] == b[i] ? 1U : 0U;
  EXPECT_LT(same, 100U);
}

TEST(Content, in_memory_is_verified_from_its_offset_on) {
  auto bytes = made(3, 1001, 3 << 20);
  EXPECT_EQ(first_difference(bytes, 3, 1001), std::nullopt);
  bytes[2'500'000] ^= std::byte{1};
  EXPECT_EQ(first_difference(bytes, 3, 1001), 2'501'001U);
}

TEST_F(FileOnDisk, that_is_right_has_no_difference) {
  write(made(5, 0, 3'000'001));
  EXPECT_EQ(first_difference(file_, 5, 3'000'001), std::nullopt);
}

TEST_F(FileOnDisk, with_one_wrong_byte_differs_there) {
  auto bytes = made(5, 0, 3'000'001);
  bytes.back() ^= std::byte{1};
  write(bytes);
  EXPECT_EQ(first_difference(file_, 5, 3'000'001), 3'000'000U);
}

TEST_F(FileOnDisk, that_is_too_short_or_too_long_differs_at_the_end) {
  write(made(5, 0, 1000));
  EXPECT_EQ(first_difference(file_, 5, 1001), 1000U);
  EXPECT_EQ(first_difference(file_, 5, 999), 999U);
}

TEST_F(FileOnDisk, that_is_missing_differs_at_the_beginning) { EXPECT_EQ(first_difference(file_, 5, 10), 0U); }

}  // namespace
}  // namespace dosvc::origin
