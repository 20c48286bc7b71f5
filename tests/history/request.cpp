#include "tests/history/request.hpp"

#include "tests/history/connection.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace thespis::history {

namespace {

using words = std::vector<std::string>;
using key_list = std::vector<std::int64_t>;

/// Seconds for which BLPOP and BLMOVE wait.
constexpr std::string_view block_seconds = "0.02";

/// Runs requests, each given as the number of its words and these. An error does not end it.
constexpr std::string_view script = "local replies, at = {}, 1 "
                                    "while at <= #ARGV do "
                                    "local last = at + tonumber(ARGV[at]) "
                                    "replies[#replies + 1] "
                                    "= redis.pcall(unpack(ARGV, at + 1, last)) "
                                    "at = last + 1 "
                                    "end "
                                    "return replies";

constexpr std::string_view names_of_verbs[] = {
  "SET",    "GET",    "GETDEL", "INCRBY", "MSET",     "MSETNX",      "MGET",        "DEL",
  "RENAME", "LPUSH",  "RPUSH",  "LPOP",   "RPOP",     "LLEN",        "LRANGE",      "BLPOP",
  "LMOVE",  "BLMOVE", "SADD",   "SREM",   "SMEMBERS", "SUNIONSTORE", "SINTERSTORE", "SDIFFSTORE"};

std::string end_of_list(std::int64_t right) {
  return right != 0 ? "RIGHT" : "LEFT";
}

/// What stands behind the keys.
void add_arguments(words& out, const call& what) {
  switch (what.what) {
    case verb::set:
      out.push_back(std::to_string(what.values[0]));
      // The second is the time to live.
      if (what.values.size() > 1)
        out.insert(out.end(), {"PX", std::to_string(what.values[1])});
      break;
    case verb::lrange:
      out.insert(out.end(), {"0", "-1"});
      break;
    case verb::blpop:
      out.emplace_back(block_seconds);
      break;
    case verb::lmove:
    case verb::blmove:
      out.insert(out.end(), {end_of_list(what.values[0]), end_of_list(what.values[1])});
      if (what.what == verb::blmove)
        out.emplace_back(block_seconds);
      break;
    default:
      for (const auto each : what.values)
        out.push_back(std::to_string(each));
  }
}

words words_of(const call& what, const key_list& names) {
  words out{std::string{names_of_verbs[static_cast<std::size_t>(what.what)]}};
  const auto is_pairs = what.what == verb::mset || what.what == verb::msetnx;
  for (std::size_t i = 0; i < what.keys.size(); ++i) {
    out.push_back(std::to_string(names[what.keys[i]]));
    if (is_pairs)
      out.push_back(std::to_string(what.values[i]));
  }
  if (!is_pairs)
    add_arguments(out, what);
  return out;
}

std::size_t encode_script(std::string& out, const request& what, const key_list& names) {
  words all{"EVAL", std::string{script}, std::to_string(names.size())};
  for (const auto each : names)
    all.push_back(std::to_string(each));
  for (const auto& each : what.calls) {
    const auto said = words_of(each, names);
    all.push_back(std::to_string(said.size()));
    all.insert(all.end(), said.begin(), said.end());
  }
  encode(out, all);
  return 1;
}

/// The reply as histories have it.
reply answer_to(const call& what, const reply& got, const key_list& names) {
  auto out = got;
  if (what.what == verb::smembers)
    std::sort(out.elements.begin(), out.elements.end(),
              [](const reply& a, const reply& b) { return a.number < b.number; });
  if (what.what == verb::blpop && !out.elements.empty()) {
    const auto at = std::find(names.begin(), names.end(), out.elements[0].number);
    out.elements[0] = key_reply(at - names.begin());
  }
  return out;
}

/// What is known of a key that was read when it is known not to have changed since.
void add_expectations(operation& out, const call& read) {
  const auto is_many = read.what == verb::mget;
  for (std::size_t i = 0; i < read.keys.size(); ++i) {
    const auto& answer = is_many ? read.answer.elements[i] : read.answer;
    call known{verb::expect, {read.keys[i]}};
    if (answer.what == reply::kind::text)
      known.values.push_back(answer.number);
    for (const auto& each : answer.elements)
      known.values.push_back(each.number);
    out.calls.push_back(std::move(known));
  }
}

} // namespace

std::size_t encode_watch(std::string& out, const request& what, const key_list& names) {
  if (what.watched.empty())
    return 0;
  words watch{"WATCH"};
  for (const auto& each : what.watched)
    for (const auto key : each.keys)
      watch.push_back(std::to_string(names[key]));
  encode(out, watch);
  for (const auto& each : what.watched)
    encode(out, words_of(each, names));
  return 1 + what.watched.size();
}

std::size_t encode_calls(std::string& out, const request& what, const key_list& names) {
  if (what.how == wrapping::script)
    return encode_script(out, what, names);
  if (what.how == wrapping::transaction)
    encode(out, {"MULTI"});
  for (const auto& each : what.calls)
    encode(out, words_of(each, names));
  if (what.how == wrapping::transaction)
    encode(out, {"EXEC"});
  return what.calls.size() + (what.how == wrapping::transaction ? 2 : 0);
}

bool decode_watch(request& what, std::span<const reply> replies) {
  if (replies.size() != what.watched.size() + 1 || replies.front() != ok_reply())
    return false;
  for (std::size_t i = 0; i < what.watched.size(); ++i) {
    auto& read = what.watched[i];
    read.answer = replies[i + 1];
    if (read.what == verb::mget && read.answer.elements.size() != read.keys.size())
      return false;
  }
  return true;
}

bool decode_calls(operation& out, const request& what, const key_list& names,
                  std::span<const reply> replies) {
  auto answers = replies;
  if (what.how == wrapping::transaction) {
    const auto queued = replies.subspan(1, replies.size() - 2);
    if (replies.front() != ok_reply()
        || std::any_of(queued.begin(), queued.end(),
                       [](const reply& each) { return each.what != reply::kind::queued; }))
      return false;
    out.refused = replies.back().what == reply::kind::null && !what.watched.empty();
  }
  if (what.how != wrapping::plain)
    answers = replies.back().elements;
  if (!out.refused && answers.size() != what.calls.size())
    return false;
  for (const auto& each : what.watched)
    add_expectations(out, each);
  for (std::size_t i = 0; i < what.calls.size(); ++i) {
    out.calls.push_back(what.calls[i]);
    if (!out.refused)
      out.calls.back().answer = answer_to(what.calls[i], answers[i], names);
  }
  return true;
}

} // namespace thespis::history
