#include "base/text.h"
#include "dbus/codec.h"
#include "dbus/types.h"

#include <algorithm>
#include <limits>
#include <string_view>

namespace dosvc::wire {
namespace {

enum class UnknownKeys : bool { refused, skipped };

// Longer than any API can ask for; what is added to a time stays within its type.
constexpr std::chrono::seconds kLongestDuration{std::numeric_limits<std::uint32_t>::max()};

Error invalid(std::string message) { return Error{E_INVALIDARG, ErrorContext::none, std::move(message)}; }

Error malformed() { return invalid("the message isn't well-formed"); }

// The result of a call of sd-bus: whether there was something.
Result<bool> there(int result) {
  if (result < 0) return malformed();
  return result > 0;
}

// A key may be anything, and of any length.
std::string quoted(std::string_view key) {
  constexpr std::size_t kShown = 64;
  return '"' + escaped(key.substr(0, kShown)) + (key.size() > kShown ? "…\"" : "\"");
}

// Reads single values, at the message's place. The type was compared before.
class Values {
 public:
  Values(sd_bus_message* from, UnknownKeys unknown) : from_(from), unknown_(unknown) {}

  // How many keys there were.
  template <Structure T>
  Result<std::size_t> read_keys(T& value);
  template <Structure T>
  Result<void> read(T& value) {
    DO_TRY(read_keys(value));
    return {};
  }

  Result<void> read(bool& value) {
    int wide = 0;
    DO_TRY(basic('b', &wide));
    value = wide != 0;
    return {};
  }
  Result<void> read(int& value) { return basic('i', &value); }
  Result<void> read(std::uint32_t& value) { return basic('u', &value); }
  Result<void> read(std::uint64_t& value) { return basic('t', &value); }
  template <class Enum>
  requires std::is_enum_v<Enum> Result<void> read(Enum& value) {
    const char* word = nullptr;
    DO_TRY(basic('s', &word));
    const std::optional<Enum> found = enumerator<Enum>(word);
    if (!found) return invalid("is none of the words that can stand there");
    value = *found;
    return {};
  }
  template <class Rep, class Period>
  Result<void> read(std::chrono::duration<Rep, Period>& time) {
    constexpr std::chrono::duration<Rep, Period> kLongest = kLongestDuration;
    std::uint64_t count = 0;
    DO_TRY(read(count));
    if (count > static_cast<std::uint64_t>(kLongest.count())) return invalid("is too long a time");
    time = std::chrono::duration<Rep, Period>(static_cast<Rep>(count));
    return {};
  }
  Result<void> read(WallTime& time) {
    std::uint64_t count = 0;
    DO_TRY(read(count));
    if (count > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return invalid("is no time");
    }
    time = WallTime(WallTime::duration(static_cast<std::int64_t>(count)));
    return {};
  }
  Result<void> read(Uuid& id) {
    const char* text = nullptr;
    DO_TRY(basic('s', &text));
    const std::optional<Uuid> found = Uuid::parse(text);
    if (!found) return invalid("is no UUID");
    id = *found;
    return {};
  }
  Result<void> read(std::string& text);
  Result<void> read(std::vector<std::string>& texts);
  Result<void> read(std::vector<FileRange>& ranges);
  Result<void> read(RangeSet& set);
  template <Structure T>
  Result<void> read(std::vector<T>& values);
  Result<void> read_bytes(std::string& bytes);

 private:
  Result<void> basic(char type, void* value) {
    if (!DO_TRY(there(sd_bus_message_read_basic(from_, type, value)))) return malformed();
    return {};
  }

  sd_bus_message* from_;
  UnknownKeys unknown_;
};

// Looks for the field of one key and reads its value, a variant.
class FieldReader {
 public:
  FieldReader(sd_bus_message* from, std::string_view key, UnknownKeys unknown)
      : from_(from), values_(from, unknown), key_(key) {}

