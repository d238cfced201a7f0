// A queue that can't be used: a clear refusal that names the file, and not a byte of it changed.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "e2e/e2e_fixture.h"

namespace dosvc {
namespace {

namespace fs = std::filesystem;

using Contents = std::map<std::string, std::string>;

class QueueFile : public E2eTest {
 protected:
  void make_queue() {
    for (int i = 0; i < 50; ++i) create(NewJob{});
    close_queue();
  }
  void overwrite(std::streamoff offset, const std::string& bytes) {
    std::fstream file(queue_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(offset);
    file << bytes;
  }
  Contents contents() const {
    Contents all;
    for (const std::string& name : names_in(state_directory_)) {
      std::ifstream in(state_directory_ + "/" + name, std::ios::binary);
      all[name] = {std::istreambuf_iterator<char>(in), {}};
    }
    return all;
  }
  Error expect_refused() {
    const Contents before = contents();
    InProcessOptions options;
    options.state_directory = state_directory_;
    const auto opened = open_in_process(options);
    EXPECT_TRUE(contents() == before);
    if (opened) {
      ADD_FAILURE() << "the queue was opened";
      return {};
    }
    EXPECT_NE(opened.error().message.find(queue_), std::string::npos) << opened.error().message;
    return opened.error();
  }

  const std::string queue_ = state_directory_ + "/queue.db";
};

TEST_F(QueueFile, that_is_no_database_is_refused_untouched) {
  make_queue();
  std::ofstream(queue_) << "these are somebody's notes";
  EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT);
}

TEST_F(QueueFile, that_is_damaged_is_refused_untouched) {
  make_queue();
  overwrite(static_cast<std::streamoff>(fs::file_size(queue_) / 2), std::string(4096, '\xff'));
  EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT);
}

TEST_F(QueueFile, that_was_cut_short_is_refused_untouched) {
  make_queue();
  fs::resize_file(queue_, fs::file_size(queue_) / 2);
  EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT);
}

TEST_F(QueueFile, of_a_newer_version_is_refused_untouched) {
  make_queue();
  constexpr std::streamoff kUserVersion = 60;  // in the header of every SQLite database
  overwrite(kUserVersion, std::string("\0\0\x27\x0f", 4));
  const Error refused = expect_refused();
  EXPECT_NE(refused.message.find("newer"), std::string::npos) << refused.message;
}

TEST(QueueInUse, by_another_process_is_refused_with_its_name) {
  TempFolder home;
  InProcessOptions options;
  options.state_directory = home / "state";
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t holder = ::fork();
  if (holder == 0) {
    const auto held = open_in_process(options);
    const char answer = held ? 'y' : 'n';
    if (::write(ready[1], &answer, 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  const auto second = open_in_process(options);
  EXPECT_FALSE(second);
  if (!second) {
    EXPECT_EQ(second.error().code, HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION));
    EXPECT_NE(second.error().message.find(std::to_string(holder)), std::string::npos) << second.error().message;
    EXPECT_NE(second.error().message.find(home / "state"), std::string::npos) << second.error().message;
  }
  ::kill(holder, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
  // Killed, it holds nothing any more.
  const auto third = open_in_process(options);
  EXPECT_TRUE(third) << third.error().message;
}

}  // namespace
}  // namespace dosvc
