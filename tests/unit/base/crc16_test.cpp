#include "base/crc16.hpp"

#include <catch2/catch.hpp>

using namespace thespis::base;

TEST_CASE("CRC16 has the check value of XMODEM", "[crc16]") {
  CHECK(crc16("123456789") == 0x31c3);
  CHECK(crc16("") == 0);
  CHECK(crc16("foo") % 16384 == 12182);
}
