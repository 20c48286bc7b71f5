#include "persistence/entry_attributes.hpp"

#include "base/time_units.hpp"
#include "persistence/byte_order.hpp"
#include "persistence/reading.hpp"

namespace thespis::persistence {

entry_attributes read_entry_attributes(rdb_reader& in, std::uint8_t first, std::uint16_t version) {
  entry_attributes out;
  for (auto code = first;; code = need(in.byte()))
    switch (rdb_opcode{code}) {
      case rdb_opcode::expire_ms:
        out.expire_at_ms = static_cast<std::int64_t>(need(in.word()));
        break;
      case rdb_opcode::expire_seconds:
        out.expire_at_ms = signed_little_endian(need(in.bytes(4))) * base::ms_per_s;
        break;
      case rdb_opcode::idle:
        out.idle_seconds = need(in.length());
        break;
      case rdb_opcode::freq:
        out.frequency = need(in.byte());
        break;
      default:
        out.type = rdb_type_of(code, version);
        return out;
    }
}

} // namespace thespis::persistence
