#include "service/socket_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/sd_event_loop.h"
#include "fakes/temp_folder.h"

namespace dosvc::service {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class SocketServerTest : public testing::Test {
 protected:
  Result<std::unique_ptr<SocketServer>> open(SocketServer::Place place) {
    return SocketServer::open(*loop_, std::move(place), [this](UniqueFd fd, uid_t peer) {
      accepted_.push_back(std::move(fd));
      peers_.push_back(peer);
      loop_->stop();
    });
  }
  std::unique_ptr<SocketServer> opened(SocketServer::Place place) {
    auto server = open(std::move(place));
    EXPECT_TRUE(server) << server.error().message;
    return server ? std::move(server).take() : nullptr;
  }
  // Paths longer than an address go by the folder's descriptor.
  static UniqueFd connect(const std::string& path) {
    const UniqueFd folder(::open(fs::path(path).parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const std::string short_path =
        "/proc/self/fd/" + std::to_string(folder.get()) + "/" + fs::path(path).filename().string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    short_path.copy(address.sun_path, sizeof address.sun_path - 1);
    UniqueFd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) client.reset();
    return client;
  }
  void run() {
    const Timer bound = loop_->after(20s, [this] {
      ADD_FAILURE() << "nobody was served";
      loop_->stop();
    });
    loop_->run();
  }
  static UniqueFd locked(const std::string& path) {
    UniqueFd lock(::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    EXPECT_EQ(::flock(lock.get(), LOCK_EX | LOCK_NB), 0);
    return lock;
  }

  TempFolder folder_;
  const std::string path_ = folder_ / "dosvc/socket";
  std::unique_ptr<SdEventLoop> loop_ = SdEventLoop::create().take();
  std::vector<UniqueFd> accepted_;
  std::vector<uid_t> peers_;
};

TEST_F(SocketServerTest, makes_its_folder_and_says_who_connected) {
  const auto server = opened({path_});
  EXPECT_EQ(fs::status(fs::path(path_).parent_path()).permissions(), fs::perms(0700));
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms(0600));
  const UniqueFd client = connect(path_);
  ASSERT_TRUE(client);
  run();
  EXPECT_EQ(peers_, std::vector<uid_t>{::geteuid()});
}

TEST_F(SocketServerTest, is_open_to_everybody_where_it_is_the_systems) {
  const mode_t before = ::umask(0077);
  const auto server = opened({folder_ / "socket", true});
  ::umask(before);
  EXPECT_EQ(fs::status(folder_ / "socket").permissions(), fs::perms(0666));
}

TEST_F(SocketServerTest, a_path_longer_than_an_address_works) {
  const std::string path = folder_ / (std::string(120, 'a') + "/" + std::string(60, 'b'));
  const auto server = opened({path});
  EXPECT_TRUE(connect(path));
  EXPECT_FALSE(open({folder_ / std::string(200, 'c')}));
}

TEST_F(SocketServerTest, what_a_service_left_behind_is_replaced) {
  {
    fs::create_directories(fs::path(path_).parent_path());
    fs::permissions(fs::path(path_).parent_path(), fs::perms(0700));
    const UniqueFd old(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(old.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ASSERT_TRUE(fs::exists(path_));
  const auto server = opened({path_});
  EXPECT_TRUE(connect(path_));
}

TEST_F(SocketServerTest, one_that_serves_is_not_replaced) {
  const auto first = opened({path_});
  const auto second = open({path_});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION));
  EXPECT_NE(second.error().message.find(path_), std::string::npos);
  EXPECT_TRUE(connect(path_));
}

TEST_F(SocketServerTest, something_else_of_that_name_is_kept) {
  std::ofstream(folder_ / "file") << "precious";
  EXPECT_FALSE(open({folder_ / "file"}));
  EXPECT_EQ(fs::file_size(folder_ / "file"), 8U);
}

TEST_F(SocketServerTest, a_folder_that_others_write_to_is_refused) {
  fs::create_directory(folder_ / "dosvc");
  fs::permissions(folder_ / "dosvc", fs::perms(0777));
  EXPECT_FALSE(open({path_}));
}

TEST_F(SocketServerTest, its_end_removes_the_socket_but_no_other_of_that_name) {
  opened({path_}).reset();
  EXPECT_FALSE(fs::exists(path_));
  auto first = opened({path_});
  fs::rename(path_, path_ + ".aside");
  const auto second = opened({path_});
  first.reset();
  EXPECT_TRUE(connect(path_));
}

TEST_F(SocketServerTest, started_by_a_program_it_leaves_the_lock_to_it) {
  fs::create_directories(fs::path(path_).parent_path());
  fs::permissions(fs::path(path_).parent_path(), fs::perms(0700));
  const UniqueFd starter = locked(path_);
  const auto server = opened({path_, false, true});
  EXPECT_TRUE(connect(path_));
  EXPECT_FALSE(server->begin_leaving());
}

TEST_F(SocketServerTest, it_leaves_under_the_lock_and_keeps_that) {
  const auto server = opened({path_});
  ASSERT_TRUE(server->begin_leaving());
  EXPECT_FALSE(server->somebody_waits());
  UniqueFd lock = server->leave();
  EXPECT_FALSE(connect(path_));
  const UniqueFd starter(::open((path_ + ".lock").c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_NE(::flock(starter.get(), LOCK_EX | LOCK_NB), 0);
  lock.reset();
  EXPECT_EQ(::flock(starter.get(), LOCK_EX | LOCK_NB), 0);
}

TEST_F(SocketServerTest, it_sees_who_came_while_it_wanted_to_leave) {
  const auto server = opened({path_});
  ASSERT_TRUE(server->begin_leaving());
  const UniqueFd client = connect(path_);
  EXPECT_TRUE(server->somebody_waits());
  server->stay();
  locked(path_);
  run();
  EXPECT_EQ(peers_.size(), 1U);
}

}  // namespace
}  // namespace dosvc::service
