#include "tests/unit/commands/reply_values.hpp"

#include <algorithm>
#include <utility>

namespace thespis::tests {

using protocol::resp_type;

resp_value ok() {
  return simple("OK");
}

resp_value null() {
  return resp_value::make_null();
}

resp_value simple(std::string_view text) {
  return resp_value::make_simple(text);
}

resp_value error(std::string_view text) {
  return resp_value::make_error(text);
}

resp_value bulk(std::string_view text) {
  return resp_value::make_bulk(text);
}

resp_value integer(std::int64_t value) {
  return resp_value::make_integer(value);
}

resp_value array(std::vector<resp_value> items) {
  return resp_value::make_array(std::move(items));
}

resp_value bulks(const std::vector<std::string>& texts) {
  std::vector<resp_value> items;
  for (const auto& text : texts)
    items.push_back(bulk(text));
  return array(std::move(items));
}

resp_value integers(const std::vector<std::int64_t>& values) {
  std::vector<resp_value> items;
  for (const auto value : values)
    items.push_back(integer(value));
  return array(std::move(items));
}

resp_value map(std::vector<resp_value> items) {
  auto out = array(std::move(items));
  out.type = resp_type::map;
  return out;
}

resp_value sorted(resp_value reply) {
  std::sort(reply.items.begin(), reply.items.end(),
            [](const auto& a, const auto& b) { return to_text(a) < to_text(b); });
  return reply;
}

namespace {

std::string list_text(const resp_value& value, std::string_view open, char close) {
  std::string out{open};
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (i != 0)
      out += ", ";
    out += to_text(value.items[i]);
  }
  return out + close;
}

} // namespace

std::string to_text(const resp_value& value) {
  switch (value.type) {
    case resp_type::null:
      return "null";
    case resp_type::simple:
      return '+' + value.text;
    case resp_type::error:
      return '-' + value.text;
    case resp_type::integer:
      return std::to_string(value.number);
    case resp_type::bulk:
      return '"' + value.text + '"';
    case resp_type::array:
      return list_text(value, "[", ']');
    case resp_type::map:
      return list_text(value, "%{", '}');
    case resp_type::set:
      return list_text(value, "~{", '}');
    case resp_type::push:
      return list_text(value, ">[", ']');
    case resp_type::dbl:
      return ',' + std::to_string(value.real);
    case resp_type::boolean:
      return value.number != 0 ? "#t" : "#f";
    case resp_type::big_number:
      return '(' + value.text;
    case resp_type::verbatim:
      return '=' + value.text;
  }
  return "?";
}

} // namespace thespis::tests
