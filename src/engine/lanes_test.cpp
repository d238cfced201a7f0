// One file over several connections.

#include <chrono>
#include <string>

#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kMiB = 1 << 20;

class LanesTest : public EngineFixture {
 protected:
  void SetUp() override {
    transport.serve(url_, content_);
    transport.always(url_, far_away());
    transport.set_chunk(64 * 1024);
    transport.set_pace(milliseconds(100));  // 640 KiB a second over each connection
    start();
  }

  static FakeBehaviour far_away() {
    FakeBehaviour behaviour;
    behaviour.alter = [](ResponseHead& head) { head.waited = milliseconds(100); };
    return behaviour;
  }
  static FakeBehaviour by_hand() {
    FakeBehaviour behaviour = far_away();
    behaviour.by_hand = true;
    return behaviour;
  }

  JobId start_far(Priority priority = Priority::foreground, const std::string& sha256 = {}) {
    const JobId id = create_job(ApiView::bits, priority);
    EXPECT_TRUE(add_file(id, url_, "/dl/a", sha256).ok());
    EXPECT_TRUE(resume(id).ok());
    return id;
  }
  void expect_whole(const JobId& id) {
    ASSERT_EQ(state_of(id), JobState::transferred);
    ASSERT_TRUE(complete(id).ok());
    EXPECT_TRUE(files.content("/dl/a") == content_);
  }
  std::uint64_t fetched(const JobId& id) { return file_snapshot(id)->file.fetched; }

  const std::string url_ = "http://far/a";
  const std::string content_ = patterned(8 * kMiB);
};

TEST_F(LanesTest, come_over_a_long_way) {
  const JobId id = start_far();
  loop.advance(seconds(1));
  EXPECT_EQ(transport.open().size(), 8u);  // a MiB for each
  loop.advance(seconds(2));
  EXPECT_EQ(fetched(id), content_.size());
  expect_whole(id);
}

TEST_F(LanesTest, begin_with_an_answer_that_is_used_itself) {
  (void)start_far();
  loop.advance(seconds(1));
  const auto& requests = transport.requests();
  EXPECT_FALSE(requests[0].asked.part);
  EXPECT_EQ(requests[0].asked.offset, 0u);
  for (std::size_t i = 1; i < requests.size(); ++i) {
    EXPECT_GT(requests[i].asked.offset, 0u);
    EXPECT_EQ(requests[i].asked.validator.etag, "\"v1\"");
    EXPECT_TRUE(requests[i].asked.holds_bytes);
  }
}

TEST_F(LanesTest, do_not_come_over_a_short_way_where_one_is_enough) {
  transport.behave(url_);
  transport.set_pace(milliseconds(1));
  const JobId id = start_far();
  loop.advance(seconds(10));
  EXPECT_EQ(transport.requests().size(), 1u);
  expect_whole(id);
}

TEST_F(LanesTest, are_added_over_a_short_way_as_long_as_each_brings_more) {
  transport.behave(url_);
  transport.serve(url_, patterned(64 * kMiB));
  transport.set_chunk(512 * 1024);
  transport.set_pace(milliseconds(250));  // 2 MiB a second, over each
  (void)start_far();
  loop.advance(milliseconds(2000));
  EXPECT_EQ(transport.open().size(), 16u);
}

TEST_F(LanesTest, are_few_in_the_background) {
  (void)start_far(Priority::normal);
  loop.advance(seconds(1));
  EXPECT_EQ(transport.open().size(), 4u);
}

TEST_F(LanesTest, leave_a_place_for_the_files_of_others) {
  const std::string all = patterned(64 * kMiB);
  transport.serve(url_, all);
  (void)start_far();
  loop.advance(seconds(1));
  EXPECT_EQ(transport.open().size(), 16u);
  transport.serve("http://far/b", content_);
  transport.set_pace(seconds(10));
  (void)start_job("http://far/b");
  loop.advance(seconds(1));
  EXPECT_EQ(transport.open().size(), 16u);
}

TEST_F(LanesTest, of_a_file_without_validator_are_never_two) {
  transport.serve(url_, content_, Validator{});
  const JobId id = start_far();
  loop.advance(seconds(20));
  EXPECT_EQ(transport.requests().size(), 1u);
  expect_whole(id);
}

