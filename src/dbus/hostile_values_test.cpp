#include "dbus/codec.h"

#include "dbus/message_bench.h"

#include <gtest/gtest.h>

#include <random>

namespace dosvc {
namespace {

constexpr char kSecret[] = "open sesame";

// Makes a message by hand, reads it, and returns the sentence of the refusal, or "read".
class HostileValues : public testing::Test {
 protected:
  using Write = std::function<void(MessageWriter&)>;

  template <class Read>
  std::string tried(const Write& write, Read read) {
    MessageWriter writer = bench_.begin();
    write(writer);
    const MessagePtr message = MessageBench::finish(writer);
    if (!message) return "the test made no message";
    const auto result = read(message.get());
    if (result) return "read";
    EXPECT_EQ(result.error().code, E_INVALIDARG);
    EXPECT_EQ(result.error().message.find(kSecret), std::string::npos) << result.error().message;
    EXPECT_LT(result.error().message.size(), 300u);
    return result.error().message;
  }
  // As a JobChange with these entries.
  std::string changed(const Write& entries) {
    return tried(
        [&](MessageWriter& to) {
          to.open('a', "{sv}");
          entries(to);
          to.close();
        },
        wire::read_job_change);
  }

  static void entry(MessageWriter& to, const char* key, const char* type, const Write& value) {
    to.open('e', "sv").text(key).open('v', type);
    value(to);
    to.close().close();
  }
  static void text(MessageWriter& to, const char* key, const std::string& value) {
    entry(to, key, "s", [&](MessageWriter& in) { in.text(value.c_str()); });
  }
  static void number(MessageWriter& to, const char* key, std::uint32_t value) {
    entry(to, key, "u", [&](MessageWriter& in) { in.basic('u', &value); });
  }
  static void large(MessageWriter& to, const char* key, std::uint64_t value) {
    entry(to, key, "t", [&](MessageWriter& in) { in.basic('t', &value); });
  }