  template <std::size_t Size, class T>
  void operator()(const char (&name)[Size], T& value) {
    take({name, Size - 1}, kSignature<T>, [&] { return values_.read(value); });
  }
  template <std::size_t Size, class T>
  void operator()(const char (&name)[Size], std::optional<T>& value) {
    take({name, Size - 1}, kSignature<T>, [&] { return values_.read(value.emplace()); });
  }
  template <std::size_t Size>
  void code(const char (&name)[Size], HRESULT& value) {
    take({name, Size - 1}, "u", [&]() -> Result<void> {
      std::uint32_t bits = 0;
      DO_TRY(values_.read(bits));
      if (!FAILED(hresult(bits))) return invalid("is no error");
      value = hresult(bits);
      return {};
    });
  }
  template <std::size_t Size>
  void bytes(const char (&name)[Size], std::string& value) {
    take({name, Size - 1}, "ay", [&] { return values_.read_bytes(value); });
  }

  bool found() const { return found_; }
  const Result<void>& result() const { return result_; }

 private:
  template <class Read>
  void take(std::string_view name, std::string_view signature, Read read) {
    if (found_ || name != key_) return;
    found_ = true;
    result_ = take_variant(signature, read);
  }

  template <class Read>
  Result<void> take_variant(std::string_view signature, Read read) {
    const char* type = nullptr;
    if (!DO_TRY(there(sd_bus_message_peek_type(from_, nullptr, &type)))) return malformed();
    const std::string held = type ? type : "";
    const bool as_bytes = (signature == "s" && held == "ay") || (signature == "as" && held == "aay");
    if (held != signature && !as_bytes) {
      return invalid("must have the type " + std::string(signature) + " and has " + held);
    }
    if (!DO_TRY(there(sd_bus_message_enter_container(from_, 'v', held.c_str())))) return malformed();
    DO_TRY(read());
    DO_TRY(there(sd_bus_message_exit_container(from_)));
    return {};
  }

  sd_bus_message* from_;
  Values values_;
  std::string_view key_;
  bool found_ = false;
  Result<void> result_;
};

Result<void> skip_unknown(sd_bus_message* from, std::string_view key, UnknownKeys unknown) {
  if (unknown == UnknownKeys::refused) return invalid(quoted(key) + " is no key that is known here");
  DO_TRY(there(sd_bus_message_skip(from, "v")));
  return {};
}

// "the change: NotifyCommand: Program: must have the type s and has u"
Error within(std::string_view key, const Error& error) { return invalid(std::string(key) + ": " + error.message); }

template <Structure T>
Result<std::size_t> Values::read_keys(T& value) {
  const char* type = nullptr;
  char kind = 0;
  if (!DO_TRY(there(sd_bus_message_peek_type(from_, &kind, &type))) || kind != 'a' ||
      std::string_view(type ? type : "") != "{sv}") {
    return invalid("must be a dictionary, a{sv}");
  }
  if (!DO_TRY(there(sd_bus_message_enter_container(from_, 'a', "{sv}")))) return malformed();
  std::vector<std::string_view> seen;  // the texts stay where they are in the message
  while (DO_TRY(there(sd_bus_message_enter_container(from_, 'e', "sv")))) {
    const char* text = nullptr;
    DO_TRY(basic('s', &text));
    const std::string_view key = text;
    if (seen.size() == kMostKeys) return invalid("holds too many keys");
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) return invalid(quoted(key) + " stands there twice");
    seen.push_back(key);
    FieldReader reader(from_, key, unknown_);
    fields(reader, value);
    if (!reader.found()) DO_TRY(skip_unknown(from_, key, unknown_));
    if (!reader.result()) return within(key, reader.result().error());
    DO_TRY(there(sd_bus_message_exit_container(from_)));
  }
  DO_TRY(there(sd_bus_message_exit_container(from_)));
  return seen.size();
}

Result<void> Values::read_bytes(std::string& bytes) {
  const void* data = nullptr;
  std::size_t size = 0;
  if (sd_bus_message_read_array(from_, 'y', &data, &size) < 0) return malformed();
  if (size > kLongestText) return invalid("is too long");
  bytes.assign(static_cast<const char*>(data), size);
  return {};
}

Result<void> Values::read(std::string& text) {
  char kind = 0;
  if (!DO_TRY(there(sd_bus_message_peek_type(from_, &kind, nullptr)))) return malformed();
  if (kind == 'a') {
    DO_TRY(read_bytes(text));
    return text.find('\0') == std::string::npos ? Result<void>() : invalid("holds a zero character");
  }
  const char* found = nullptr;
  DO_TRY(basic('s', &found));
  const std::string_view whole = found;
  if (whole.size() > kLongestText) return invalid("is too long");
  text = whole;
  return {};
}

Result<void> Values::read(std::vector<std::string>& texts) {
  const char* type = nullptr;
  DO_TRY(there(sd_bus_message_peek_type(from_, nullptr, &type)));
  const std::string element = type ? type : "";
  if (!DO_TRY(there(sd_bus_message_enter_container(from_, 'a', element.c_str())))) return malformed();
  for (std::size_t size = 0; !DO_TRY(there(sd_bus_message_at_end(from_, 0)));) {
    if (texts.size() == kMostItems) return invalid("holds too many texts");
    DO_TRY(read(texts.emplace_back()));
    size += texts.back().size();
    if (size > kLongestText) return invalid("is too long");
  }
  DO_TRY(there(sd_bus_message_exit_container(from_)));
  return {};
}

Result<void> Values::read(std::vector<FileRange>& ranges) {
  if (!DO_TRY(there(sd_bus_message_enter_container(from_, 'a', "(tt)")))) return malformed();
  FileRange range;
  while (DO_TRY(there(sd_bus_message_read(from_, "(tt)", &range.offset, &range.length)))) {
    if (ranges.size() == kMostItems) return invalid("holds too many ranges");
    ranges.push_back(range);
  }
  DO_TRY(there(sd_bus_message_exit_container(from_)));
  return {};
}

Result<void> Values::read(RangeSet& set) {
  std::vector<FileRange> ranges;
  DO_TRY(read(ranges));
  for (const FileRange& each : ranges) {
    if (each.length > FileRange::kToEnd - each.offset) return invalid("holds a range without an end");
    set.add({each.offset, each.offset + each.length});
  }
  return {};
}

template <Structure T>
Result<void> Values::read(std::vector<T>& values) {
  if (!DO_TRY(there(sd_bus_message_enter_container(from_, 'a', "a{sv}")))) return malformed();
  while (!DO_TRY(there(sd_bus_message_at_end(from_, 0)))) {
    if (values.size() == kMostKeys) return invalid("holds too many dictionaries");
    DO_TRY(read(values.emplace_back()));
  }
  DO_TRY(there(sd_bus_message_exit_container(from_)));
  return {};
}

template <class T>
Result<T> read_one(sd_bus_message* from, std::string_view what, UnknownKeys unknown) {
  T value;
  if (auto read = Values(from, unknown).read(value); !read) return within(what, read.error());
  return value;
}

}  // namespace

