#include "commands/library_source.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace thespis::commands;

namespace {

std::string library_name_of(std::string_view source) {
  const auto name = read_library_name(source);
  return name ? *name : "fault";
}

std::string library_fault_of(std::string_view source) {
  const auto name = read_library_name(source);
  return name ? "" : name.why();
}

} // namespace

TEST_CASE("the first line of a library has its name", "[function]") {
  CHECK(library_name_of("#!lua name=a\nreturn") == "a");
  CHECK(library_name_of("#!lua name=my_lib_1\n") == "my_lib_1");
  CHECK(library_name_of("#!LUA NAME=Mine\n") == "Mine");
  CHECK(library_name_of("#!lua   \"name=a\"  \n") == "a");
}

TEST_CASE("a first line of a library that makes no sense is refused", "[function]") {
  constexpr auto bad_name = "Library names can only contain letters, numbers, or underscores(_) "
                            "and must be at least one character long";
  CHECK(library_fault_of("") == "Missing library metadata");
  CHECK(library_fault_of("return 1") == "Missing library metadata");
  CHECK(library_fault_of("\n#!lua name=a\n") == "Missing library metadata");
  CHECK(library_fault_of("#!lua name=a") == "Invalid library metadata");
  CHECK(library_fault_of("#!lua name=\"a\n") == "Invalid library metadata");
  CHECK(library_fault_of("#!lua\n") == "Library name was not given");
  CHECK(library_fault_of("#!lua name=\n") == bad_name);
  CHECK(library_fault_of("#!lua name=a-b\n") == bad_name);
  CHECK(library_fault_of("#!lua name=\xc3\xa4\n") == bad_name);
  CHECK(library_fault_of("#!lua name=a name=a\n")
        == "Invalid metadata value, name argument was given multiple times");
  CHECK(library_fault_of("#!lua name=a x=b\n") == "Invalid metadata value given: x=b");
  CHECK(library_fault_of("#!js name=a\n") == "Engine 'js' not found");
  CHECK(library_fault_of("#! name=a\n") == "Engine '' not found");
}
