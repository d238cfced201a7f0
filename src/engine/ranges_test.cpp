// Parts of files: as the program names them, packed into the local file.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::seconds;
constexpr auto kUrl = "http://origin/a.bin";

class Ranges : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    content_ = patterned(1'000'000);
    transport.serve(kUrl, content_);
  }

  JobId job_with(std::vector<FileRange> ranges, ApiView view = ApiView::bits) {
    const JobId id = create_job(view);
    NewFile file{kUrl, "/dl/a.bin"};
    file.ranges = std::move(ranges);
    const auto added = add_files(id, {file});
    EXPECT_TRUE(added.ok()) << (added ? "" : added.error().message);
    return id;
  }
  std::string packed(const std::vector<FileRange>& ranges) const {
    std::string all;
    for (const FileRange& range : ranges) all += content_.substr(range.offset, range.length);
    return all;
  }
  std::string content_;
};

TEST_F(Ranges, are_packed_in_the_order_given) {
  const std::vector<FileRange> ranges = {{100'000, 100}, {900'000, 50'000}, {400'000, 300'000}};
  const JobId job = job_with(ranges);
  EXPECT_EQ(snapshot(job)->progress.bytes_total, 350'100u) << "known before anything was asked";
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(state_of(job), JobState::transferred);
  EXPECT_EQ(snapshot(job)->progress.bytes_transferred, 350'100u);
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), packed(ranges));
}

TEST_F(Ranges, to_the_end_may_stand_anywhere) {
  const JobId job = job_with({{999'000, FileRange::kToEnd}, {5, 10}});
  EXPECT_FALSE(snapshot(job)->progress.bytes_total);
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(snapshot(job)->progress.bytes_total, 1'010u);
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_.substr(999'000) + content_.substr(5, 10));
}

TEST_F(Ranges, to_the_end_is_where_the_server_says_whatever_size_was_told) {
  for (const std::uint64_t told : {999'990u, 1'000'001u, 5'000'000u}) {
    const JobId job = create_job();
    NewFile file{kUrl, "/dl/a.bin"};
    file.ranges = {{999'000, FileRange::kToEnd}};
    file.size = told;
    ASSERT_TRUE(add_files(job, {file}).ok());
    ASSERT_TRUE(resume(job).ok());
    ASSERT_EQ(state_of(job), JobState::transferred) << told;
    ASSERT_TRUE(complete(job).ok());
    EXPECT_EQ(files.content("/dl/a.bin"), content_.substr(999'000)) << told;
  }
}

TEST_F(Ranges, a_range_that_is_all_needs_no_range_support) {
  transport.always(kUrl, {.ignore_range = true});
  const JobId job = job_with({{0, FileRange::kToEnd}});
  ASSERT_TRUE(resume(job).ok());
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_);
}

TEST_F(Ranges, bad_ones_are_refused_when_added) {
  const JobId id = create_job();
  NewFile file{kUrl, "/dl/a.bin"};
  file.ranges = {{0, 10}, {5, 10}};
  EXPECT_EQ(add_files(id, {file}).error().code, BG_E_OVERLAPPING_RANGES);
  file.ranges = {{0, 0}};
  EXPECT_EQ(add_files(id, {file}).error().code, BG_E_INVALID_RANGE);
  EXPECT_EQ(snapshot(id)->progress.files_total, 0u);
}

TEST_F(Ranges, beyond_the_end_are_an_error_after_resume) {
  for (const FileRange range :
       {FileRange{2'000'000, 10}, FileRange{999'999, 2}, FileRange{1'000'000, FileRange::kToEnd}}) {
    const JobId job = job_with({range});
    ASSERT_TRUE(resume(job).ok());
    ASSERT_EQ(state_of(job), JobState::error) << range.offset;
    EXPECT_EQ(snapshot(job)->job.error->error.code, BG_E_INVALID_RANGE);
    EXPECT_EQ(snapshot(job)->job.error->error.context, ErrorContext::remote_file);
    EXPECT_EQ(snapshot(job)->progress.bytes_transferred, 0u);
  }
}

TEST_F(Ranges, a_server_without_ranges_is_an_error) {
  transport.always(kUrl, {.ignore_range = true});
  const JobId job = job_with({{10, 10}});
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(state_of(job), JobState::error);
  EXPECT_EQ(snapshot(job)->job.error->error.code, BG_E_INSUFFICIENT_RANGE_SUPPORT);
}

TEST_F(Ranges, a_cut_within_one_is_resumed_within_it) {
  const std::vector<FileRange> ranges = {{500'000, 200'000}, {0, 100'000}};
  transport.next(kUrl, {.cut_after = 70'000});
  const JobId job = job_with(ranges);
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(transport.requests().size(), 3u);
  EXPECT_EQ(transport.requests()[1].asked.offset, 570'000u);
  EXPECT_EQ(transport.requests()[1].asked.end, 700'000u);
  EXPECT_EQ(transport.requests()[1].into_offset, 70'000u);
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), packed(ranges));
}

TEST_F(Ranges, go_on_where_they_were_after_a_restart) {
  const std::vector<FileRange> ranges = {{500'000, 200'000}, {0, 100'000}};
  transport.next(kUrl, {.stall_after = 150'000});
  const JobId job = job_with(ranges);
  ASSERT_TRUE(resume(job).ok());
  ASSERT_TRUE(suspend(job).ok());
  const auto held = file_snapshot(job)->bytes_transferred;
  ASSERT_EQ(held, 150'000u);
  restart();
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(transport.requests()[1].asked.offset, 650'000u);
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), packed(ranges));
}

TEST_F(Ranges, of_two_versions_are_never_mixed) {
  const std::vector<FileRange> ranges = {{0, 100'000}, {500'000, 100'000}};
  transport.next(kUrl, {});
  transport.next(kUrl, {.by_hand = true});
  const JobId job = job_with(ranges);
  ASSERT_TRUE(resume(job).ok());
  content_ = std::string(1'000'000, 'n');
  transport.serve(kUrl, content_, {"\"v2\"", "Wed, 02 Jan 2030 00:00:00 GMT"});
  transport.open(kUrl)->answer();
  loop.run_until_idle();
  ASSERT_EQ(state_of(job), JobState::transferred);
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), packed(ranges));
}

TEST_F(Ranges, of_a_server_without_versions_come_all_the_same) {
  transport.serve(kUrl, content_, {});
  const std::vector<FileRange> ranges = {{0, 100'000}, {500'000, 100'000}};
  const JobId job = job_with(ranges);
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(state_of(job), JobState::transferred);
  EXPECT_EQ(transport.requests().size(), 2u);
}

class OnDemand : public Ranges {
 protected:
  JobId on_demand_job() {
    const JobId id = create_job();
    EXPECT_TRUE(change(id, {.on_demand = true}).ok());
    EXPECT_TRUE(add_file(id, kUrl, "/dl/a.bin").ok());
    return id;
  }
  Result<void> ask_for(const JobId& id, std::vector<FileRange> ranges) {
    FileChange wanted;
    wanted.wanted = std::move(ranges);
    return result_of<void>([&](auto reply) { engine->change_file(user, id, 0, wanted, reply); });
  }
};

TEST_F(OnDemand, only_what_is_asked_for_is_fetched_and_then_it_waits) {
  const JobId job = on_demand_job();
  ASSERT_TRUE(ask_for(job, {{100, 50}, {500'000, 1000}}).ok());
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(state_of(job), JobState::suspended);
  EXPECT_EQ(file_snapshot(job)->received.text(), "100-150,500000-501000");
  ASSERT_TRUE(ask_for(job, {{0, FileRange::kToEnd}}).ok());
  EXPECT_EQ(state_of(job), JobState::suspended);
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(state_of(job), JobState::transferred)
      << file_snapshot(job)->received.text() << " of " << file_snapshot(job)->file.wanted.text();
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_);
}

TEST_F(OnDemand, no_room_is_set_aside_for_what_nobody_may_ask_for) {
  transport.serve(kUrl, patterned(3'000'000));
  transport.set_pace(seconds(1));
  transport.set_chunk(1000);
  const JobId job = on_demand_job();
  ASSERT_TRUE(ask_for(job, {{0, 10'000}}).ok());
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(5));
  EXPECT_GT(file_snapshot(job)->bytes_transferred, 0u);
  EXPECT_EQ(files.look(files.temps().at(0))->reserved, 0u);
}

TEST_F(OnDemand, what_is_here_survives_a_restart) {
  const JobId job = on_demand_job();
  ASSERT_TRUE(ask_for(job, {{500'000, 1000}}).ok());
  ASSERT_TRUE(resume(job).ok());
  restart();
  EXPECT_EQ(file_snapshot(job)->received.text(), "500000-501000");
  ASSERT_TRUE(ask_for(job, {{0, 1'000'000}}).ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_);
}

TEST_F(OnDemand, more_can_be_asked_for_while_it_runs_and_where_to_go_on) {
  transport.set_pace(seconds(1));
  transport.set_chunk(1000);
  const JobId job = on_demand_job();
  ASSERT_TRUE(ask_for(job, {{0, 10'000}}).ok());
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(3));
  FileChange more;
  more.wanted = {{800'000, 2000}};
  more.position = 800'000;
  ASSERT_TRUE(result_of<void>([&](auto reply) { engine->change_file(user, job, 0, more, reply); }).ok());
  loop.advance(seconds(3));
  EXPECT_TRUE(file_snapshot(job)->received.contains({800'000, 802'000})) << file_snapshot(job)->received.text();
  loop.advance(seconds(30));
  EXPECT_EQ(state_of(job), JobState::suspended);
  EXPECT_EQ(file_snapshot(job)->received.text(), "0-10000,800000-802000");
}

TEST_F(OnDemand, more_of_a_file_before_the_one_that_runs_is_fetched_in_its_turn) {
  transport.set_pace(seconds(1));
  const std::string url = "http://origin/b.bin";
  transport.serve(url, content_);
  const JobId job = on_demand_job();
  ASSERT_TRUE(add_file(job, url, "/dl/b.bin").ok());
  ASSERT_TRUE(ask_for(job, {{0, 10}}).ok());
  FileChange second;
  second.wanted = {{0, 200'000}};
  ASSERT_TRUE(result_of<void>([&](auto reply) { engine->change_file(user, job, 1, second, reply); }).ok());
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(2));
  ASSERT_NE(transport.open(url), nullptr);
  ASSERT_TRUE(ask_for(job, {{100, 10}}).ok());
  loop.advance(seconds(60));
  EXPECT_EQ(state_of(job), JobState::suspended);
  EXPECT_EQ(file_snapshot(job, 0)->received.text(), "0-10,100-110");
  EXPECT_EQ(file_snapshot(job, 1)->received.text(), "0-200000");
}

TEST_F(OnDemand, the_program_hears_when_what_it_asked_for_is_here) {
  const JobId job = on_demand_job();
  auto ear = std::make_shared<RecordingListener>(loop);
  ASSERT_TRUE(set_listener(job, ear).ok());
  ASSERT_TRUE(change(job, {.notify_flags = kNotifyRangesTransferred}).ok());
  ASSERT_TRUE(ask_for(job, {{100, 50}}).ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(ear->count(NotificationKind::ranges_transferred), 1u);
  EXPECT_EQ(ear->heard.back().ranges, (std::vector<FileRange>{{100, 50}}));
  EXPECT_EQ(ear->heard.back().file, 0u);
}

TEST_F(OnDemand, a_wish_that_the_file_can_not_fulfil_is_an_error_once) {
  const JobId job = on_demand_job();
  ASSERT_TRUE(ask_for(job, {{0, 5'000'000}}).ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(state_of(job), JobState::error);
  EXPECT_EQ(snapshot(job)->job.error->error.code, BG_E_INVALID_RANGE);
  ASSERT_TRUE(ask_for(job, {{0, 100}}).ok());
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(state_of(job), JobState::suspended);
  EXPECT_EQ(file_snapshot(job)->received.text(), "0-100");
}

TEST_F(OnDemand, other_jobs_have_no_choice) {
  const JobId plain = create_job();
  ASSERT_TRUE(add_file(plain, kUrl, "/dl/a.bin").ok());
  EXPECT_EQ(ask_for(plain, {{0, 1}}).error().code, BG_E_RANDOM_ACCESS_NOT_SUPPORTED);
  const JobId job = on_demand_job();
  EXPECT_EQ(ask_for(job, {{0, 0}}).error().code, BG_E_INVALID_RANGE);
  ASSERT_TRUE(ask_for(job, {{0, 1}, {0, 1}}).ok()) << "the same twice does no harm";
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(ask_for(job, {{999'999, 2}}).error().code, BG_E_INVALID_RANGE) << "now the size is known";
}

}  // namespace
}  // namespace dosvc
