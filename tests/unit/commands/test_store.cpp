#include "tests/unit/commands/test_store.hpp"

#include "base/byte_buffer.hpp"
#include "base/number.hpp"
#include "commands/admission.hpp"
#include "commands/execute.hpp"
#include "commands/inner_requests.hpp"
#include "commands/rows.hpp"
#include "keyspace/object.hpp"
#include "keyspace/slots.hpp"
#include "protocol/key_finder.hpp"
#include "protocol/reply_merge.hpp"
#include "protocol/reply_writer.hpp"
#include "protocol/scan_cursor.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace thespis::tests {

using protocol::command_spec;
using protocol::way;

test_store::test_store(std::size_t shard_count, int protocol)
  : statistics_(
    std::make_unique<commands::command_statistics>(commands::all_commands().rows(), settings_)) {
  for (std::size_t i = 0; i < shard_count; ++i) {
    shards_.push_back(std::make_unique<keyspace::shard>(database_count, 1 + i, access_));
    shards_.back()->changes.set_sink(this);
  }
  connect(protocol);
  speak_as(0);
}

test_store::~test_store() = default;

std::size_t test_store::connect(int protocol) {
  auto& client = clients_.emplace_back();
  subscribers_.emplace_back();
  client.id = clients_.size();
  client.protocol = protocol;
  client.database_count = static_cast<int>(database_count);
  speaking_ = clients_.size() - 1;
  return speaking_;
}

void test_store::advance(std::chrono::microseconds by) {
  now_.us += by.count();
  now_.ms = now_.us / 1000;
}

resp_value test_store::run_words(const std::vector<std::string>& words) {
  const auto reply = wire_words(words);
  std::size_t consumed = 0;
  auto value = protocol::parse_resp_value(reply, consumed);
  if (!value || consumed != reply.size())
    throw std::logic_error("not one complete reply: " + reply);
  return *value;
}

std::string test_store::wire_words(const std::vector<std::string>& words) {
  const std::vector<std::string_view> request{words.begin(), words.end()};
  return dispatch(request);
}

// -- ways ---------------------------------------------------------------------------------------

std::string test_store::dispatch(protocol::arguments request) {
  const auto found = commands::all_commands().resolve(request);
  if (found.outcome != protocol::resolution::ok) {
    base::byte_buffer out;
    protocol::reply_writer reply{out, client().protocol};
    commands::reject_unresolved(found, request, reply, *statistics_);
    return std::string{out.view()};
  }
  const auto& spec = *found.spec;
  switch (spec.route) {
    case way::split:
      return split(spec, request);
    case way::everywhere:
      return everywhere(spec, request);
    case way::by_cursor:
      return by_cursor(spec, request);
    case way::borrow_all:
    case way::script:
      return run_on(all_shards(), spec, request);
    case way::session:
    case way::transaction:
    case way::administrator:
    case way::broker:
    case way::fan_out:
      return run_on({}, spec, request);
    case way::single:
    case way::borrow:
      return run_on(protocol::reads_unnamed_keys(spec, request) ? all_shards()
                                                                : shards_of_keys(spec, request),
                    spec, request);
  }
  return {};
}

commands::script_stage& test_store::stage() {
  if (!stage_)
    stage_ = std::make_unique<commands::script_stage>(scripts_, functions_, running_.of(0),
                                                      script_settings_, gates_);
  return *stage_;
}

std::string test_store::run_on(const std::vector<std::size_t>& indexes, const command_spec& spec,
                               protocol::arguments request, bool leads) {
  std::vector<keyspace::shard*> by_index(shards_.size());
  std::vector<keyspace::shard*> touched;
  for (const auto index : indexes) {
    by_index[index] = shards_[index].get();
    touched.push_back(shards_[index].get());
  }
  const auto keys = touched.size() == 1 ? keyspace::shard_map{*touched.front()}
                                        : keyspace::shard_map{std::move(by_index)};
  base::byte_buffer out;
  protocol::reply_writer reply{out, client().protocol};
  keyspace::command_context ctx{reply, client(), keys, now_};
  if (spec.route == way::administrator)
    ctx.server = server;
  ctx.exchange = &exchange_;
  ctx.subscriptions = &subscriptions_;
  ctx.subscriber = &subscribers_[speaking_];
  ctx.share.leads = leads;
  commands::inner_requests inner{*statistics_, touched};
  if (spec.route != way::administrator)
    ctx.inner = &inner;
  if (spec.route == way::script || (spec.acl & protocol::acl_scripting) != 0)
    ctx.scripts = &stage();
  statistics_->start();
  ctx.may_move = true;
  commands::execute(ctx, spec, request, *statistics_, touched);
  if (ctx.moves) {
    if (!out.view().empty())
      throw std::logic_error("a request moved with a part of its reply");
    ++moved_;
    ctx.moves = ctx.may_move = false;
    ctx.has_moved = true;
    commands::execute(ctx, spec, request, *statistics_, touched);
  }
  auto changes = subscriptions_.take_changes();
  exchange_.follow(0, changes);
  exchange_.take(
    [this](auto, const auto& messages, auto known) { subscriptions_.deliver(messages, known); });
  return std::string{out.view()};
}

