#include "server/settings_without_effect.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>
#include <set>

using namespace thespis;
using base::option;

namespace {

using sentences = std::vector<std::string>;
using words = std::initializer_list<std::string_view>;

sentences explain(std::initializer_list<std::pair<std::string_view, words>> lines) {
  base::options settings;
  for (const auto& [name, value] : lines)
    REQUIRE(settings.load(name, {value.begin(), value.size()}));
  return server::explain_settings_without_effect(settings);
}

} // namespace

TEST_CASE("the defaults need no explanation", "[settings]") {
  CHECK(explain({}).empty());
  CHECK(
    explain({{"appendonly", {"yes"}}, {"tls-port", {"0"}}, {"replicaof", {"no", "one"}}}).empty());
}

TEST_CASE("settings that have an effect need no explanation", "[settings]") {
  CHECK(explain({{"port", {"7000"}}, {"timeout", {"5"}}, {"maxclients", {"10"}}}).empty());
}

TEST_CASE("a setting without effect is named with what that means", "[settings]") {
  CHECK(
    explain({{"aof-use-rdb-preamble", {"no"}}})
    == sentences{"aof-use-rdb-preamble is set but has no effect in this version: the journal is "
                 "written in one way only"});
  CHECK(explain({{"tls-cert-file", {"server.crt"}}, {"slaveof", {"host", "6379"}}})
        == sentences{
          "replicaof is set but has no effect in this version: there is no replication",
          "tls-cert-file is set but has no effect in this version: connections are not encrypted"});
}

TEST_CASE("each setting without effect has one meaning", "[settings]") {
  std::set<option> seen;
  for (const auto& group : server::settings_without_effect()) {
    CHECK_FALSE(group.meaning.empty());
    CHECK_FALSE(group.options.empty());
    for (auto which : group.options) {
      INFO(base::row_of(which).name);
      CHECK(seen.insert(which).second);
    }
  }
  for (auto which : {option::port, option::databases, option::requirepass, option::maxclients})
    CHECK_FALSE(seen.contains(which));
}