Result<JobSnapshot> read_job(sd_bus_message* from) {
  return read_one<JobSnapshot>(from, "the job", UnknownKeys::skipped);
}
Result<FileSnapshot> read_file(sd_bus_message* from) {
  return read_one<FileSnapshot>(from, "the file", UnknownKeys::skipped);
}
Result<NewJob> read_new_job(sd_bus_message* from) {
  return read_one<NewJob>(from, "the new job", UnknownKeys::refused);
}
Result<NewFile> read_new_file(sd_bus_message* from) {
  return read_one<NewFile>(from, "the new file", UnknownKeys::refused);
}
Result<JobChange> read_job_change(sd_bus_message* from) {
  return read_one<JobChange>(from, "the change", UnknownKeys::refused);
}
Result<FileChange> read_file_change(sd_bus_message* from) {
  return read_one<FileChange>(from, "the change", UnknownKeys::refused);
}

Result<std::optional<CertificateChoice>> read_certificate_choice(sd_bus_message* from) {
  CertificateChoice choice;
  auto keys = Values(from, UnknownKeys::refused).read_keys(choice);
  if (!keys) return within("the certificate", keys.error());
  return *keys == 0 ? std::nullopt : std::optional(std::move(choice));
}

Result<std::vector<FileRange>> read_ranges(sd_bus_message* from) {
  const char* type = nullptr;
  char kind = 0;
  if (!DO_TRY(there(sd_bus_message_peek_type(from, &kind, &type))) || kind != 'a' ||
      std::string_view(type ? type : "") != "(tt)") {
    return invalid("the ranges must be an array of pairs, a(tt)");
  }
  return read_one<std::vector<FileRange>>(from, "the list of ranges", UnknownKeys::refused);
}

}  // namespace dosvc::wire
