#include "protocol/resp_value.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace thespis::protocol {

namespace {

/// Finds the end of the first line. Returns false if its CR LF is not there yet.
bool take_line(std::string_view& bytes, std::string_view& line) noexcept {
  const auto end = bytes.find('\r');
  if (end == std::string_view::npos || end + 1 == bytes.size())
    return false;
  line = bytes.substr(0, end);
  bytes.remove_prefix(end + 2);
  return true;
}

/// The count of a line such as "*3" or "$-1": -1 for null, nothing if it is no count.
std::optional<std::int64_t> read_count(std::string_view digits) noexcept {
  const auto count = base::parse_int64(digits);
  if (!count || *count < -1)
    return std::nullopt;
  return count;
}

/// How many values follow per announced element, 0 for types that hold no others.
constexpr int values_per_element(char type) noexcept {
  switch (type) {
    case '*':
    case '~':
    case '>':
      return 1;
    case '%':
    case '|':
      return 2;
    default:
      return 0;
  }
}

constexpr bool has_body(char type) noexcept {
  return type == '$' || type == '=' || type == '!';
}

constexpr bool is_scalar(char type) noexcept {
  switch (type) {
    case '+':
    case '-':
    case ':':
    case '_':
    case ',':
    case '#':
    case '(':
      return true;
    default:
      return false;
  }
}

/// The shortest value there is: "_\r\n".
constexpr std::size_t value_bytes_min = 3;

class value_reader {
public:
  explicit value_reader(std::string_view bytes) noexcept : rest_(bytes) {
  }

  std::size_t left() const noexcept {
    return rest_.size();
  }

  resp_status read(resp_value& value, int depth) {
    std::string_view line;
    if (depth > resp_depth_max)
      return resp_status::malformed;
    if (!take_line(rest_, line))
      return resp_status::incomplete;
    if (line.empty())
      return resp_status::malformed;
    const char type = line[0];
    line.remove_prefix(1);
    if (type == '|')
      return drop_attribute(line, value, depth);
    if (values_per_element(type) != 0)
      return read_items(type, line, value, depth);
    return has_body(type) ? read_body(type, line, value) : read_scalar(type, line, value);
  }

private:
  resp_status drop_attribute(std::string_view line, resp_value& value, int depth) {
    resp_value dropped;
    if (const auto status = read_items('|', line, dropped, depth); status != resp_status::complete)
      return status;
    return read(value, depth + 1);
  }

  resp_status read_items(char type, std::string_view line, resp_value& value, int depth) {
    const auto count = read_count(line);
    if (!count || (*count < 0 && type != '*'))
      return resp_status::malformed;
    if (*count < 0) {
      value.type = resp_type::null;
      return resp_status::complete;
    }
    value.type = type == '*'   ? resp_type::array
                 : type == '~' ? resp_type::set
                 : type == '>' ? resp_type::push
                               : resp_type::map;
    if (*count > std::numeric_limits<std::int64_t>::max() / 2)
      return resp_status::malformed;
    auto missing = static_cast<std::size_t>(*count * values_per_element(type));
    // Room for no more than can be here, and not for a tree's worth of empty promises at each
    // level.
    value.items.reserve(std::min({missing, rest_.size() / value_bytes_min, std::size_t{1024}}));
    for (; missing > 0; --missing)
      if (const auto status = read(value.items.emplace_back(), depth + 1);
          status != resp_status::complete)
        return status;
    return resp_status::complete;
  }

  resp_status read_body(char type, std::string_view line, resp_value& value) {
    const auto length = read_count(line);
    if (!length || (*length < 0 && type != '$'))
      return resp_status::malformed;
    if (*length < 0) {
      value.type = resp_type::null;
      return resp_status::complete;
    }
    const auto size = static_cast<std::size_t>(*length);
    if (rest_.size() < 2 || rest_.size() - 2 < size)
      return resp_status::incomplete;
    value.type = type == '$'   ? resp_type::bulk
                 : type == '=' ? resp_type::verbatim
                               : resp_type::error;
    value.text = rest_.substr(0, size);
    rest_.remove_prefix(size + 2);
    return resp_status::complete;
  }

