// One user's service, on its socket.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "host/in_process_service.h"
#include "service/service_fixture.h"

namespace dosvc::service_tests {
namespace {

namespace fs = std::filesystem;
using cli_tests::Finished;
using namespace std::chrono_literals;

constexpr uid_t kStranger = 54321;

using OwnService = ServiceTest;

TEST_F(OwnService, keeps_what_a_program_queued) {
  auto service = start_own();
  ASSERT_TRUE(service);
  Client client(socket_);
  EXPECT_EQ(client.create_job("remembered"), "");
  EXPECT_EQ(end(*service, SIGTERM).code, 0);
  service = start_own();
  ASSERT_TRUE(service);
  Client later(socket_, client.job());
  EXPECT_EQ(later.text_property("DisplayName"), "remembered");
}

TEST_F(OwnService, a_second_one_on_the_same_queue_refuses) {
  const auto service = start_own();
  ASSERT_TRUE(service);
  const Finished second = end(*start({"--own", "--listen", home_ / "another/socket"}));
  EXPECT_EQ(second.code, 1);
  EXPECT_NE(second.err.find("in use by process " + std::to_string(service->pid())), std::string::npos) << second.err;
  Client client(socket_);
  EXPECT_EQ(client.create_job(), "") << "the first was disturbed";
}

// Programs that run in another environment, as cron's do, look in the state directory.
TEST_F(OwnService, is_found_by_its_queue_wherever_its_socket_is) {
  const auto service = start_own({"--socket", home_ / "run/socket"});
  ASSERT_TRUE(service);
  ASSERT_TRUE(fs::is_symlink(socket_));
  Client client(socket_);
  EXPECT_EQ(client.create_job(), "");
  EXPECT_EQ(end(*service, SIGTERM).code, 0);
  EXPECT_FALSE(fs::is_symlink(socket_)) << "it has left its link";
}

// Who starts it waits on a pipe, and has the lock meanwhile.
TEST_F(OwnService, its_starter_is_told_when_it_is_ready_or_why_it_is_not) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const UniqueFd told(pipe[0]);
  auto service = start({"--own", "--ready-fd", std::to_string(pipe[1])});
  ::close(pipe[1]);
  std::string text(1000, '\0');
  ASSERT_EQ(::read(told.get(), text.data(), text.size()), 1);
  EXPECT_EQ(text[0], '\n');
  EXPECT_EQ(::read(told.get(), text.data(), text.size()), 0) << "the pipe is still open";
  EXPECT_TRUE(connect_to(socket_));

  ASSERT_EQ(::pipe(pipe), 0);
  const UniqueFd refusal(pipe[0]);
  auto second = start({"--own", "--ready-fd", std::to_string(pipe[1])});
  ::close(pipe[1]);
  const ssize_t size = ::read(refusal.get(), text.data(), text.size());
  ASSERT_GT(size, 1);
  EXPECT_TRUE(text.starts_with("the state directory " + state_ + " is in use")) << text;
}

// Bytes of a file that are too few, and here for too short a time, for a checkpoint.
constexpr std::uint64_t kArrived = 2 << 20;

void begin_a_download(origin::Origin& origin, Client& client, const std::string& local_name) {
  origin.serve("/a.bin",
               {.size = 8 << 20, .rules = {origin::always(origin::cut_after(kArrived, origin::Ending::stall))}});
  ASSERT_EQ(client.create_job(), "");
  ASSERT_EQ(client.add_file(origin.url("/a.bin"), local_name), "");
  ASSERT_EQ(client.call_job("Resume"), "");
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (client.large_property("BytesTransferred") < kArrived && std::chrono::steady_clock::now() < until) {
  }
}

TEST_F(OwnService, told_to_end_it_notes_every_byte_it_has) {
  auto service = start_own();
  ASSERT_TRUE(service);
  Client client(socket_);
  begin_a_download(origin_, client, downloads_ + "/a.bin");
  const Finished ended = end(*service, SIGTERM);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(systemd_.wait_for("STOPPING=1"));
  EXPECT_FALSE(fs::exists(socket_));

  InProcessOptions same;
  same.state_directory = state_;
  same.transfers = false;
  const auto left = open_in_process(same);
  ASSERT_TRUE(left) << left.error().message;
  const auto jobs = (*left)->list(Caller::this_process(), false);
  ASSERT_TRUE(jobs);
  ASSERT_EQ(jobs->size(), 1U);
  EXPECT_EQ((*jobs)[0]->file(0)->snapshot()->file.done.total(), kArrived);
}

// By what it does when two seconds are over: nothing else could end it, for the disk never answers.
TEST_F(OwnService, told_to_end_it_does_not_wait_for_a_disk_that_does_not_answer) {
  auto service = start_own({}, DOSVC_SERVICE_STUCK_DISK);
  ASSERT_TRUE(service);
  Client client(socket_);
  begin_a_download(origin_, client, downloads_ + "/a.bin");
  const Finished ended = end(*service, SIGTERM);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.err.find("The disk doesn't answer in time"), std::string::npos) << ended.err;
  EXPECT_FALSE(fs::exists(socket_));

