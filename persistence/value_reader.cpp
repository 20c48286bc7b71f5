#include "persistence/value_reader.hpp"

#include "persistence/hash_reader.hpp"
#include "persistence/list_reader.hpp"
#include "persistence/reading.hpp"
#include "persistence/set_reader.hpp"
#include "persistence/stream_reader.hpp"
#include "persistence/zset_reader.hpp"

namespace thespis::persistence {

namespace {

restored_value read(rdb_reader& in, rdb_type type, const value_context& with) {
  switch (type) {
    case rdb_type::string:
      return need(in.string());
    case rdb_type::list:
    case rdb_type::list_ziplist:
    case rdb_type::list_quicklist:
    case rdb_type::list_quicklist_2:
      return read_list(in, type, with);
    case rdb_type::set:
    case rdb_type::set_intset:
    case rdb_type::set_listpack:
      return read_set(in, type, with);
    case rdb_type::zset:
    case rdb_type::zset_binary_scores:
    case rdb_type::zset_ziplist:
    case rdb_type::zset_listpack:
      return read_zset(in, type, with);
    case rdb_type::hash:
    case rdb_type::hash_zipmap:
    case rdb_type::hash_ziplist:
    case rdb_type::hash_listpack:
    case rdb_type::hash_expiry_candidate:
    case rdb_type::hash_listpack_expiry_candidate:
    case rdb_type::hash_expiry:
    case rdb_type::hash_listpack_expiry:
    case rdb_type::valkey_hash_expiry:
      return read_hash(in, type, with);
    case rdb_type::stream:
    case rdb_type::stream_2:
    case rdb_type::stream_3:
      return read_stream(in, type, with);
    case rdb_type::module_old:
    case rdb_type::module:
      throw broken_value{"a value of a module"};
  }
  throw broken_value{"an unknown type"};
}

} // namespace

base::result<restored_value> read_value(rdb_reader& in, rdb_type type, const value_context& with) {
  try {
    auto value = read(in, type, with);
    if (value.is_empty_collection())
      return base::fault{"a collection without elements"};
    return value;
  } catch (const broken_value& broken) {
    return base::fault{broken.why};
  }
}

} // namespace thespis::persistence