  static resp_status read_scalar(char type, std::string_view line, resp_value& value) {
    switch (type) {
      case '+':
      case '-':
      case '(':
        value.type = type == '+'   ? resp_type::simple
                     : type == '-' ? resp_type::error
                                   : resp_type::big_number;
        value.text = line;
        return resp_status::complete;
      case ':':
        return read_integer(line, value);
      case ',':
        return read_double(line, value);
      case '#':
        value.type = resp_type::boolean;
        value.number = line == "t" ? 1 : 0;
        return line == "t" || line == "f" ? resp_status::complete : resp_status::malformed;
      case '_':
        value.type = resp_type::null;
        return line.empty() ? resp_status::complete : resp_status::malformed;
      default:
        return resp_status::malformed;
    }
  }

  static resp_status read_integer(std::string_view line, resp_value& value) {
    const auto number = base::parse_int64(line);
    value.type = resp_type::integer;
    value.number = number.value_or(0);
    return number ? resp_status::complete : resp_status::malformed;
  }

  static resp_status read_double(std::string_view line, resp_value& value) {
    const auto number = base::parse_double(line);
    value.type = resp_type::dbl;
    value.real = number.value_or(std::numeric_limits<double>::quiet_NaN());
    return number || line == "nan" ? resp_status::complete : resp_status::malformed;
  }

  std::string_view rest_;
};

resp_value make(resp_type type, std::string_view text) {
  resp_value value;
  value.type = type;
  value.text = text;
  return value;
}

} // namespace

resp_value resp_value::make_simple(std::string_view text) {
  return make(resp_type::simple, text);
}

resp_value resp_value::make_error(std::string_view text) {
  return make(resp_type::error, text);
}

resp_value resp_value::make_bulk(std::string_view text) {
  return make(resp_type::bulk, text);
}

resp_value resp_value::make_integer(std::int64_t number) {
  resp_value value;
  value.type = resp_type::integer;
  value.number = number;
  return value;
}

resp_value resp_value::make_array(std::vector<resp_value> items) {
  resp_value value;
  value.type = resp_type::array;
  value.items = std::move(items);
  return value;
}

const resp_value* resp_value::find(std::string_view key) const noexcept {
  for (std::size_t i = 0; i + 1 < items.size(); i += 2)
    if (items[i].text == key)
      return &items[i + 1];
  return nullptr;
}

bool operator==(const resp_value& a, const resp_value& b) noexcept {
  const bool same_real = a.real == b.real || (std::isnan(a.real) && std::isnan(b.real));
  return a.type == b.type && a.number == b.number && same_real && a.text == b.text
         && a.items == b.items;
}

resp_status parse_resp_value(std::string_view bytes, std::size_t& consumed, resp_value& value) {
  consumed = 0;
  value = resp_value{};
  value_reader reader{bytes};
  const auto status = reader.read(value, 0);
  if (status == resp_status::complete)
    consumed = bytes.size() - reader.left();
  return status;
}

std::size_t skip_resp_value(std::string_view bytes) noexcept {
  auto rest = bytes;
  // Nesting needs no stack: what counts is only how many values are still to come.
  for (std::uint64_t missing = 1; missing > 0; --missing) {
    std::string_view line;
    if (!take_line(rest, line) || line.empty())
      return 0;
    const char type = line[0];
    const auto per_element = values_per_element(type);
    if (is_scalar(type))
      continue;
    if (per_element == 0 && !has_body(type))
      return 0;
    const auto count = read_count(line.substr(1));
    if (!count)
      return 0;
    if (*count < 0)
      continue;
    const auto n = static_cast<std::uint64_t>(*count);
    if (per_element == 0) {
      if (rest.size() < 2 || rest.size() - 2 < n)
        return 0;
      rest.remove_prefix(n + 2);
      continue;
    }
    // More values than bytes cannot be complete; that also keeps the sum from overflowing.
    if (n > rest.size())
      return 0;
    missing += n * static_cast<std::uint64_t>(per_element) + (type == '|' ? 1 : 0);
  }
  return bytes.size() - rest.size();
}

} // namespace thespis::protocol
