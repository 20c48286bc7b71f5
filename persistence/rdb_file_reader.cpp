#include "persistence/rdb_file_reader.hpp"

#include "persistence/crc64.hpp"
#include "persistence/entry_attributes.hpp"
#include "persistence/reading.hpp"
#include "persistence/value_skipper.hpp"

#include <fmt/format.h>

namespace thespis::persistence {

namespace {

/// Digits of the version follow: four, three.
constexpr std::string_view magic = "REDIS";
constexpr std::string_view magic_of_valkey = "VALKEY";
constexpr std::size_t head_bytes = 9;
constexpr const char* ends_too_early = "it ends too early";
/// Files of older versions end without one.
constexpr std::uint16_t first_version_with_checksum = 5;

} // namespace

base::result<file_item> rdb_file_reader::next() {
  for (;;) {
    rdb_reader in{in_.bytes(), in_.bytes_beyond()};
    try {
      const auto begins = in_.offset();
      auto item = read_item(in);
      item.offset = begins;
      in_.pass(in.offset());
      if (item.what != file_item::kind::other)
        return item;
      continue;
    } catch (const broken_value& broken) {
      if (in.lacks() == rdb_reader::shortage::none)
        return this->broken(broken.why, in_.offset() + in.offset());
      if (in.lacks() == rdb_reader::shortage::of_bytes)
        return this->broken(ends_too_early, in_.offset() + in.offset());
    }
    const auto more = in_.read_more();
    if (!more)
      return base::fault{more.why()};
    if (!*more)
      return broken(ends_too_early, in_.offset() + in_.bytes().size());
  }
}

base::fault rdb_file_reader::broken(std::string_view why, std::uint64_t at) const {
  return {fmt::format("{}: {} at offset {}", in_.source().name(), why, at)};
}

file_item rdb_file_reader::read_item(rdb_reader& in) {
  // An item by itself: who has read it does not come back, however little of the file is there.
  if (version_ == 0) {
    read_head(in);
    return {};
  }
  const auto begin = in.offset();
  const auto code = need(in.byte());
  switch (rdb_opcode{code}) {
    case rdb_opcode::select_db:
      select(in);
      return {};
    case rdb_opcode::resize_db:
      need(in.length());
      need(in.length());
      return {};
    case rdb_opcode::slot_info:
      for (int i = 0; i < 3; ++i)
        need(in.length());
      return {};
    case rdb_opcode::aux:
      return read_aux(in);
    case rdb_opcode::function:
      return {.what = file_item::kind::function, .source = need(in.string(source_scratch_))};
    case rdb_opcode::function_candidate:
      throw broken_value{"a function of a release candidate of Redis 7.0"};
    case rdb_opcode::module_aux:
      throw broken_value{"data of a module"};
    case rdb_opcode::end:
      return read_end(in);
    default:
      return read_entry(in, begin, code);
  }
}

void rdb_file_reader::read_head(rdb_reader& in) {
  const auto head = need(in.bytes(head_bytes));
  const bool is_valkey = head.starts_with(magic_of_valkey);
  check(is_valkey || head.starts_with(magic), "it is no RDB file");
  std::uint16_t version = 0;
  for (const char c : head.substr((is_valkey ? magic_of_valkey : magic).size())) {
    check(c >= '0' && c <= '9', "it is no RDB file");
    version = static_cast<std::uint16_t>(version * 10 + (c - '0'));
  }
  check(is_valkey ? version == rdb_version_valkey : version >= 1 && version <= rdb_version_max,
        "a version of the format that is not known");
  version_ = version;
}

void rdb_file_reader::select(rdb_reader& in) {
  const auto number = need(in.length());
  check(number < static_cast<std::uint64_t>(databases_), "a database that does not exist");
  database_ = static_cast<int>(number);
}

file_item rdb_file_reader::read_aux(rdb_reader& in) {
  const auto name = need(in.string(key_scratch_), "a broken aux field");
  const auto value = need(in.string(source_scratch_), "a broken aux field");
  return {.what = file_item::kind::aux, .key = name, .source = value};
}

/// `begin`: where its first byte is, `code`, which has been read.
file_item rdb_file_reader::read_entry(rdb_reader& in, std::size_t begin, std::uint8_t code) {
  const auto type = read_entry_attributes(in, code, version_).type;
  const auto key = need(in.string(key_scratch_));
  check(skip_value(in, type), "a broken value");
  return {.what = file_item::kind::entry,
          .record = in_.bytes().substr(begin, in.offset() - begin),
          .key = key,
          .database = database_,
          .version = version_};
}

file_item rdb_file_reader::read_end(rdb_reader& in) {
  if (version_ >= first_version_with_checksum) {
    const auto covered = in_.bytes().substr(0, in.offset());
    const auto said = need(in.word());
    verified_ = verify_ && said != 0;
    check(!verified_ || said == crc64(covered, in_.checksum()), "a wrong checksum");
  }
  return {.what = file_item::kind::end};
}

} // namespace thespis::persistence
