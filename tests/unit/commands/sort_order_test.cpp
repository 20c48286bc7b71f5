#include "commands/sort_order.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace thespis::commands {

namespace {

std::vector<std::string> elements_of(const sort_order& order, std::size_t first,
                                     std::size_t count) {
  std::vector<std::string> out;
  char digits[24];
  for (auto i = first; i < first + count; ++i)
    out.emplace_back(order[i].element.text(digits));
  return out;
}

} // namespace

TEST_CASE("weights are read as strtod reads them", "[sort]") {
  CHECK(parse_sort_weight("") == 0.0);
  CHECK(parse_sort_weight("12") == 12.0);
  CHECK(parse_sort_weight(" \t-1.5e1") == -15.0);
  CHECK(parse_sort_weight("+0x10") == 16.0);
  CHECK(parse_sort_weight(std::string_view{"3\0x", 3}) == 3.0);
  CHECK(parse_sort_weight(std::string_view{"\0x", 2}) == 0.0);
  CHECK(parse_sort_weight("-Infinity") == -std::numeric_limits<double>::infinity());
  CHECK(parse_sort_weight("2.2250738585072014e-308") == 2.2250738585072014e-308);
  // A smaller one may be told exactly.
  CHECK(parse_sort_weight("0x1p-1074") == std::numeric_limits<double>::denorm_min());
  for (const auto* text : {" ", "x", "1x", "1 ", "nan", "-nan", "1e400", "-1e400", "1e-400",
                           "5e-324", "0x", "1e", "--1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_sort_weight(text));
  }
}

TEST_CASE("any part of an order is that part of the whole one", "[sort]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  for (int round = 0; round < 500; ++round) {
    sort_order::rules rules{.descending = random() % 2 == 0,
                            .alpha = random() % 2 == 0,
                            .whole_texts = random() % 2 == 0,
                            .has_weights = true,
                            .unordered = false};
    sort_order whole{rules};
    sort_order part{rules};
    const std::size_t count = random() % 60;
    struct model {
      std::string element;
      std::string text;
      double number;
    };
    std::vector<std::string> names(count);
    std::vector<model> expected;
    for (std::size_t i = 0; i < count; ++i) {
      names[i] = std::to_string(i);
      const double number = static_cast<double>(random() % 10);
      const std::string text(random() % 4, 'a');
      for (auto* order : {&whole, &part}) {
        order->add(types::set_element{names[i]});
        order->set_number(i, number);
        order->set_text(i, text);
      }
      expected.push_back({names[i], text, number});
    }
    std::stable_sort(expected.begin(), expected.end(), [&](const model& a, const model& b) {
      const auto& low = rules.descending ? b : a;
      const auto& high = rules.descending ? a : b;
      if (rules.alpha)
        return low.text < high.text;
      return low.number != high.number ? low.number < high.number : low.element < high.element;
    });
    std::vector<std::string> all;
    for (const auto& each : expected)
      all.push_back(each.element);
    whole.arrange(0, count);
    REQUIRE(elements_of(whole, 0, count) == all);
    const std::size_t first = random() % (count + 1);
    const std::size_t wanted = random() % (count - first + 1);
    part.arrange(first, wanted);
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(first);
    REQUIRE(elements_of(part, first, wanted)
            == std::vector<std::string>(from, from + static_cast<std::ptrdiff_t>(wanted)));
  }
}

TEST_CASE("texts end at a zero byte unless they are compared as a whole", "[sort]") {
  const std::string b{"x\0b", 3};
  const std::string a{"x\0a", 3};
  for (const bool whole : {false, true}) {
    sort_order order{{.alpha = true, .whole_texts = whole}};
    order.add(types::set_element{b});
    order.add(types::set_element{a});
    order.arrange(0, 2);
    CHECK(elements_of(order, 0, 1).front() == (whole ? a : b));
  }
}

} // namespace thespis::commands
