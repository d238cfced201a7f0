#include "api/download_fixture.h"

// The parts of a file that a download fetches ("IDODownload::Start", "DO_DOWNLOAD_RANGES_INFO structure").

namespace dosvc {
namespace {

class DownloadRanges : public DownloadTest {
 protected:
  com_ptr<IDODownload> create() { return DownloadTest::create("/small", ear); }
  void start(const com_ptr<IDODownload>& download, const Ranges& ranges, UINT64 total) {
    ASSERT_EQ(download->Start(ranges), S_OK);
    ASSERT_TRUE(ear->wait_until([&] {
      return state_of(download) == DODownloadState_Transferred && status_of(download).BytesTransferred == total;
    }));
  }
  std::string finalized(const com_ptr<IDODownload>& download) {
    EXPECT_EQ(download->Finalize(), S_OK);
    return bytes_of(local("small"));
  }

  com_ptr<StatusEar> ear = make_object<StatusEar>();
};

TEST_F(DownloadRanges, none_are_the_whole_file) {
  const auto download = create();
  start(download, Ranges({}), 20'000);
  EXPECT_TRUE(same_bytes(finalized(download), content(3, {{0, 20'000}})));
}

TEST_F(DownloadRanges, all_of_it_as_a_range_is_the_whole_file) {
  const auto download = create();
  start(download, Ranges({{0, DO_LENGTH_TO_EOF}}), 20'000);
  EXPECT_TRUE(same_bytes(finalized(download), content(3, {{0, 20'000}})));
}

TEST_F(DownloadRanges, several_lie_one_behind_the_other_in_the_order_given) {
  const auto download = create();
  start(download, Ranges({{15'000, 1'000}, {0, 10}, {19'000, DO_LENGTH_TO_EOF}}), 2'010);
  EXPECT_EQ(status_of(download).BytesTotal, 2'010u);
  EXPECT_TRUE(same_bytes(finalized(download), content(3, {{15'000, 1'000}, {0, 10}, {19'000, 1'000}})));
}

TEST_F(DownloadRanges, new_ones_are_appended_once_the_former_are_there) {
  const auto download = create();
  start(download, Ranges({{5'000, 100}}), 100);
  EXPECT_EQ(download->Start(nullptr), S_OK);
  EXPECT_EQ(state_of(download), DODownloadState_Transferred) << "nothing new was asked for";
  start(download, Ranges({{100, 50}}), 150);
  start(download, Ranges({{5'000, 1}}), 151);
  EXPECT_TRUE(same_bytes(finalized(download), content(3, {{5'000, 100}, {100, 50}, {5'000, 1}})));
}

TEST_F(DownloadRanges, parts_can_follow_the_whole) {
  const auto download = create();
  start(download, Ranges({}), 20'000);
  start(download, Ranges({{7, 3}}), 20'003);
  EXPECT_TRUE(same_bytes(finalized(download), content(3, {{0, 20'000}, {7, 3}})));
}

TEST_F(DownloadRanges, new_ones_replace_those_that_were_still_to_come) {
  const auto download = DownloadTest::create("/stalls", ear);
  ASSERT_EQ(download->Start(Ranges({{0, 300'000}, {350'000, 10}})), S_OK);
  ASSERT_TRUE(wait_for_bytes(download, ear, kGiven));
  ASSERT_EQ(download->Pause(), S_OK);
  start(download, Ranges({{390'000, 100}}), 100);
  ASSERT_EQ(download->Finalize(), S_OK);
  EXPECT_TRUE(same_bytes(bytes_of(local("stalls")), content(4, {{390'000, 100}})));
}

TEST_F(DownloadRanges, without_new_ones_start_goes_on_with_the_former) {
  const auto download = DownloadTest::create("/stalls", ear);
  ASSERT_EQ(download->Start(Ranges({{100, 300'000}, {50, 10}})), S_OK);
  ASSERT_TRUE(wait_for_bytes(download, ear, kGiven));
  ASSERT_EQ(download->Pause(), S_OK);
  run(download, ear);
  ASSERT_EQ(download->Finalize(), S_OK);
  EXPECT_TRUE(same_bytes(bytes_of(local("stalls")), content(4, {{100, 300'000}, {50, 10}})));
}

TEST_F(DownloadRanges, that_can_not_be_are_refused) {
  const struct {
    Ranges ranges;
    HRESULT code;
  } kCases[] = {
      {Ranges({{0, 0}}), DO_E_INVALID_RANGE},
      {Ranges({{5, 10}, {0, 0}}), DO_E_INVALID_RANGE},
      {Ranges({{~UINT64{0}, 1}}), DO_E_INVALID_RANGE},
      {Ranges({{~UINT64{0} - 1, 5}}), DO_E_INVALID_RANGE},
      {Ranges({{1, ~UINT64{0} - 1}}), DO_E_INVALID_RANGE},
      {Ranges({{0, 10}, {9, 1}}), DO_E_OVERLAPPING_RANGES},
      {Ranges({{0, DO_LENGTH_TO_EOF}, {5, 1}}), DO_E_OVERLAPPING_RANGES},
      {Ranges({{5, 1}, {5, 1}}), DO_E_OVERLAPPING_RANGES},
  };
  const auto download = create();
  for (const auto& c : kCases) EXPECT_EQ(download->Start(c.ranges), c.code);
  EXPECT_EQ(state_of(download), DODownloadState_Created);
  EXPECT_TRUE(origin.requests_of("/small").empty());
}

TEST_F(DownloadRanges, beyond_the_end_of_the_file_are_an_error) {
  const auto download = create();
  ASSERT_EQ(download->Start(Ranges({{20'000, 1}})), S_OK);
  ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Paused));
  EXPECT_EQ(status_of(download).Error, DO_E_INVALID_RANGE);
}

TEST_F(DownloadRanges, need_a_server_that_knows_them) {
  origin.serve("/small",
               {.size = 20'000, .seed = 3, .rules = {origin::always({.range = origin::RangeAnswer::ignored})}});
  const auto download = create();
  ASSERT_EQ(download->Start(Ranges({{5, 10}})), S_OK);
  ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Paused));
  EXPECT_EQ(status_of(download).Error, DO_E_INSUFFICIENT_RANGE_SUPPORT);
}

TEST_F(DownloadRanges, and_a_mandatory_check_exclude_each_other) {
  const auto download = create();
  ASSERT_EQ(set(download, DODownloadProperty_IntegrityCheckInfo,
                Value::text(R"({"PiecesHashFileUrl": "http://127.0.0.1/hashes"})")),
            S_OK);
  ASSERT_EQ(set(download, DODownloadProperty_IntegrityCheckMandatory, Value::flag(true)), S_OK);
  EXPECT_EQ(download->Start(Ranges({{5, 10}})), DO_E_DOWNLOAD_RANGES_UNEXPECTED);
}

}  // namespace
}  // namespace dosvc
