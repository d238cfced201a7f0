#include "cli/console.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/format.h"

namespace dosvc::cli {
namespace {

void put(std::string_view text, FILE* to) { (void)::fwrite(text.data(), 1, text.size(), to); }

void put_lines(std::string_view text, FILE* to) {
  put(text, to);
  if (!text.ends_with('\n')) put("\n", to);
}

}  // namespace

Console::Console(bool json, bool quiet, bool verbose)
    : json_(json), quiet_(quiet), verbose_(verbose), shows_line_(!quiet && ::isatty(STDERR_FILENO) == 1) {}

void Console::print(std::string_view text) {
  if (json_) return;
  clear_line();
  put_lines(text, stdout);
}

void Console::document(std::string_view json) {
  if (json_) put_lines(json, stdout);
}

void Console::report(std::string_view text) {
  if (!quiet_) print(text);
}

void Console::note(std::string_view text) {
  if (!quiet_) write_error(text);
}

void Console::problem(std::string_view text) { write_error(text); }

void Console::write_error(std::string_view text) {
  clear_line();
  // In one piece, so that programs which share a terminal don't mix their lines.
  put("dosvc: " + std::string(text) + "\n", stderr);
}

std::size_t Console::line_width() const {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return size.ws_col;
}

void Console::show_line(const std::string& text) {
  if (!shows_line_) return;
  std::string drawn = "\r" + text;
  const std::size_t columns = display_columns(text);
  if (columns < line_columns_) drawn += std::string(line_columns_ - columns, ' ') + "\r" + text;
  line_columns_ = columns;
  put(drawn, stderr);
  (void)::fflush(stderr);
}

void Console::clear_line() {
  if (line_columns_ == 0) return;
  show_line("");
  put("\r", stderr);
  line_columns_ = 0;
}

bool Console::flush() { return ::fflush(stdout) == 0 && ::ferror(stdout) == 0; }

}  // namespace dosvc::cli
