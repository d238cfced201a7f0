#include "store/rows.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

using Texts = std::vector<std::string>;

File good_file() {
  File file;
  file.remote_name = "http://host/a";
  file.local_name = "/home/user/a";
  file.temp_name = "/home/user/.a.part";
  file.sha256 = std::string(64, 'a');
  file.size = 7;
  return file;
}

TEST(Rows, texts_survive_packing) {
  const Texts texts = {"", "A: b", "with,comma", "12:3,", std::string("nul\0 and \n line", 15), "\xff\xfe"};
  EXPECT_EQ(unpack(pack(texts)), texts);
  EXPECT_EQ(pack({}), "");
  EXPECT_EQ(unpack(""), Texts{});
}

TEST(Rows, texts_that_were_not_packed_here_are_refused) {
  for (const char* text : {"1", "1:", "1:a", "1:ab", "2:a,", "-1:,", "x:a,", "1:a,junk", "99999999999999999999:a,",
                           "18446744073709551615:a,", ":,", "1;a,"}) {
    EXPECT_EQ(unpack(text), std::nullopt) << text;
  }
}

TEST(Rows, a_good_file_fits) {
  EXPECT_EQ(misfit(good_file()), nullptr);
  File bare;
  bare.remote_name = "http://host/a";
  bare.local_name = "/a";
  EXPECT_EQ(misfit(bare), nullptr);
}

TEST(Rows, a_file_with_a_value_that_cannot_be_names_its_column) {
  const auto misfit_with = [](auto change) {
    File file = good_file();
    change(file);
    const char* column = misfit(file);
    return std::string(column ? column : "");
  };
  EXPECT_EQ(misfit_with([](File& f) { f.remote_name.clear(); }), "remote_name");
  EXPECT_EQ(misfit_with([](File& f) { f.local_name = "a"; }), "local_name");
  EXPECT_EQ(misfit_with([](File& f) { f.local_name = std::string("/home/user/a\0b", 14); }), "local_name");
  EXPECT_EQ(misfit_with([](File& f) { f.temp_name = "/etc/passwd"; }), "temp_name");
  EXPECT_EQ(misfit_with([](File& f) { f.temp_name = "/home/user/../.a.part"; }), "temp_name");
  EXPECT_EQ(misfit_with([](File& f) { f.temp_name = f.local_name; }), "temp_name");
  EXPECT_EQ(misfit_with([](File& f) { f.sha256 = std::string(64, 'A'); }), "sha256");
  EXPECT_EQ(misfit_with([](File& f) { f.size = ~std::uint64_t{0}; }), "size");
}

TEST(Rows, a_job_with_a_value_that_cannot_be_names_its_column) {
  const auto misfit_with = [](auto change) {
    Job job;
    change(job);
    const char* column = misfit(job);
    return std::string(column ? column : "");
  };
  EXPECT_EQ(misfit_with([](Job&) {}), "");
  EXPECT_EQ(misfit_with([](Job& j) { j.minimum_retry_delay = std::chrono::seconds(-1); }), "minimum_retry_delay");
  EXPECT_EQ(misfit_with([](Job& j) { j.no_progress_timeout = std::chrono::seconds(-1); }), "no_progress_timeout");
  EXPECT_EQ(misfit_with([](Job& j) { j.umask = 01000; }), "umask");
  EXPECT_EQ(misfit_with([](Job& j) { j.http.ca_file = "ca.pem"; }), "ca_file");
  EXPECT_EQ(misfit_with([](Job& j) { j.error = JobError{{S_OK, ErrorContext::none, ""}, {}, 0}; }), "error_code");
  EXPECT_EQ(misfit_with([](Job& j) {
              j.error = JobError{{E_FAIL, ErrorContext::none, ""}, {}, 1000};
            }),
            "error_http_status");
}

}  // namespace
}  // namespace dosvc
