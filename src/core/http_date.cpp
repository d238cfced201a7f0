#include "core/http_date.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace dosvc {
namespace {

constexpr std::chrono::seconds kLongestRetryAfter{3600};

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 7> kLongDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                       "Friday", "Saturday", "Sunday"};

// Takes a text apart from its front. Once a piece doesn't fit, all that follows fails too, so that only the end asks.
class Pieces {
 public:
  explicit Pieces(std::string_view text) : rest_(text) {}

  bool done() const { return good_ && rest_.empty(); }

  Pieces& word(std::string_view expected) {
    if (good_ && rest_.starts_with(expected)) {
      rest_.remove_prefix(expected.size());
    } else {
      good_ = false;
    }
    return *this;
  }

  template <std::size_t N>
  Pieces& one_of(const std::array<std::string_view, N>& words, unsigned& index) {
    const auto found =
        std::find_if(words.begin(), words.end(), [&](std::string_view w) { return rest_.starts_with(w); });
    good_ = good_ && found != words.end();
    if (!good_) return *this;
    index = static_cast<unsigned>(found - words.begin());
    return word(*found);
  }

  Pieces& digits(std::size_t count, unsigned& number) {
    const std::string_view text = rest_.substr(0, count);
    number = 0;
    good_ = good_ && text.size() == count;
    for (char c : text) {
      good_ = good_ && c >= '0' && c <= '9';
      number = number * 10 + static_cast<unsigned char>(c - '0');
    }
    if (good_) rest_.remove_prefix(count);
    return *this;
  }

  // "06" or " 6", as asctime() writes it.
  Pieces& padded_day(unsigned& day) {
    return good_ && rest_.starts_with(' ') ? word(" ").digits(1, day) : digits(2, day);
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

struct Fields {
  unsigned weekday = 0;
  unsigned year = 0;
  unsigned month = 0;  // from 0
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
};

Pieces& time_of_day(Pieces& pieces, Fields& f) {
  return pieces.digits(2, f.hour).word(":").digits(2, f.minute).word(":").digits(2, f.second);
}

// Sun, 06 Nov 1994 08:49:37 GMT
bool parse_current_form(std::string_view text, Fields& f) {
  Pieces pieces(text);
  pieces.one_of(kDays, f.weekday).word(", ").digits(2, f.day).word(" ").one_of(kMonths, f.month).word(" ");
  return time_of_day(pieces.digits(4, f.year).word(" "), f).word(" GMT").done();
}

// Sunday, 06-Nov-94 08:49:37 GMT
bool parse_rfc850_form(std::string_view text, Fields& f) {
  Pieces pieces(text);
  pieces.one_of(kLongDays, f.weekday).word(", ").digits(2, f.day).word("-").one_of(kMonths, f.month).word("-");
  const bool fits = time_of_day(pieces.digits(2, f.year).word(" "), f).word(" GMT").done();
  f.year += f.year < 70 ? 2000 : 1900;
  return fits;
}

// Sun Nov  6 08:49:37 1994
bool parse_asctime_form(std::string_view text, Fields& f) {
  Pieces pieces(text);
  pieces.one_of(kDays, f.weekday).word(" ").one_of(kMonths, f.month).word(" ").padded_day(f.day).word(" ");
  return time_of_day(pieces, f).word(" ").digits(4, f.year).done();
}

}  // namespace

std::optional<WallTime> parse_http_date(std::string_view text) {
  Fields f;
  if (!parse_current_form(text, f) && !parse_rfc850_form(text, f) && !parse_asctime_form(text, f)) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(f.year)), std::chrono::month(f.month + 1),
                                         std::chrono::day(f.day)};
  constexpr unsigned kLastSecond = 60;  // a leap second
  if (!date.ok() || f.hour > 23 || f.minute > 59 || f.second > kLastSecond) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(f.hour) + std::chrono::minutes(f.minute) +
         std::chrono::seconds(f.second);
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, WallTime now) {
  using std::chrono::seconds;
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (!text.empty() && end == text.data() + text.size() && error != std::errc::invalid_argument) {
    const auto longest = static_cast<std::uint64_t>(kLongestRetryAfter.count());
    return error == std::errc() ? seconds(std::min(count, longest)) : kLongestRetryAfter;
  }
  const std::optional<WallTime> date = parse_http_date(text);
  if (!date) return std::nullopt;
  return std::clamp(std::chrono::ceil<seconds>(*date - now), seconds(0), kLongestRetryAfter);
}

}  // namespace dosvc
