#include "base/users.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

class UsersTest : public testing::Test {
 protected:
  Result<User> look_up(uid_t uid) {
    ++asked_;
    if (out_of_reach_) return Error{HRESULT_FROM_WIN32(ERROR_NO_SUCH_DOMAIN), ErrorContext::local_file, "out of reach"};
    return User{uid, uid, {uid}, "user", "/home", "/bin/sh"};
  }

  int asked_ = 0;
  bool out_of_reach_ = false;
  Users::Time now_{};
  Users users_{[this](uid_t uid) { return look_up(uid); }, [this] { return now_; }};
};

TEST_F(UsersTest, are_asked_for_once_a_minute) {
  EXPECT_EQ((*users_.find(7))->gid, 7u);
  EXPECT_EQ((*users_.find(8))->gid, 8u);
  now_ += std::chrono::seconds(59);
  EXPECT_EQ((*users_.find(7))->gid, 7u);
  EXPECT_EQ(asked_, 2);
  now_ += std::chrono::seconds(1);
  EXPECT_TRUE(users_.find(7).ok());
  EXPECT_EQ(asked_, 3);
}

TEST_F(UsersTest, that_could_not_be_looked_up_are_asked_for_again) {
  out_of_reach_ = true;
  EXPECT_FALSE(users_.find(7).ok());
  out_of_reach_ = false;
  EXPECT_TRUE(users_.find(7).ok());
}

TEST_F(UsersTest, are_not_kept_without_end) {
  for (uid_t uid = 0; uid < 5000; ++uid) EXPECT_EQ((*users_.find(uid))->uid, uid);
  EXPECT_EQ(asked_, 5000);
  EXPECT_TRUE(users_.find(0).ok());
  EXPECT_EQ(asked_, 5001);
}

TEST(LookUpUser, knows_root_and_takes_what_it_does_not_know_for_a_user_of_no_group) {
  const auto root = look_up_user(0);
  ASSERT_TRUE(root.ok());
  EXPECT_EQ(root->name, "root");
  EXPECT_EQ(root->gid, 0u);
  EXPECT_FALSE(root->groups.empty());
  EXPECT_FALSE(root->home.empty());
  const auto nobody_knows = look_up_user(61099);
  ASSERT_TRUE(nobody_knows.ok());
  EXPECT_EQ(nobody_knows->uid, 61099u);
  EXPECT_EQ(nobody_knows->gid, kNoGroup);
  EXPECT_TRUE(nobody_knows->groups.empty());
  EXPECT_TRUE(nobody_knows->home.empty());
}

}  // namespace
}  // namespace dosvc
