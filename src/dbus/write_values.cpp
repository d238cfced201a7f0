#include "base/text.h"
#include "dbus/codec.h"
#include "dbus/types.h"

#include <algorithm>
#include <string_view>

namespace dosvc::wire {
namespace {

// Whether D-Bus takes it as text: sd-bus refuses Unicode's non-characters as well, and a NUL would end it.
bool is_text(std::string_view text) {
  while (!text.empty()) {
    const Character next = first_character(text);
    const std::uint32_t c = next.code_point;
    if (next.length == 0 || c == 0 || (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef)) return false;
    text.remove_prefix(next.length);
  }
  return true;
}

bool is_text(const std::vector<std::string>& texts) {
  return std::all_of(texts.begin(), texts.end(), [](const std::string& text) { return is_text(text); });
}

// Writes each field as an entry of the dictionary that is open.
class Writer {
 public:
  explicit Writer(MessageWriter& to) : to_(to) {}

  template <class T>
  void operator()(const char* name, const T& value) {
    to_.open('e', "sv").text(name);
    variant(value);
    to_.close();
  }
  template <class T>
  void operator()(const char* name, const std::optional<T>& value) {
    if (value) (*this)(name, *value);
  }
  void code(const char* name, const HRESULT& value) { (*this)(name, static_cast<std::uint32_t>(value)); }
  void bytes(const char* name, const std::string& value) {
    to_.open('e', "sv").text(name).open('v', "ay").byte_array(value).close().close();
  }

  template <class T>
  void variant(const T& value) {
    to_.open('v', signature(value));
    put(value);
    to_.close();
  }

  template <Structure T>
  void put(const T& value) {
    to_.open('a', "{sv}");
    fields(*this, value);
    to_.close();
  }
  void put(const std::vector<FileRange>& ranges) {
    to_.open('a', "(tt)");
    for (const FileRange& each : ranges) put_range(each.offset, each.length);
    to_.close();
  }

 private:
  template <class T>
  static const char* signature(const T&) {
    return kSignature<T>;
  }
  static const char* signature(const std::string& text) { return is_text(text) ? "s" : "ay"; }
  static const char* signature(const std::vector<std::string>& texts) { return is_text(texts) ? "as" : "aay"; }

  void put(bool value) {
    const int wide = value ? 1 : 0;  // as sd-bus wants it
    to_.basic('b', &wide);
  }
  void put(int value) { to_.basic('i', &value); }
  void put(std::uint32_t value) { to_.basic('u', &value); }
  void put(std::uint64_t value) { to_.basic('t', &value); }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void put(Enum value) { to_.text(word_of(value).c_str()); }
  template <class Rep, class Period>
  void put(std::chrono::duration<Rep, Period> time) {
    put(static_cast<std::uint64_t>(std::max<Rep>(time.count(), 0)));
  }
  void put(WallTime time) { put(time.time_since_epoch()); }
  void put(const Uuid& id) { to_.text(id.text().c_str()); }
  void put(const std::string& text) {
    if (is_text(text)) {
      to_.text(text.c_str());
    } else {
      to_.byte_array(text);
    }
  }
  void put(const std::vector<std::string>& texts) {
    const bool all_text = is_text(texts);
    to_.open('a', all_text ? "s" : "ay");
    for (const std::string& text : texts) {
      if (all_text) {
        to_.text(text.c_str());
      } else {
        to_.byte_array(text);
      }
    }
    to_.close();
  }
  void put(const RangeSet& set) {
    to_.open('a', "(tt)");
    std::size_t room = kMostItems;
    for (const ByteRange& each : set.ranges()) {
      if (room-- == 0) break;
      put_range(each.begin, each.length());
    }
    to_.close();
  }
  template <Structure T>
  void put(const std::vector<T>& values) {
    to_.open('a', "a{sv}");
    for (const T& value : values) put(value);
    to_.close();
  }
  void put_range(std::uint64_t offset, std::uint64_t length) {
    to_.open('r', "tt").basic('t', &offset).basic('t', &length).close();
  }

  MessageWriter& to_;
};

// Writes one field, the one of this name, as a variant.
class PropertyWriter {
 public:
  PropertyWriter(MessageWriter& to, std::string_view name) : writer_(to), name_(name) {}

  template <class T>
  void operator()(const char* name, const T& value) {
    if (name_ != name) return;
    written_ = true;
    writer_.variant(value);
  }
  template <class T>
  void operator()(const char* name, const std::optional<T>& value) {
    if (value) (*this)(name, *value);
  }
  bool written() const { return written_; }

 private:
  Writer writer_;
  std::string_view name_;
  bool written_ = false;
};

class Names {
 public:
  template <class T>
  void operator()(const char* name, const T&) {
    all.emplace_back(name, kSignature<T>);
  }

  std::vector<std::pair<std::string, std::string>> all;
};

}  // namespace

void write(MessageWriter& to, const JobSnapshot& job) { Writer(to).put(job); }
void write(MessageWriter& to, const FileSnapshot& file) { Writer(to).put(file); }
void write(MessageWriter& to, const NewJob& job) { Writer(to).put(job); }
void write(MessageWriter& to, const NewFile& file) { Writer(to).put(file); }
void write(MessageWriter& to, const JobChange& change) { Writer(to).put(change); }
void write(MessageWriter& to, const FileChange& change) { Writer(to).put(change); }
void write(MessageWriter& to, const std::vector<FileRange>& ranges) { Writer(to).put(ranges); }

void write(MessageWriter& to, const std::optional<CertificateChoice>& choice) {
  if (choice) {
    Writer(to).put(*choice);
  } else {
    to.open('a', "{sv}").close();
  }
}

bool write_property(MessageWriter& to, const JobSnapshot& job, const std::string& name) {
  PropertyWriter writer(to, name);
  fields(writer, job);
  return writer.written();
}

std::vector<std::pair<std::string, std::string>> job_properties() {
  Names names;
  const JobSnapshot any;
  fields(names, any);
  return names.all;
}

}  // namespace dosvc::wire
