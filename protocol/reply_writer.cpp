#include "protocol/reply_writer.hpp"

#include "base/number.hpp"

#include <algorithm>

namespace thespis::protocol {

void reply_writer::simple(std::string_view text) {
  line('+', text);
}

void reply_writer::error(std::string_view text) {
  // Scripts and foreign texts may end with a line break; the reply brings its own.
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n'))
    text.remove_suffix(1);
  ++error_count_;
  remember_code(text);
  line('-', text);
}

void reply_writer::remember_code(std::string_view text) noexcept {
  const auto code = text.substr(0, std::min(text.find_first_of(" \r\n"), last_code_.size()));
  std::copy(code.begin(), code.end(), last_code_.begin());
  last_code_size_ = static_cast<std::uint32_t>(code.size());
}

void reply_writer::line(char type, std::string_view text) {
  char* at = out_.prepare(text.size() + 3);
  *at++ = type;
  for (const char c : text)
    *at++ = c == '\r' || c == '\n' ? ' ' : c;
  at[0] = '\r';
  at[1] = '\n';
  out_.commit(text.size() + 3);
}

void reply_writer::long_integer(std::int64_t value) {
  char buffer[24];
  const auto digits = base::format_int64(value, buffer);
  char* at = out_.prepare(digits.size() + 3);
  *at++ = ':';
  std::memcpy(at, digits.data(), digits.size());
  at += digits.size();
  at[0] = '\r';
  at[1] = '\n';
  out_.commit(digits.size() + 3);
}

void reply_writer::bulk_integer(std::int64_t value) {
  char buffer[24];
  bulk(base::format_int64(value, buffer));
}

void reply_writer::dbl(double value) {
  char buffer[40];
  const auto digits = base::format_double(value, buffer);
  if (protocol_ == 2)
    bulk(digits);
  else
    line(',', digits);
}

void reply_writer::human_dbl(long double value) {
  char buffer[base::long_double_chars_max];
  const auto digits = base::format_long_double(value, buffer);
  if (protocol_ == 2)
    bulk(digits);
  else
    line(',', digits);
}

void reply_writer::boolean(bool value) {
  if (protocol_ == 2)
    raw(value ? ":1\r\n" : ":0\r\n");
  else
    raw(value ? "#t\r\n" : "#f\r\n");
}

void reply_writer::big_number(std::string_view digits) {
  if (protocol_ == 2)
    bulk(digits);
  else
    line('(', digits);
}

void reply_writer::verbatim(std::string_view format, std::string_view text) {
  if (protocol_ == 2) {
    bulk(text);
    return;
  }
  header('=', text.size() + 4);
  // A format of another length would shift the text; it is cut or filled to three letters.
  char prefix[] = {' ', ' ', ' ', ':'};
  std::copy_n(format.begin(), std::min<std::size_t>(format.size(), 3), prefix);
  raw({prefix, sizeof prefix});
  out_.append(text);
  raw("\r\n");
}

char* reply_writer::put_long_count(char* at, std::size_t count) noexcept {
  char buffer[24];
  const auto digits = base::format_uint64(count, buffer);
  std::memcpy(at, digits.data(), digits.size());
  return at + digits.size();
}

reply_writer::mark reply_writer::begin_array(std::size_t expected) {
  char header[header_chars_max];
  const auto room = static_cast<std::size_t>(put_count(header, '*', expected) - header);
  const mark where{out_.size(), room};
  out_.prepare(room);
  out_.commit(room);
  return where;
}

void reply_writer::fill(char type, mark where, std::size_t count) {
  char header[header_chars_max];
  const auto size = static_cast<std::size_t>(put_count(header, type, count) - header);
  if (size != where.room) {
    out_.prepare(header_chars_max);
    char* const place = out_.data() + where.at;
    const auto rest = out_.size() - where.at - where.room;
    std::memmove(place + size, place + where.room, rest);
    out_.truncate(where.at + size + rest);
  }
  std::memcpy(out_.data() + where.at, header, size);
}

} // namespace thespis::protocol
