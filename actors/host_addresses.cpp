#include "actors/host_addresses.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <memory>

namespace thespis::actors {

namespace {

using address_list = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

/// As a listening socket needs it.
int look_up(const std::string& name, int flags, addrinfo*& found) {
  addrinfo hints{};
  // As in Redis: a name stands for what it is in IPv4.
  hints.ai_family = name.find(':') == std::string::npos ? AF_INET : AF_INET6;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | flags;
  return ::getaddrinfo(name.c_str(), nullptr, &hints, &found);
}

host_addresses::answer find_one(const std::string& name) {
  addrinfo* found = nullptr;
  if (const auto error = look_up(name, 0, found); error != 0)
    return {{}, error};
  const address_list list{found, &::freeaddrinfo};
  std::array<char, NI_MAXHOST> digits{};
  const auto error = ::getnameinfo(list->ai_addr, list->ai_addrlen, digits.data(), digits.size(),
                                   nullptr, 0, NI_NUMERICHOST);
  return {digits.data(), error};
}

} // namespace

bool host_addresses::is_name(const std::string& address) {
  if (address == "*" || address == "::*")
    return false;
  addrinfo* found = nullptr;
  if (look_up(address, AI_NUMERICHOST, found) != 0)
    return true;
  ::freeaddrinfo(found);
  return false;
}

void host_addresses::find_all() {
  for (auto& [name, found] : answers_)
    found = find_one(name);
}

} // namespace thespis::actors