std::string test_store::split(const command_spec& spec, protocol::arguments request) {
  const auto touched = shards_of_keys(spec, request);
  const auto& keys = spec.keys.front();
  const auto first = static_cast<std::size_t>(keys.position);
  const auto step = static_cast<std::size_t>(keys.step);
  // A last key without its value: whoever runs it refuses the whole.
  if (touched.size() == 1 || (request.size() - first) % step != 0)
    return run_on(touched, spec, request);
  std::map<std::size_t, views> shares;
  std::vector<std::uint32_t> order;
  for (const auto index : touched)
    shares[index].assign(request.begin(), request.begin() + keys.position);
  for (auto i = first; i < request.size(); i += step) {
    const auto home = shares.find(index_of(request[i]));
    home->second.insert(home->second.end(), &request[i], &request[i] + step);
    order.push_back(static_cast<std::uint32_t>(std::distance(shares.begin(), home)));
  }
  std::vector<std::string> replies;
  for (const auto& [index, share] : shares)
    replies.push_back(run_on({index}, spec, share, replies.empty()));
  const views encoded{replies.begin(), replies.end()};
  base::byte_buffer out;
  protocol::merge_replies(spec.replies, (spec.flags & protocol::write) != 0, encoded, order, out);
  return std::string{out.view()};
}

std::string test_store::everywhere(const command_spec& spec, protocol::arguments request) {
  std::vector<std::string> replies;
  for (const auto index : all_shards())
    replies.push_back(run_on({index}, spec, request, index == 0));
  const views encoded{replies.begin(), replies.end()};
  base::byte_buffer out;
  protocol::merge_replies(spec.replies, (spec.flags & protocol::write) != 0, encoded, {}, out);
  return std::string{out.view()};
}

/// The client's cursor is one over all shards.
std::string test_store::by_cursor(const command_spec& spec, protocol::arguments request) {
  const auto cursor = base::parse_uint64(request[1]);
  if (!cursor)
    return run_on({0}, spec, request);
  const auto count = shards_.size();
  const auto index = static_cast<std::size_t>(*cursor % count);
  const auto own_cursor = std::to_string(*cursor / count);
  views own{request.begin(), request.end()};
  own[1] = own_cursor;
  const auto reply = run_on({index}, spec, own);
  base::byte_buffer out;
  protocol::globalize_cursor(reply, index, count, out);
  return std::string{out.view()};
}

// -- shards -------------------------------------------------------------------------------------

std::vector<std::size_t> test_store::all_shards() const {
  std::vector<std::size_t> out(shards_.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = i;
  return out;
}

std::size_t test_store::index_of(std::string_view key) const {
  return keyspace::partition_of_key(key, static_cast<unsigned>(shards_.size()));
}

keyspace::shard& test_store::home(std::string_view key) {
  return *shards_[index_of(key)];
}

/// Shard 0 where a request has no keys: then its handler has an error to reply.
std::vector<std::size_t> test_store::shards_of_keys(const command_spec& spec,
                                                    protocol::arguments request) const {
  protocol::found_keys keys;
  if (!protocol::find_keys(spec, request, keys))
    return {0};
  std::vector<std::size_t> out;
  for (const auto& key : keys)
    out.push_back(index_of(request[key.index]));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

namespace {

void destroy_nothing(void*) noexcept {
}
void* copy_nothing(const void*) {
  return nullptr;
}
std::size_t measure_nothing(const void*) noexcept {
  return 0;
}
std::string_view name_nothing(const void*) noexcept {
  return "nothing";
}

} // namespace

void test_store::plant(std::string_view key, keyspace::value_type type) {
  if (keyspace::built_in_object_types().by_type[static_cast<std::size_t>(type)].destroy == nullptr)
    keyspace::register_object_type(type, {.destroy = destroy_nothing,
                                          .copy = copy_nothing,
                                          .memory_bytes = measure_nothing,
                                          .encoding_name = name_nothing});
  auto& database = db(key, client().database);
  auto at = database.find(key);
  database.set_object(at, type, nullptr);
}

// -- effects ------------------------------------------------------------------------------------

void test_store::on_effect(const keyspace::effect& what) {
  // A read that found nothing has changed nothing.
  if (what.cls == keyspace::event_class::key_miss)
    return;
  effects_.push_back({what.cls, std::string{what.event}, what.database, std::string{what.key}});
}

void test_store::on_replay(int database, protocol::arguments command) {
  std::string text = database == 0 ? "" : '@' + std::to_string(database) + ' ';
  for (const auto& word : command) {
    if (&word != command.data())
      text += ' ';
    text += word;
  }
  replays_.push_back(std::move(text));
}

std::vector<std::string> test_store::events() const {
  std::vector<std::string> out;
  for (const auto& each : effects_) {
    auto& text = out.emplace_back(each.event + ' ' + each.key);
    if (each.database != 0)
      text += '@' + std::to_string(each.database);
  }
  return out;
}

} // namespace thespis::tests