  MessageBench bench_;
};

TEST_F(HostileValues, of_the_wrong_type_are_refused_by_key) {
  EXPECT_EQ(changed([](auto& to) { number(to, "Priority", 1); }),
            "the change: Priority: must have the type s and has u");
  EXPECT_EQ(changed([](auto& to) { text(to, "NotifyFlags", kSecret); }),
            "the change: NotifyFlags: must have the type u and has s");
  EXPECT_EQ(changed([](auto& to) { text(to, "Proxy", kSecret); }),
            "the change: Proxy: must have the type a{sv} and has s");
  EXPECT_EQ(changed([](auto& to) { text(to, "HttpHeaders", kSecret); }),
            "the change: HttpHeaders: must have the type as and has s");
}

TEST_F(HostileValues, within_a_dictionary_are_refused_by_both_keys_and_not_repeated) {
  EXPECT_EQ(changed([](auto& to) {
              entry(to, "SetCredentials", "a{sv}", [](MessageWriter& in) {
                in.open('a', "{sv}");
                text(in, "User", kSecret);
                number(in, "Password", 1);
                in.close();
              });
            }),
            "the change: SetCredentials: Password: must have the type s and has u");
  EXPECT_EQ(changed([](auto& to) {
              entry(to, "SetCredentials", "a{sv}", [](MessageWriter& in) {
                in.open('a', "{sv}");
                text(in, "Scheme", kSecret);
                in.close();
              });
            }),
            "the change: SetCredentials: Scheme: is none of the words that can stand there");
}

TEST_F(HostileValues, that_are_no_such_word_id_time_or_error_are_refused) {
  EXPECT_EQ(changed([](auto& to) { text(to, "Priority", "urgent"); }),
            "the change: Priority: is none of the words that can stand there");
  EXPECT_EQ(changed([](auto& to) { text(to, "NotifyClass", "me"); }), "the change: NotifyClass: is no UUID");
  EXPECT_EQ(changed([](auto& to) { large(to, "MinimumRetryDelay", std::uint64_t{1} << 32); }),
            "the change: MinimumRetryDelay: is too long a time");
  EXPECT_EQ(changed([](auto& to) { large(to, "MinimumRetryDelay", (std::uint64_t{1} << 32) - 1); }), "read");
  EXPECT_EQ(tried(
                [](MessageWriter& to) {
                  to.open('a', "{sv}");
                  large(to, "CreationTime", ~std::uint64_t{0});
                  to.close();
                },
                wire::read_job),
            "the job: CreationTime: is no time");
  EXPECT_EQ(tried(
                [](MessageWriter& to) {
                  to.open('a', "{sv}");
                  entry(to, "Error", "a{sv}", [](MessageWriter& in) {
                    in.open('a', "{sv}");
                    number(in, "Code", 1);
                    in.close();
                  });
                  to.close();
                },
                wire::read_job),
            "the job: Error: Code: is no error");
}

TEST_F(HostileValues, of_keys_that_are_unknown_are_refused_by_the_service_and_passed_over_by_clients) {
  const Write unknown = [](MessageWriter& to) {
    to.open('a', "{sv}");
    text(to, "Colour", "red");
    text(to, "DisplayName", "name");
    to.close();
  };
  EXPECT_EQ(tried(unknown, wire::read_job_change), "the change: \"Colour\" is no key that is known here");
  EXPECT_EQ(tried(unknown, wire::read_new_job), "the new job: \"Colour\" is no key that is known here");
  EXPECT_EQ(tried(unknown, wire::read_job), "read");
  MessageWriter writer = bench_.begin();
  unknown(writer);
  EXPECT_EQ(wire::read_job(MessageBench::finish(writer).get())->job.display_name, "name");
  const std::string long_key(10 << 20, 'k');
  EXPECT_EQ(changed([&](auto& to) { number(to, long_key.c_str(), 1); }),
            "the change: \"" + std::string(64, 'k') + "…\" is no key that is known here");
  EXPECT_EQ(changed([&](auto& to) { number(to, "\n\x1b[31m", 1); }),
            "the change: \"\\x0a\\x1b[31m\" is no key that is known here");
}

TEST_F(HostileValues, under_the_same_key_are_refused) {
  const Write twice = [](MessageWriter& to) {
    text(to, "DisplayName", "a");
    text(to, "DisplayName", "b");
  };
  EXPECT_EQ(changed(twice), "the change: \"DisplayName\" stands there twice");
  EXPECT_EQ(tried(
                [&](MessageWriter& to) {
                  to.open('a', "{sv}");
                  text(to, "Colour", "a");
                  text(to, "Colour", "b");
                  to.close();
                },
                wire::read_job),
            "the job: \"Colour\" stands there twice");
}

TEST_F(HostileValues, that_are_too_many_or_too_long_are_refused) {
  const std::string long_text(10 << 20, 'x');
  EXPECT_EQ(changed([&](auto& to) { text(to, "DisplayName", long_text); }), "the change: DisplayName: is too long");
  EXPECT_EQ(changed([&](auto& to) {
              entry(to, "HttpHeaders", "as", [](MessageWriter& in) {
                in.open('a', "s");
                for (int i = 0; i < 20; ++i) in.text(std::string(100'000, 'x').c_str());
                in.close();
              });
            }),
            "the change: HttpHeaders: is too long");
  EXPECT_EQ(changed([&](auto& to) {
              entry(to, "HttpHeaders", "as", [](MessageWriter& in) {
                in.open('a', "s");
                for (std::size_t i = 0; i <= wire::kMostItems; ++i) in.text("");
                in.close();
              });
            }),
            "the change: HttpHeaders: holds too many texts");
  const auto many_ranges = [](std::size_t count) {
    return [count](MessageWriter& to) {
      to.open('a', "(tt)");
      for (std::uint64_t i = 0; i < count; ++i) to.open('r', "tt").basic('t', &i).basic('t', &i).close();
      to.close();
    };
  };
  EXPECT_EQ(tried(many_ranges(wire::kMostItems), wire::read_ranges), "read");
  EXPECT_EQ(tried(many_ranges(wire::kMostItems + 1), wire::read_ranges), "the list of ranges: holds too many ranges");
  EXPECT_EQ(tried(
                [&](MessageWriter& to) {
                  to.open('a', "{sv}");
                  for (std::size_t i = 0; i <= wire::kMostKeys; ++i) number(to, ("Key" + std::to_string(i)).c_str(), 1);
                  to.close();
                },
                wire::read_job),
            "the job: holds too many keys");
}

TEST_F(HostileValues, may_be_bytes_where_they_are_text_but_without_a_zero) {
  const auto bytes = [](std::string_view value) {
    return [value](MessageWriter& to) {
      entry(to, "DisplayName", "ay", [&](MessageWriter& in) { in.byte_array(value); });
    };
  };
  using namespace std::string_view_literals;
  EXPECT_EQ(changed(bytes("a\xff"sv)), "read");
  EXPECT_EQ(changed(bytes("a\0b"sv)), "the change: DisplayName: holds a zero character");
  EXPECT_EQ(changed([](auto& to) { entry(to, "NotifyFlags", "ay", [](MessageWriter& in) { in.byte_array("a"); }); }),
            "the change: NotifyFlags: must have the type u and has ay");
}

TEST_F(HostileValues, that_are_no_dictionary_are_refused) {
  const Write nothing = [](MessageWriter&) {};
  const Write just_text = [](MessageWriter& to) { to.text(kSecret); };
  const Write of_texts = [](MessageWriter& to) {
    to.open('a', "{ss}").open('e', "ss").text("DisplayName").text(kSecret).close().close();
  };
  for (const Write& write : {nothing, just_text, of_texts}) {
    EXPECT_EQ(tried(write, wire::read_job_change), "the change: must be a dictionary, a{sv}");
    EXPECT_EQ(tried(write, wire::read_new_file), "the new file: must be a dictionary, a{sv}");
    EXPECT_EQ(tried(write, wire::read_certificate_choice), "the certificate: must be a dictionary, a{sv}");
    EXPECT_EQ(tried(write, wire::read_ranges), "the ranges must be an array of pairs, a(tt)");
  }
}

TEST_F(HostileValues, of_a_set_of_ranges_that_run_over_the_end_are_refused) {
  const auto received = [&](std::uint64_t offset, std::uint64_t length) {
    return tried(
        [&](MessageWriter& to) {
          to.open('a', "{sv}");
          entry(to, "Received", "a(tt)", [&](MessageWriter& in) {
            in.open('a', "(tt)").open('r', "tt").basic('t', &offset).basic('t', &length).close().close();
          });
          to.close();
        },
        wire::read_file);
  };
  EXPECT_EQ(received(1, ~std::uint64_t{0}), "the file: Received: holds a range without an end");
  EXPECT_EQ(received(1, ~std::uint64_t{0} - 1), "read");
}

// ---- Anything ----

// Values of all types, dictionaries within dictionaries too, some under keys that are known.
class RandomValues {
 public:
  explicit RandomValues(std::uint32_t seed) : random_(seed) {}

  void dictionary(MessageWriter& to, int depth) {
    to.open('a', "{sv}");
    for (std::uint32_t keys = below(6); keys > 0; --keys) {
      to.open('e', "sv").text(key().c_str());
      value(to, depth);
      to.close();
    }
    to.close();
  }
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }

 private:
  std::string key() {
    static const auto kKnown = wire::job_properties();
    static const char* const kOthers[] = {"RemoteName",     "Ranges", "Received", "Size",  "Code",   "Bytes",
                                          "SetCredentials", "User",   "Verdict",  "Usage", "Answer", "Identity"};
    if (below(3) == 0) return kOthers[below(std::size(kOthers))];
    return kKnown[below(static_cast<std::uint32_t>(kKnown.size()))].first;
  }
  std::string some_text() {
    static const char* const kTexts[] = {"",       "high",   "bits", "transferring",
                                         "server", "listed", "none", "00000000-0000-0000-0000-000000000000",
                                         "valid",  "ä"};
    return kTexts[below(std::size(kTexts))];
  }
  std::uint64_t some_number() { return below(2) == 0 ? below(3) : ~std::uint64_t{0} >> below(64); }

  void value(MessageWriter& to, int depth) {
    switch (below(depth > 0 ? 9 : 7)) {
      case 0:
        return basic(to, 's');
      case 1:
        return basic(to, 'u');
      case 2:
        return basic(to, 't');
      case 3:
        return basic(to, 'b');
      case 4:
        return basic(to, 'i');
      case 5:
        return array(to, "s", [&] { to.text(some_text().c_str()); });
      case 6:
        return array(to, "(tt)", [&] {
          const std::uint64_t a = some_number(), b = some_number();
          to.open('r', "tt").basic('t', &a).basic('t', &b).close();
        });
      case 7:
        to.open('v', "a{sv}");
        dictionary(to, depth - 1);
        to.close();
        return;
      default:
        return array(to, "a{sv}", [&] { dictionary(to, depth - 1); });
    }
  }
  void basic(MessageWriter& to, char type) {
    const char signature[] = {type, '\0'};
    const std::uint64_t number = type == 'b' ? below(2) : some_number();
    to.open('v', signature);
    if (type == 's') {
      to.text(some_text().c_str());
    } else {
      to.basic(type, &number);
    }
    to.close();
  }
  template <class Element>
  void array(MessageWriter& to, const char* element, Element write) {
    to.open('v', (std::string("a") + element).c_str()).open('a', element);
    for (std::uint32_t count = below(4); count > 0; --count) write();
    to.close().close();
  }

  std::mt19937 random_;
};

TEST_F(HostileValues, of_any_kind_are_read_or_refused) {
  constexpr std::uint32_t kSeed = 20'241'129;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  RandomValues random(kSeed);
  int read = 0, refused = 0;
  const auto count = [&](const std::string& outcome) { ++(outcome == "read" ? read : refused); };
  for (int i = 0; i < 3000; ++i) {
    const Write write = [&](MessageWriter& to) { random.dictionary(to, 2); };
    switch (random.below(6)) {
      case 0:
        count(tried(write, wire::read_job_change));
        break;
      case 1:
        count(tried(write, wire::read_file_change));
        break;
      case 2:
        count(tried(write, wire::read_new_job));
        break;
      case 3:
        count(tried(write, wire::read_new_file));
        break;
      case 4:
        count(tried(write, wire::read_file));
        break;
      default:
        count(tried(write, wire::read_job));
    }
  }
  EXPECT_GT(read, 300);
  EXPECT_GT(refused, 300);
}

}  // namespace
}  // namespace dosvc