  service = start_own();
  ASSERT_TRUE(service) << "what it held is free";
  Client later(socket_, client.job());
  EXPECT_EQ(later.text_property("DisplayName"), "job");
}

TEST_F(OwnService, reads_its_configuration_anew_and_keeps_the_old_when_that_is_wrong) {
  environment_["DOSVC_LOG"] = "info";
  const auto service = start_own();
  ASSERT_TRUE(service);
  std::ofstream(configuration_) << "[limits]\njobs_per_user = many\n";
  service->signal(SIGHUP);
  ASSERT_TRUE(service->wait_for_error_text("line 2"));
  ASSERT_TRUE(systemd_.wait_for("READY=1"));
  Client client(socket_);
  EXPECT_EQ(client.create_job(), "");
  std::ofstream(configuration_) << "[limits]\njobs_per_user = 1\n";
  service->signal(SIGHUP);
  ASSERT_TRUE(systemd_.wait_for("RELOADING=1"));
  ASSERT_TRUE(systemd_.wait_for("READY=1"));
  EXPECT_TRUE(service->wait_for_error_text("The configuration was read anew."));
}

TEST_F(OwnService, begins_with_no_wrong_configuration) {
  std::ofstream(configuration_) << "[limitations]\n";
  const Finished refused = end(*start({"--own"}));
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find(configuration_ + " can't be used: line 1"), std::string::npos) << refused.err;
}

TEST_F(OwnService, stays_for_a_job_and_for_whoever_is_connected) {
  const auto service = start_own({}, DOSVC_SERVICE_TEST_CLOCK);
  ASSERT_TRUE(service);
  std::string job;
  {
    Client client(socket_);
    ASSERT_EQ(client.create_job(), "");
    job = client.job();
  }
  move_clock(11s);
  move_clock(10min);
  Client client(socket_, job);
  ASSERT_EQ(client.call_job("Cancel"), "") << "it left though a job is queued";
  move_clock(11s);
  move_clock(10min);
  EXPECT_EQ(client.create_job(), "") << "it left though somebody is there";
}

TEST_F(OwnService, an_empty_one_is_gone_after_a_while_without_a_trace) {
  const auto service = start_own({}, DOSVC_SERVICE_TEST_CLOCK);
  ASSERT_TRUE(service);
  {
    Client client(socket_);
    ASSERT_EQ(client.create_job(), "");
    ASSERT_EQ(client.call_job("Cancel"), "");
  }
  move_clock(11s);
  // The end of that connection may have come to it only now.
  if (fs::exists(socket_)) move_clock(11s);
  const Finished ended = service->finish();
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_FALSE(fs::exists(socket_));
  EXPECT_TRUE(start_own());
}

TEST_F(OwnService, is_for_its_user_and_root) {
  if (::geteuid() != 0) GTEST_SKIP() << "SKIPPED: only root can be two users";
  const auto service = start_own();
  ASSERT_TRUE(service);
  // What keeps strangers away at first is the folder; this is about the rest.
  for (const std::string& folder : {home_.path(), state_}) ASSERT_EQ(::chmod(folder.c_str(), 0755), 0);
  ASSERT_EQ(::chmod(socket_.c_str(), 0666), 0);
  EXPECT_TRUE(as_user(kStranger, [this] {
    const UniqueFd connection = connect_to(socket_);
    return connection && is_turned_away(connection.get());
  }));
  EXPECT_TRUE(service->wait_for_error_text("User 54321 was refused"));
  EXPECT_EQ(Client(socket_).create_job(), "");
}

TEST_F(OwnService, a_read_only_place_is_told_in_one_sentence) {
  std::ofstream(state_) << "not a folder";
  const Finished refused = end(*start({"--own"}));
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find(state_), std::string::npos);
  EXPECT_EQ(std::count(refused.err.begin(), refused.err.end(), '\n'), 1) << refused.err;
}

}  // namespace
}  // namespace dosvc::service_tests
