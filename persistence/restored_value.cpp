#include "persistence/restored_value.hpp"

#include "keyspace/object.hpp"

#include <type_traits>

namespace thespis::persistence {

bool restored_value::is_empty_collection() const noexcept {
  return std::visit(
    [](const auto& content) {
      using content_type = std::decay_t<decltype(content)>;
      return !std::is_same_v<
               content_type,
               std::string> && !std::is_same_v<content_type, types::stream> && content.size() == 0;
    },
    content_);
}

void restored_value::put(keyspace::database& in, keyspace::database::slot& at) && {
  std::visit(
    [&](auto& content) {
      using content_type = std::decay_t<decltype(content)>;
      if constexpr (std::is_same_v<content_type, std::string>) {
        in.set_string(at, content);
      } else {
        auto* const word = content.release();
        try {
          in.set_object(at, keyspace::type_of<content_type>, word);
        } catch (...) {
          content_type::adopt(word);
          throw;
        }
      }
    },
    content_);
}

} // namespace thespis::persistence
