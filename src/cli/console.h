#pragma once

#include <string>
#include <string_view>

namespace dosvc::cli {

// What the program says, and where: results on standard output, everything else on standard error. With --json results
// are one document, and the sentences for people stay away from standard output. One thread.
class Console {
 public:
  Console(bool json, bool quiet, bool verbose = false);
  ~Console() { clear_line(); }
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  bool json() const { return json_; }
  bool verbose() const { return verbose_; }

  void print(std::string_view text);     // a result for people: one line or more; nothing with --json
  void document(std::string_view json);  // the result with --json
  void report(std::string_view text);    // a result that -q leaves out, such as where a file was saved
  void note(std::string_view text);      // "dosvc: …" on standard error, not with -q
  void problem(std::string_view text);   // the same, whatever -q says

  // A line that is replaced by the next one, on standard error. Nothing unless that is a terminal, and not with -q.
  bool shows_line() const { return shows_line_; }
  std::size_t line_width() const;
  void show_line(const std::string& text);
  void clear_line();

  // Whether everything written to standard output got there.
  bool flush();

 private:
  void write_error(std::string_view text);

  const bool json_;
  const bool quiet_;
  const bool verbose_;
  const bool shows_line_;
  std::size_t line_columns_ = 0;  // of what stands there now
};

}  // namespace dosvc::cli
