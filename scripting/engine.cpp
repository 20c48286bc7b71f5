#include "scripting/engine.hpp"

#include "base/ensure.hpp"
#include "scripting/interpreter.hpp"
#include "scripting/loaded_libraries.hpp"
#include "scripting/loading.hpp"
#include "scripting/lua_to_reply.hpp"

#include <algorithm>
#include <functional>
#include <new>
#include <unordered_map>
#include <utility>

#include <lua.hpp>

namespace thespis::scripting {

namespace {

/// SHA-1 spreads well: eight of its digits are a hash.
struct hash_of_sha {
  using is_transparent = void;
  std::size_t operator()(std::string_view sha) const noexcept {
    std::uint64_t digits = 0;
    sha.copy(reinterpret_cast<char*>(&digits), sizeof digits);
    return static_cast<std::size_t>(digits * 0x9e37'79b9'7f4a'7c15ULL >> 8);
  }
};

constexpr const char* script_name = "@user_script";
/// So much may be in use when a run ends, garbage included …
constexpr std::size_t idle_bytes_max = std::size_t{8} << 20;
/// … or so many times what was left by the last collection: what is kept (compiled scripts) may be
/// much, and is walked by each.
constexpr std::size_t idle_factor_max = 2;

/// A shebang is not Lua; its line break stays, for the numbers of lines.
std::string_view without_shebang(std::string_view source) noexcept {
  if (source.substr(0, 2) != "#!")
    return source;
  const auto end = source.find('\n');
  return end == std::string_view::npos ? std::string_view{} : source.substr(end);
}

struct compilation {
  std::string_view source;
  int reference = LUA_NOREF;
  bool uses_arguments = true;
};

/// In a protected call: compiles and keeps the function, or raises the compiler's text.
int compile_body(lua_State* lua) {
  auto& what = *static_cast<compilation*>(lua_touserdata(lua, 1));
  if (!compile_text(lua, without_shebang(what.source), script_name, text_kind::script,
                    &what.uses_arguments))
    return lua_error(lua);
  what.reference = luaL_ref(lua, LUA_REGISTRYINDEX);
  return 0;
}

int collect_garbage(lua_State* lua) {
  lua_gc(lua, LUA_GCCOLLECT, 0);
  return 0;
}

std::string_view text_at(lua_State* lua, int index) noexcept {
  std::size_t size = 0;
  const char* bytes = lua_type(lua, index) == LUA_TSTRING ? lua_tolstring(lua, index, &size)
                                                          : nullptr;
  return {bytes, size};
}

} // namespace

class engine::implementation {
public:
  outcome run(const script& what, protocol::arguments keys, protocol::arguments args, host& server,
              protocol::reply_writer& reply);
  outcome resume(host& server, protocol::reply_writer& reply);
  void abandon() noexcept;
  std::optional<std::string> compile(const script& what);
  void forget_all();
  void forget(std::string_view sha);
  std::optional<std::string> load(const library& what, host& server, flag_reader flag_named,
                                  std::vector<library_function>& functions);
  outcome call(const library& what, std::size_t function, protocol::arguments keys,
               protocol::arguments args, host& server, protocol::reply_writer& reply);

  bool is_suspended = false;
  std::size_t script_bytes_max = default_script_bytes_max;
  interpreter lua;
  loaded_libraries libraries{lua};

private:
  struct compiled_script {
    int reference;
    bool uses_arguments;
  };

  const compiled_script* find_or_compile(const script& what, std::string& error);
  bool prepare(protocol::arguments keys, protocol::arguments args);
  outcome go_on(int arguments, host& server, protocol::reply_writer& reply);
  void reply_result(protocol::reply_writer& reply);
  void reply_kill(protocol::reply_writer& reply);
  void reply_error(int status, protocol::reply_writer& reply);
  std::string with_place(std::string_view text) const;
  void end_run() noexcept;
  void drop_thread() noexcept;