TEST_F(LanesTest, are_checked_by_one_digest) {
  const JobId id = start_far(Priority::foreground, FakeFiles::sha256_of(content_));
  loop.advance(seconds(5));
  expect_whole(id);
}

TEST_F(LanesTest, with_a_wrong_digest_are_an_error) {
  const JobId id = start_far(Priority::foreground, FakeFiles::sha256_of("something else"));
  loop.advance(seconds(5));
  ASSERT_EQ(state_of(id), JobState::error);
  EXPECT_EQ(snapshot(id)->job.error->error.code, BG_E_VALIDATION_FAILED);
}

TEST_F(LanesTest, of_a_server_that_brings_no_parts_cost_nothing_but_the_question) {
  FakeBehaviour whole_only = far_away();
  whole_only.ignore_range = true;
  transport.always(url_, whole_only);
  const JobId id = start_far();
  loop.advance(seconds(20));
  EXPECT_LE(transport.requests().size(), 10u);  // one or two of them once more, without If-Range
  EXPECT_EQ(fetched(id), content_.size());
  expect_whole(id);
}

TEST_F(LanesTest, of_a_server_that_stumbles_on_if_range_are_asked_without) {
  FakeBehaviour stumbles = far_away();
  stumbles.ignore_range = true;
  transport.next(url_, far_away());
  for (int i = 0; i < 7; ++i) transport.next(url_, stumbles);
  const JobId id = start_far();
  loop.advance(seconds(20));
  expect_whole(id);
  ASSERT_GE(transport.requests().size(), 9u);
  EXPECT_TRUE(transport.requests()[8].asked.without_if_range);
}

// Each answer names the version in another way; date and size are the same.
TEST_F(LanesTest, of_nodes_with_etags_of_their_own_are_of_one_version) {
  constexpr auto kLongAgo = "Tue, 01 Jan 2019 00:00:00 GMT";
  transport.serve(url_, content_, Validator{"\"v1\"", kLongAgo});
  transport.next(url_, far_away());
  FakeBehaviour node = far_away();
  node.alter = [number = std::make_shared<int>(0)](ResponseHead& head) {
    head.waited = milliseconds(100);
    head.etag = "\"node" + std::to_string(++*number) + "\"";
  };
  transport.always(url_, node);
  const JobId id = start_far();
  loop.advance(seconds(1));
  EXPECT_EQ(transport.open().size(), 8u);
  loop.advance(seconds(5));
  expect_whole(id);
}

TEST_F(LanesTest, go_on_without_those_that_a_server_refuses) {
  transport.next(url_, far_away());
  for (int i = 0; i < 7; ++i) {
    FakeBehaviour busy;
    busy.status = i % 2 == 0 ? 503 : 403;
    transport.next(url_, busy);
  }
  const JobId id = start_far();
  loop.advance(seconds(20));
  EXPECT_EQ(snapshot(id)->job.error_count, 0u);
  expect_whole(id);
}

TEST_F(LanesTest, of_another_version_are_left_out) {
  transport.next(url_, by_hand());
  (void)start_far();
  const auto first = transport.open(url_);
  first->answer();
  first->bytes(kMiB);
  const std::string old = content_;
  transport.serve(url_, patterned(8 * kMiB) + "new", Validator{"\"v2\"", ""});
  loop.advance(seconds(2));
  EXPECT_EQ(transport.open().size(), 1u);  // the first, which still brings the whole old one
  EXPECT_TRUE(first->is_open());
}

// Of a server of several nodes, say. What was begun is brought to its end; what nobody brings is asked for again.
TEST_F(LanesTest, that_bring_no_part_of_this_version_do_not_undo_the_others) {
  for (int i = 0; i < 8; ++i) {
    FakeBehaviour behaviour = far_away();
    behaviour.ignore_range = i == 4;
    transport.next(url_, behaviour);
  }
  const JobId id = start_far();
  loop.advance(seconds(10));
  EXPECT_EQ(fetched(id), content_.size());
  expect_whole(id);
}

TEST_F(LanesTest, ask_for_no_more_than_each_is_to_bring) {
  (void)start_far();
  loop.advance(milliseconds(1));
  const auto& requests = transport.requests();
  ASSERT_EQ(requests.size(), 8u);
  for (std::size_t i = 1; i < requests.size(); ++i) {
    EXPECT_EQ(requests[i].asked.end.value_or(content_.size()) - requests[i].asked.offset, kMiB);
  }
}

