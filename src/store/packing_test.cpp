#include "store/packing.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

using Texts = std::vector<std::string>;
using Ranges = std::vector<FileRange>;

TEST(Packing, texts_survive) {
  const Texts texts = {"", "A: b", "with,comma", "12:3,", std::string("nul\0 and \n line", 15), "\xff\xfe"};
  EXPECT_EQ(unpack(pack(texts)), texts);
  EXPECT_EQ(pack(Texts{}), "");
  EXPECT_EQ(unpack(""), Texts{});
}

TEST(Packing, texts_that_were_not_packed_here_are_refused) {
  for (const char* text : {"1", "1:", "1:a", "1:ab", "2:a,", "-1:,", "x:a,", "1:a,junk", "99999999999999999999:a,",
                           "18446744073709551615:a,", ":,", "1;a,", "01:a,"}) {
    EXPECT_EQ(unpack(text), std::nullopt) << text;
  }
}

TEST(Packing, credentials_survive) {
  const std::vector<Credentials> credentials = {{AuthTarget::server, AuthScheme::basic, "a:b,", ""},
                                                {AuthTarget::proxy, AuthScheme::negotiate, "", "\xff"}};
  EXPECT_EQ(unpack_credentials(pack(credentials)), credentials);
  EXPECT_EQ(pack(credentials), "1:1,1:1,4:a:b,,0:,1:2,1:4,0:,1:\xff,");
  EXPECT_EQ(unpack_credentials(""), std::vector<Credentials>{});
}

TEST(Packing, credentials_that_were_not_packed_here_are_refused) {
  for (const char* text : {"1:1,1:1,1:a,", "1:0,1:1,1:a,1:b,", "1:3,1:1,1:a,1:b,", "1:1,1:0,1:a,1:b,",
                           "1:1,1:5,1:a,1:b,", "2:01,1:1,1:a,1:b,", "0:,1:1,1:a,1:b,", "1:1,1:1,1:a,1:b"}) {
    EXPECT_EQ(unpack_credentials(text), std::nullopt) << text;
  }
}

TEST(Packing, ranges_survive_in_their_order) {
  const Ranges ranges = {{100, 1}, {0, 18446744073709551614u}, {7, FileRange::kToEnd}, {5, 0}};
  EXPECT_EQ(pack(ranges), "100+1,0+18446744073709551614,7+,5+0");
  EXPECT_EQ(unpack_ranges(pack(ranges)), ranges);
  EXPECT_EQ(unpack_ranges(""), Ranges{});
}

TEST(Packing, ranges_that_were_not_packed_here_are_refused) {
  for (const char* text : {",", "1", "+", "+1", "1+2,", "1+2,,3+4", "-1+2", "1+-2", "1+2x", "1+ 2",
                           "1+18446744073709551615", "1+18446744073709551616", "01+2", "1+02"}) {
    EXPECT_EQ(unpack_ranges(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace dosvc
