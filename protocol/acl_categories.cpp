#include "protocol/acl_categories.hpp"

#include "base/ascii.hpp"

namespace thespis::protocol {

static_assert(acl_scripting == 1u << (acl_category_names.size() - 1));

std::uint32_t find_acl_category(std::string_view name) noexcept {
  for (std::size_t i = 0; i < acl_category_names.size(); ++i)
    if (base::equals_nocase(name, acl_category_names[i]))
      return 1u << i;
  return 0;
}

} // namespace thespis::protocol