TEST_F(LanesTest, of_which_one_has_gone_silent_are_replaced) {
  for (int i = 0; i < 8; ++i) {
    FakeBehaviour behaviour = far_away();
    if (i == 3) behaviour.stall_after = 200'000;
    transport.next(url_, behaviour);
  }
  const JobId id = start_far();
  loop.advance(seconds(8));
  expect_whole(id);
}

TEST_F(LanesTest, even_the_only_one_is_replaced_when_it_goes_silent) {
  transport.serve(url_, content_.substr(0, 2 * kMiB - 1));
  FakeBehaviour behaviour;
  behaviour.stall_after = 200'000;
  transport.next(url_, behaviour);
  const JobId id = start_far();
  loop.advance(seconds(20));
  EXPECT_EQ(transport.requests().size(), 2u);
  EXPECT_EQ(state_of(id), JobState::transferred);
}

TEST_F(LanesTest, that_break_are_begun_again_at_once) {
  for (int i = 0; i < 8; ++i) {
    FakeBehaviour behaviour = far_away();
    if (i % 2 == 1) behaviour.cut_after = 100'000;
    transport.next(url_, behaviour);
  }
  const JobId id = start_far();
  loop.advance(seconds(5));
  EXPECT_EQ(snapshot(id)->job.error_count, 0u);
  EXPECT_EQ(fetched(id), content_.size());
  expect_whole(id);
}

TEST_F(LanesTest, that_are_slow_give_away_what_they_would_be_last_with) {
  for (int i = 0; i < 8; ++i) {
    FakeBehaviour behaviour = far_away();
    if (i == 5) behaviour = by_hand();
    transport.next(url_, behaviour);
  }
  const JobId id = start_far();
  loop.advance(milliseconds(1));
  std::shared_ptr<FakeFetch> slow;
  for (const auto& fetch : transport.open()) {
    if (!slow || fetch->end() < slow->end()) slow = fetch;
  }
  slow->answer();
  for (int i = 0; i < 50 && state_of(id) != JobState::transferred; ++i) {
    slow->bytes(640);  // a hundredth of what the others bring
    loop.advance(milliseconds(100));
  }
  expect_whole(id);
}

// What it was to take over has come over the other one meanwhile.
TEST_F(LanesTest, that_are_never_answered_are_not_waited_for) {
  transport.serve(url_, patterned(2 * kMiB));
  transport.set_pace(milliseconds(10));
  transport.next(url_, far_away());
  FakeBehaviour silent;
  silent.never_answer = true;
  transport.next(url_, silent);
  const JobId id = start_far();
  loop.advance(seconds(1));
  EXPECT_EQ(transport.requests().size(), 2u);
  EXPECT_EQ(state_of(id), JobState::transferred);
}

TEST_F(LanesTest, go_on_after_a_crash_where_each_of_them_was) {
  const JobId id = start_far();
  loop.advance(milliseconds(1000));
  crash_and_restart(FakeFiles::Crash::power);
  const RangeSet kept = file_snapshot(id)->file.done;
  EXPECT_GT(kept.ranges().size(), 1u);
  loop.advance(seconds(5));
  EXPECT_LT(fetched(id), content_.size() + 8 * kMiB / 2);
  expect_whole(id);
}

TEST_F(LanesTest, end_with_the_job) {
  const JobId id = start_far();
  loop.advance(seconds(1));
  ASSERT_TRUE(suspend(id).ok());
  EXPECT_TRUE(transport.open().empty());
  ASSERT_TRUE(resume(id).ok());
  loop.advance(seconds(5));
  EXPECT_LE(fetched(id), content_.size());
  expect_whole(id);
}

TEST_F(LanesTest, that_all_break_are_a_failure_for_now) {
  FakeBehaviour behaviour = far_away();
  behaviour.cut_after = 100'000;
  transport.always(url_, behaviour);
  const JobId id = start_far();
  loop.advance(milliseconds(500));
  FakeBehaviour refused;
  refused.fail = FakeTransport::refused();
  transport.always(url_, refused);
  loop.advance(seconds(3));
  EXPECT_EQ(state_of(id), JobState::transient_error);
  transport.behave(url_);
  loop.advance(seconds(700));
  expect_whole(id);
}

}  // namespace
}  // namespace dosvc
