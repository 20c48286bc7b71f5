#pragma once

/// A host for tests: a handful of commands over a map of strings, and knobs for what it says when
/// it is asked.

#include "base/byte_buffer.hpp"
#include "protocol/reply_writer.hpp"
#include "scripting/engine.hpp"
#include "scripting/host.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thespis::scripting {

class stub_host final : public host {
public:
  bool call(protocol::arguments words, int protocol, base::byte_buffer& reply) override {
    if (refusals > 0 && words[0] == "publish") {
      --refusals;
      return false;
    }
    ++calls;
    last_words.assign(words.begin(), words.end());
    protocol::reply_writer writer{reply, protocol};
    if (words[0] == "raw" && words.size() == 2)
      reply.append(words[1]);
    else
      run(words, writer);
    return true;
  }

  verdict breathe() override {
    ++breaths;
    if (kill_at != 0 && breaths >= kill_at)
      return verdict::end;
    return leave_always ? verdict::leave : verdict::go_on;
  }

  void log(int level, std::string_view text) override {
    logged.emplace_back(level, text);
  }

  std::optional<bool> may_call(protocol::arguments words) override {
    if (words[0] == "get")
      return true;
    if (words[0] == "set")
      return false;
    return std::nullopt;
  }

  void set_replication(int flags) override {
    replication_flags = flags;
  }

  std::map<std::string, std::string, std::less<>> strings;
  std::vector<std::string> last_words;
  std::vector<std::pair<int, std::string>> logged;
  int calls = 0;
  int replication_flags = repl_all;
  /// How often PUBLISH cannot be run here.
  int refusals = 0;
  int breaths = 0;
  /// From this breath on the script is to end; 0: never.
  int kill_at = 0;
  bool leave_always = false;

private:
  void run(protocol::arguments words, protocol::reply_writer& writer) {
    if (words[0] == "set" && words.size() == 3) {
      strings[std::string{words[1]}] = words[2];
      writer.ok();
    } else if (words[0] == "get" && words.size() == 2) {
      const auto found = strings.find(words[1]);
      writer.bulk_or_null(found == strings.end() ? nullptr : &found->second);
    } else if (words[0] == "publish") {
      writer.integer(7);
    } else if (words[0] == "fail") {
      writer.error("WRONGTYPE Operation against a key holding the wrong kind of value");
    } else {
      writer.error("ERR Unknown Redis command called from script");
    }
  }
};

/// An engine, its host, and the bytes of the last reply.
struct playground {
  engine lua;
  stub_host server;
  base::byte_buffer out;

  /// Runs to the end, whatever it takes, and returns the reply.
  std::string eval(std::string_view source, std::vector<std::string_view> keys = {},
                   std::vector<std::string_view> args = {}, int protocol = 2) {
    out.clear();
    protocol::reply_writer reply{out, protocol};
    auto outcome = lua.run(make_script(source), keys, args, server, reply);
    while (outcome == engine::outcome::suspended) {
      ++suspensions;
      outcome = lua.resume(server, reply);
    }
    return std::string{out.view()};
  }

  int suspensions = 0;
};

} // namespace thespis::scripting