  std::unordered_map<std::string, compiled_script, hash_of_sha, std::equal_to<>> compiled_;
  /// Of the run in progress: how errors name it.
  std::string name_;
  std::size_t collected_above_ = idle_bytes_max;
  unsigned runs_since_collection_ = 0;
};

// -- compiling ------------------------------------------------------------------------------------

const engine::implementation::compiled_script* engine::implementation::find_or_compile(
  const script& what, std::string& error) {
  if (const auto found = compiled_.find(std::string_view{what.sha}); found != compiled_.end())
    return &found->second;
  compilation made{what.source};
  auto& place = compiled_[what.sha];
  if (lua_cpcall(lua.main, compile_body, &made) == 0) {
    place = {made.reference, made.uses_arguments};
    return &place;
  }
  compiled_.erase(what.sha);
  error = "ERR Error compiling script (new function): ";
  error += text_at(lua.main, -1);
  lua_settop(lua.main, slot_count);
  return nullptr;
}

std::optional<std::string> engine::implementation::compile(const script& what) {
  std::string error;
  lua.memory.set_limit(lua.memory.used() + script_bytes_max);
  const auto* place = find_or_compile(what, error);
  lua.memory.set_limit(memory_budget::unlimited);
  if (place != nullptr)
    return std::nullopt;
  return error;
}

void engine::implementation::forget_all() {
  for (const auto& [sha, made] : compiled_)
    luaL_unref(lua.main, LUA_REGISTRYINDEX, made.reference);
  compiled_.clear();
  lua_cpcall(lua.main, collect_garbage, nullptr);
  lua_settop(lua.main, slot_count);
}

void engine::implementation::forget(std::string_view sha) {
  if (const auto found = compiled_.find(sha); found != compiled_.end()) {
    luaL_unref(lua.main, LUA_REGISTRYINDEX, found->second.reference);
    compiled_.erase(found);
  }
}

// -- running --------------------------------------------------------------------------------------

engine::outcome engine::implementation::run(const script& what, protocol::arguments keys,
                                            protocol::arguments args, host& server,
                                            protocol::reply_writer& reply) {
  THESPIS_ENSURE(!is_suspended);
  lua.memory.set_limit(lua.memory.used() + script_bytes_max);
  std::string error;
  const auto* function = find_or_compile(what, error);
  // Nobody sees the KEYS and ARGV that are left of the last run.
  const bool is_ready = function != nullptr
                        && ((!function->uses_arguments && lua.thread != nullptr)
                            || prepare(keys, args));
  if (!is_ready) {
    end_run();
    reply.error(function == nullptr ? error : "ERR not enough memory");
    return outcome::done;
  }
  name_ = what.sha;
  lua.protocol = 2;
  lua.place.clear();
  lua.random.begin_run();
  lua_pushvalue(lua.main, slot_start);
  lua_rawgeti(lua.main, LUA_REGISTRYINDEX, function->reference);
  lua_xmove(lua.main, lua.thread, 2);
  return go_on(1, server, reply);
}

std::optional<std::string> engine::implementation::load(const library& what, host& server,
                                                        flag_reader flag_named,
                                                        std::vector<library_function>& functions) {
  THESPIS_ENSURE(!is_suspended);
  lua.memory.set_limit(lua.memory.used() + script_bytes_max);
  try {
    auto error = libraries.load(what, server, flag_named, functions);
    end_run();
    return error;
  } catch (const std::bad_alloc&) {
    end_run();
    throw;
  }
}

engine::outcome engine::implementation::call(const library& what, std::size_t function,
                                             protocol::arguments keys, protocol::arguments args,
                                             host& server, protocol::reply_writer& reply) {
  THESPIS_ENSURE(!is_suspended);
  name_ = what.functions[function].name;
  lua.memory.set_limit(lua.memory.used() + script_bytes_max);
  lua.is_function = true;
  lua.keys = keys;
  lua.args = args;
  lua.protocol = 2;
  lua.place.clear();
  lua_pushvalue(lua.main, slot_start);
  libraries.push(what.id, function);
  lua_pushvalue(lua.main, slot_prepare);
  if (lua_pcall(lua.main, 0, 2, 0) != 0) {
    lua_settop(lua.main, slot_count);
    end_run();
    reply.error("ERR not enough memory");
    return outcome::done;
  }
  lua_xmove(lua.main, lua.thread, 4);
  return go_on(3, server, reply);
}

engine::outcome engine::implementation::resume(host& server, protocol::reply_writer& reply) {
  THESPIS_ENSURE(is_suspended);
  return go_on(0, server, reply);
}

bool engine::implementation::prepare(protocol::arguments keys, protocol::arguments args) {
  lua.keys = keys;
  lua.args = args;
  lua_pushvalue(lua.main, slot_prepare);
  const bool is_ready = lua_pcall(lua.main, 0, 0, 0) == 0;
  lua_settop(lua.main, slot_count);
  return is_ready;
}

engine::outcome engine::implementation::go_on(int arguments, host& server,
                                              protocol::reply_writer& reply) {
  is_suspended = false;
  lua.server = &server;
  lua.leaving = false;
  lua.waiting = false;
  const int status = lua_resume(lua.thread, arguments);
  lua.server = nullptr;
  if (status == LUA_YIELD && !lua.killed) {
    is_suspended = true;
    return outcome::suspended;
  }
  lua.memory.set_limit(memory_budget::unlimited);
  try {
    if (lua.killed)
      reply_kill(reply);
    else if (status != 0 || lua_toboolean(lua.thread, 1) == 0)
      reply_error(status, reply);
    else
      reply_result(reply);
  } catch (...) {
    lua_settop(lua.main, slot_count);
    drop_thread();
    end_run();
    throw;
  }
  end_run();
  return outcome::done;
}

void engine::implementation::reply_result(protocol::reply_writer& reply) {
  auto* const thread = lua.thread;
  lua_settop(thread, 2);
  switch (lua_type(thread, 2)) {
    case LUA_TSTRING:
      reply.bulk(text_at(thread, 2));
      break;
    case LUA_TNUMBER:
      reply.integer(to_integer(lua_tonumber(thread, 2)));
      break;
    case LUA_TNIL:
      reply.null();
      break;
    default:
      lua.reply = &reply;
      lua_pushvalue(lua.main, slot_convert);
      lua_xmove(lua.main, thread, 1);
      lua_replace(thread, 1);
      if (lua_pcall(thread, 1, 0, 0) != 0)
        lua.out_of_memory = true;
      if (std::exchange(lua.out_of_memory, false))
        throw std::bad_alloc{};
  }
  lua_settop(thread, 0);
}

// -- errors ---------------------------------------------------------------------------------------

void engine::implementation::reply_kill(protocol::reply_writer& reply) {
  drop_thread();
  reply.error(with_place(lua.is_function ? "ERR Script killed by user with FUNCTION KILL."
                                         : "ERR Script killed by user with SCRIPT KILL."));
}

void engine::implementation::reply_error(int status, protocol::reply_writer& reply) {
  std::string text{"ERR not enough memory"};
  bool is_counted_already = false;
  lua_pushvalue(lua.main, slot_describe);
  lua_xmove(lua.thread, lua.main, 1);
  if (status != LUA_ERRMEM && lua_pcall(lua.main, 1, 2, 0) == 0) {
    text = text_at(lua.main, -2);
    is_counted_already = lua_toboolean(lua.main, -1) != 0;
  }
  lua_settop(lua.main, slot_count);
  if (status == 0)
    lua_settop(lua.thread, 0);
  else
    drop_thread();
  if (is_counted_already)
    reply.wanted_error(with_place(text));
  else
    reply.error(with_place(text));
}

std::string engine::implementation::with_place(std::string_view text) const {
  std::string whole{text};
  if (!lua.place.empty())
    whole.append(" script: ").append(name_).append(lua.place);
  return whole;
}

void engine::implementation::drop_thread() noexcept {
  lua.thread = nullptr;
}

void engine::implementation::end_run() noexcept {
  lua.memory.set_limit(memory_budget::unlimited);
  lua.server = nullptr;
  lua.is_function = false;
  lua.keys = {};
  lua.args = {};
  if (std::exchange(lua.killed, false))
    lua.reset_hook();
  if (lua.memory.used() > collected_above_) {
    lua_cpcall(lua.main, collect_garbage, nullptr);
    lua_settop(lua.main, slot_count);
    collected_above_ = std::max(idle_bytes_max, idle_factor_max * lua.memory.used());
  }
}

void engine::implementation::abandon() noexcept {
  if (!is_suspended)
    return;
  is_suspended = false;
  drop_thread();
  end_run();
}

// -- the face -------------------------------------------------------------------------------------

engine::engine() : self_(std::make_unique<implementation>()) {
}
engine::~engine() = default;
engine::engine(engine&&) noexcept = default;
engine& engine::operator=(engine&&) noexcept = default;

engine::outcome engine::run(const script& what, protocol::arguments keys, protocol::arguments args,
                            host& server, protocol::reply_writer& reply) {
  return self_->run(what, keys, args, server, reply);
}
engine::outcome engine::resume(host& server, protocol::reply_writer& reply) {
  return self_->resume(server, reply);
}
bool engine::is_suspended() const noexcept {
  return self_->is_suspended;
}
bool engine::is_running() const noexcept {
  return self_->lua.server != nullptr;
}
void engine::abandon() noexcept {
  self_->abandon();
}
std::optional<std::string> engine::compile(const script& what) {
  return self_->compile(what);
}
void engine::forget_all() {
  self_->forget_all();
}
void engine::forget(std::string_view sha) {
  self_->forget(sha);
}
std::optional<std::string> engine::load(const library& what, host& server, flag_reader flag_named,
                                        std::vector<library_function>& functions) {
  return self_->load(what, server, flag_named, functions);
}
bool engine::has_loaded(std::uint64_t library) const noexcept {
  return self_->libraries.has(library);
}
void engine::unload_all_but(const std::vector<std::uint64_t>& live) {
  self_->libraries.unload_if(
    [&](std::uint64_t id) { return !std::binary_search(live.begin(), live.end(), id); });
}
void engine::unload(std::uint64_t library) noexcept {
  self_->libraries.unload(library);
}
engine::outcome engine::call(const library& what, std::size_t function, protocol::arguments keys,
                             protocol::arguments args, host& server,
                             protocol::reply_writer& reply) {
  return self_->call(what, function, keys, args, server, reply);
}
void engine::set_script_bytes_max(std::size_t bytes) noexcept {
  self_->script_bytes_max = bytes;
}
std::size_t engine::memory() const noexcept {
  return self_->lua.memory.used();
}

} // namespace thespis::scripting
