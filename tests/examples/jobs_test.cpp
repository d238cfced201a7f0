#include "examples/examples_fixture.h"

namespace dosvc {
namespace {

class JobsExample : public ExamplesTest {
 protected:
  // Jobs are made by the command line: the example changes what others have made.
  std::string add(const std::string& path_in_url, const std::string& name) {
    const Finished added = run({"dosvc", "add", "-q", "--name", "Nightly", url(path_in_url), "-o", name});
    EXPECT_EQ(added.code, kDone) << added.err;
    return added.out.substr(0, added.out.find('\n'));
  }
  std::string list() { return run({"jobs", "list"}).out; }
  void change(const Words& words) {
    Words all = {"jobs"};
    all.insert(all.end(), words.begin(), words.end());
    const Finished changed = run(all);
    EXPECT_EQ(changed.code, kDone) << changed.err;
    EXPECT_EQ(changed.out + changed.err, "");
  }
};

// Too slow to be through before it is suspended.
TEST_F(JobsExample, lists_what_is_queued_and_changes_it) {
  publish("large.bin", 1, 32 << 20);
  const std::string id = add("/slow/large.bin", "a.bin");
  change({"suspend", id.substr(0, 8)});
  change({"priority", id, "high"});
  change({"name", id, "Späte Übung"});
  const std::string listed = list();
  EXPECT_TRUE(listed.starts_with(id + "  suspended, high, ")) << listed;
  EXPECT_TRUE(listed.ends_with(" bytes: Späte Übung\n    " + url("/slow/large.bin") + " -> " + path("a.bin") + "\n"))
      << listed;
  change({"resume", id});
  EXPECT_EQ(list().find("suspended"), std::string::npos);
  change({"cancel", id});
  expect_left({});
}

TEST_F(JobsExample, completes_what_is_transferred) {
  publish("a.bin", 1, 1000);
  const std::string id = add("/a.bin", "a.bin");
  EXPECT_EQ(run({"dosvc", "wait", "--no-complete", id}).code, kDone);
  EXPECT_TRUE(list().starts_with(id + "  transferred, normal, 1000 of 1000 bytes: Nightly\n")) << list();
  change({"complete", id});
  expect_content("a.bin", 1, 1000);
  expect_left({"a.bin"});
}

TEST_F(JobsExample, says_what_complete_has_dropped) {
  const std::string id = add("/missing", "a.bin");
  EXPECT_NE(run({"dosvc", "wait", id}).code, kDone);
  const Finished completed = run({"jobs", "complete", id});
  EXPECT_EQ(completed.code, kDone);
  EXPECT_EQ(completed.out, "The finished files are there, the others were deleted.\n");
  expect_left({});
}

TEST_F(JobsExample, a_failed_job_goes_on_from_another_address) {
  publish("a.bin", 1, 1000);
  const std::string id = add("/old/a.bin", "a.bin");
  EXPECT_NE(run({"dosvc", "wait", id}).code, kDone);
  const std::string listed = list();
  EXPECT_TRUE(listed.starts_with(id + "  error, normal, 0 of ? bytes: Nightly\n")) << listed;
  EXPECT_NE(listed.find("    the server answered 404 (not found) for " + url("/old/a.bin")), std::string::npos)
      << listed;

  const Finished missed = run({"jobs", "rename", id, "http://elsewhere/", "http://nowhere/"});
  EXPECT_EQ(missed.code, kDone);
  EXPECT_EQ(missed.out, "The call succeeded, with nothing or less than was asked for.\n");
  change({"rename", id, url("/old/"), url("/")});
  change({"resume", id});
  EXPECT_EQ(run({"dosvc", "wait", id}).code, kDone);
  expect_content("a.bin", 1, 1000);
  expect_left({"a.bin"});
}

TEST_F(JobsExample, says_what_a_job_cant_do) {
  const std::string id = add("/a.bin", "a.bin");
  const Finished named = run({"jobs", "name", id, std::string(257, 'x')});
  EXPECT_EQ(named.code, kFailed);
  EXPECT_EQ(named.err, "jobs: can't name job " + id + ": A text is too long.\n");
  change({"cancel", id});
  const Finished cancelled = run({"jobs", "cancel", id});
  EXPECT_EQ(cancelled.code, kFailed);
  EXPECT_EQ(cancelled.err, "jobs: no job's id is " + id + "\n");
}

TEST_F(JobsExample, tells_how_it_is_called) {
  const std::string id = add("/a.bin", "a.bin");
  for (const Words& words : {Words{}, Words{"list", "all"}, Words{"cancel"}, Words{"cancel", ""}, Words{"paint", id},
                             Words{"priority", id, "none"}, Words{"rename", id, "http://a/"}}) {
    Words all = {"jobs"};
    all.insert(all.end(), words.begin(), words.end());
    const Finished got = run(all);
    EXPECT_EQ(got.code, kCalledWrongly) << testing::PrintToString(words);
    EXPECT_TRUE(got.err.starts_with("usage: jobs list\n")) << got.err;
  }
  EXPECT_EQ(only_job(), id);
}

}  // namespace
}  // namespace dosvc
