#include "dbus/codec.h"

#include "dbus/message_bench.h"
#include "dbus/sample_values.h"
#include "dbus/words.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace dosvc {

// A member that joins one of these structures stops this from compiling. Give it a name in fields.h and a value in
// sample_values.h, then count it here.
#define DOSVC_MEMBERS(type, ...) \
  [[maybe_unused]] void members_of(const type& value) { [[maybe_unused]] const auto& [__VA_ARGS__] = value; }

struct JobMembers {
  [[maybe_unused]] static void of(const Job& value) {
    [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, a2, b2,
                                  c2, d2, e2, f2, g2, h2] = value;
  }
};

namespace {

DOSVC_MEMBERS(DownloadSettings, a, b, c, d, e, f, g, h, i, j)
DOSVC_MEMBERS(HttpOptions, a, b, c, d, e, f, g, h, i, j, k, l)
DOSVC_MEMBERS(ClientCertificate, a, b, c, d, e)
DOSVC_MEMBERS(CertificateChoice, a, b, c, d, e)
DOSVC_MEMBERS(Credentials, a, b, c, d)
DOSVC_MEMBERS(ProxySettings, a, b, c)
DOSVC_MEMBERS(NotifyCommand, a, b)
DOSVC_MEMBERS(JobError, a, b, c, d)
DOSVC_MEMBERS(Error, a, b, c)
DOSVC_MEMBERS(Progress, a, b, c, d)
DOSVC_MEMBERS(JobSnapshot, a, b, c, d)
DOSVC_MEMBERS(File, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t)
DOSVC_MEMBERS(FileRange, a, b)
DOSVC_MEMBERS(IntegrityCheck, a, b, c)
DOSVC_MEMBERS(FileIdentity, a, b)
DOSVC_MEMBERS(LastAnswer, a, b, c, d)
DOSVC_MEMBERS(Validator, a, b)
DOSVC_MEMBERS(FileSnapshot, a, b, c, d, e, f)
DOSVC_MEMBERS(NewJob, a, b, c, d, e, f)
DOSVC_MEMBERS(NewFile, a, b, c, d, e, f)
DOSVC_MEMBERS(JobChange, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, a2, b2, c2, d2,
              e2, f2, g2, h2)
DOSVC_MEMBERS(FileChange, a, b, c, d, e, f, g, h)
#undef DOSVC_MEMBERS

template <class T>
MessagePtr message_with(MessageBench& bench, const T& value) {
  MessageWriter writer = bench.begin();
  wire::write(writer, value);
  return MessageBench::finish(writer);
}

// Written and read again; also, that nothing of the message is left.
template <class T, class Read>
void expect_carried(const T& value, Read read) {
  MessageBench bench;
  const MessagePtr message = message_with(bench, value);
  ASSERT_TRUE(message);
  const auto again = read(message.get());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again.value() == value);
  EXPECT_EQ(sd_bus_message_at_end(message.get(), 1), 1);
}

TEST(Codec, carries_every_member_of_every_structure) {
  expect_carried(sample_snapshot(), wire::read_job);
  expect_carried(sample_file_snapshot(), wire::read_file);
  expect_carried(sample_new_job(), wire::read_new_job);
  expect_carried(sample_new_file(), wire::read_new_file);
  expect_carried(sample_change(), wire::read_job_change);
  expect_carried(sample_file_change(), wire::read_file_change);
  expect_carried(std::optional(sample_choice()), wire::read_certificate_choice);
  expect_carried(std::vector<FileRange>{{5, 6}, {0, FileRange::kToEnd}}, wire::read_ranges);
}

TEST(Codec, carries_what_has_nothing_set) {
  expect_carried(JobSnapshot{}, wire::read_job);
  expect_carried(FileSnapshot{}, wire::read_file);
  expect_carried(NewJob{}, wire::read_new_job);
  expect_carried(NewFile{}, wire::read_new_file);
  expect_carried(JobChange{}, wire::read_job_change);
  expect_carried(FileChange{}, wire::read_file_change);
  expect_carried(std::optional<CertificateChoice>(), wire::read_certificate_choice);
  expect_carried(std::vector<FileRange>{}, wire::read_ranges);
}

// ---- What a dictionary looks like to others ----

// The entries of a dictionary, each with the signature of its value.
std::map<std::string, std::string> entries_of(sd_bus_message* message) {
  std::map<std::string, std::string> entries;
  EXPECT_GT(sd_bus_message_enter_container(message, 'a', "{sv}"), 0);
  while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
    const char* key = nullptr;
    const char* type = nullptr;
    sd_bus_message_read_basic(message, 's', &key);
    sd_bus_message_peek_type(message, nullptr, &type);
    EXPECT_TRUE(entries.emplace(key, type).second) << key << " stands there twice";
    sd_bus_message_skip(message, "v");
    sd_bus_message_exit_container(message);
  }
  sd_bus_message_exit_container(message);
  return entries;
}

TEST(Codec, lists_the_properties_that_it_writes) {
  JobSnapshot text_alone = sample_snapshot();
  text_alone.job.http.auth_headers = {"A: b"};
  text_alone.job.http.no_proxy = "localhost";
  MessageBench bench;
  const MessagePtr message = message_with(bench, text_alone);
  const auto listed = wire::job_properties();
  EXPECT_EQ(entries_of(message.get()), (std::map<std::string, std::string>(listed.begin(), listed.end())));
}

TEST(Codec, writes_one_property_as_it_stands_in_the_dictionary) {
  MessageBench bench;
  for (const auto& [name, signature] : wire::job_properties()) {
    MessageWriter writer = bench.begin();
    ASSERT_TRUE(wire::write_property(writer, sample_snapshot(), name)) << name;
    const MessagePtr message = MessageBench::finish(writer);
    ASSERT_TRUE(message) << name;
    EXPECT_STREQ(sd_bus_message_get_signature(message.get(), 1), "v");
  }
  MessageWriter writer = bench.begin();
  EXPECT_FALSE(wire::write_property(writer, sample_snapshot(), "Colour"));
  EXPECT_FALSE(wire::write_property(writer, JobSnapshot{}, "Error"));
}

TEST(Codec, omits_what_is_not_there) {
  MessageBench bench;
  const MessagePtr message = message_with(bench, JobChange{});
  EXPECT_EQ(entries_of(message.get()), (std::map<std::string, std::string>{{"HideHttpHeaders", "b"}}));
}

// ---- Words ----

template <class Enum>
void expect_all_named() {
  std::set<std::string> words;
  const int last = static_cast<int>(wire::last_of(Enum{}));
  for (int i = static_cast<int>(wire::first_of(Enum{})); i <= last; ++i) {
    const std::string word = wire::word_of(static_cast<Enum>(i));
    EXPECT_TRUE(words.insert(word).second) << word;
    EXPECT_EQ(wire::enumerator<Enum>(word), static_cast<Enum>(i));
    EXPECT_EQ(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string::npos) << word;
  }
  EXPECT_EQ(wire::word_of(static_cast<Enum>(last + 1)), "unknown") << "after " << *words.rbegin();
  EXPECT_FALSE(wire::enumerator<Enum>("something else"));
}

TEST(Codec, has_a_word_for_each_enumerator) {
  expect_all_named<ApiView>();
  expect_all_named<AuthScheme>();
  expect_all_named<AuthTarget>();
  expect_all_named<ErrorContext>();
  expect_all_named<FileStage>();
  expect_all_named<JobState>();
  expect_all_named<Priority>();
  expect_all_named<ProxyUsage>();
  expect_all_named<Verdict>();
  expect_all_named<WaitReason>();
}

}  // namespace
}  // namespace dosvc
