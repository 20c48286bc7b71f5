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

void restored_value::put(keyspace::database& in, keyspace::database::slot& at,
                         std::optional<std::int64_t> expire_at_ms) && {
  std::visit(
    [&](auto& content) {
      using content_type = std::decay_t<decltype(content)>;
      if constexpr (std::is_same_v<content_type, std::string>) {
        if (expire_at_ms)
          in.set_string_until(at, content, *expire_at_ms);
        else
          in.set_string(at, content);
      } else {
        constexpr auto type = keyspace::type_of<content_type>;
        auto* const word = content.release();
        try {
          if (expire_at_ms)
            in.set_object_until(at, type, word, *expire_at_ms);
          else
            in.set_object(at, type, word);
        } catch (...) {
          content_type::adopt(word);
          throw;
        }
      }
    },
    content_);
}

} // namespace thespis::persistence
