#include "engine/shared_progress.h"

#include <gtest/gtest.h>

#include <thread>

namespace dosvc {
namespace {

TEST(SharedProgress, gives_back_what_was_stored) {
  SharedProgress shared({std::nullopt, 1, 2, 3});
  EXPECT_EQ(shared.load().bytes_total, std::nullopt);
  EXPECT_EQ(shared.load().bytes_transferred, 1u);
  EXPECT_EQ(shared.load().files_total, 2u);
  EXPECT_EQ(shared.load().files_transferred, 3u);
  shared.store({0, 4, 5, 6});
  EXPECT_EQ(shared.load().bytes_total, 0u);
  EXPECT_EQ(shared.load().bytes_transferred, 4u);
}

TEST(SharedProgress, is_of_one_moment_however_often_it_is_written_meanwhile) {
  constexpr std::uint32_t kWrites = 200'000;
  SharedProgress shared({0, 0, 0, 0});
  std::thread writer([&] {
    for (std::uint32_t i = 1; i <= kWrites; ++i) shared.store({i, i, i, i});
  });
  Progress seen;
  std::uint32_t mixed = 0;
  std::uint32_t backwards = 0;
  while (seen.files_total < kWrites) {
    const Progress next = shared.load();
    const std::uint32_t all = next.files_total;
    mixed += next.bytes_total != all || next.bytes_transferred != all || next.files_transferred != all;
    backwards += all < seen.files_total;
    seen = next;
  }
  writer.join();
  EXPECT_EQ(mixed, 0u);
  EXPECT_EQ(backwards, 0u);
}

}  // namespace
}  // namespace dosvc
