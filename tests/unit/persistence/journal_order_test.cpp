#include "persistence/journal_order.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace thespis::persistence;
using partition_index = journal_order::partition_index;
using multicast_number = journal_order::multicast_number;

namespace {

journal_share share_of(const std::string& name) {
  journal_share share;
  const std::string_view words[] = {name};
  share.add(0, 0, words);
  return share;
}

/// The words of a share that was made like this.
std::vector<std::string> names_in(const journal_share& share) {
  std::vector<std::string> out;
  auto rest = share.bytes();
  while (!rest.empty()) {
    rest.remove_prefix(rest.find("\r\n") + 2);
    rest.remove_prefix(rest.find("\r\n") + 2);
    out.emplace_back(rest.substr(0, rest.find("\r\n")));
    rest.remove_prefix(out.back().size() + 2);
  }
  return out;
}

/// Everything that can leave, an entry in brackets if it is a multicast's.
std::string taken_from(journal_order& order) {
  std::string out;
  while (order.is_ready()) {
    const auto one = order.take();
    std::string names;
    for (const auto& share : one.shares)
      for (const auto& name : names_in(share))
        names += (names.empty() ? "" : " ") + name;
    out += (out.empty() ? "" : " ") + (one.multicast == 0 ? names : "[" + names + "]");
  }
  return out;
}

void expect(journal_order& order, multicast_number which, std::vector<partition_index> by) {
  order.expect(which, by, nullptr);
}

void meet(journal_order& order, multicast_number which, std::vector<partition_index> by,
          const std::string& name) {
  order.add_meeting(which, by, share_of(name));
}

} // namespace

TEST_CASE("the picture of the header", "[journal_order]") {
  journal_order order;
  expect(order, 7, {0, 1});
  order.add_share(0, 7, share_of("0"), true);
  order.add(0, share_of("a"));
  CHECK(taken_from(order).empty());
  order.add(1, share_of("b"));
  CHECK(taken_from(order) == "b");
  CHECK(order.left() == 0);
  order.add(2, share_of("c"));
  CHECK(taken_from(order).empty());
  order.add_share(1, 7, share_of("1"), true);
  CHECK(taken_from(order) == "[0 1] a c");
  CHECK(order.left() == 5);
  CHECK(order.arrivals() == 5);
}

TEST_CASE("what nobody has begun with holds up nobody", "[journal_order]") {
  journal_order order;
  CHECK(order.pass());
  expect(order, 1, {0, 1});
  CHECK_FALSE(order.pass());
  order.add(0, share_of("a"));
  order.add(2, share_of("b"));
  CHECK(taken_from(order) == "a b");
  CHECK(order.left() == 3);
  order.add_share(1, 1, {}, true);
  order.add(1, share_of("c"));
  CHECK(taken_from(order).empty());
  CHECK(order.left() == 3);
  order.add_share(0, 1, {}, true);
  CHECK(taken_from(order) == "[] c");
  CHECK(order.left() == 6);
}

TEST_CASE("a share comes in parts", "[journal_order]") {
  journal_order order;
  expect(order, 1, {0, 1});
  order.add_share(0, 1, share_of("a"), false);
  order.add_share(1, 1, share_of("b"), true);
  CHECK(taken_from(order).empty());
  order.add_share(0, 1, share_of("c"), true);
  CHECK(taken_from(order) == "[a b c]");
}

TEST_CASE("a meeting stands before the multicasts that came later", "[journal_order]") {
  journal_order order;
  expect(order, 1, {0, 1});
  expect(order, 3, {1, 2});
  order.add_share(0, 1, share_of("1a"), true);
  order.add_share(2, 3, share_of("3a"), true);
  order.add_share(1, 1, share_of("1b"), true);
  CHECK(taken_from(order) == "[1a 1b]");
  meet(order, 2, {0, 1}, "m");
  CHECK(taken_from(order) == "[m]");
  meet(order, 4, {0, 2}, "n");
  CHECK(taken_from(order).empty());
  order.add_share(1, 3, share_of("3b"), true);
  CHECK(taken_from(order) == "[3a 3b] [n]");
}

TEST_CASE("what one of them did before a meeting stands before it", "[journal_order]") {
  journal_order order;
  expect(order, 7, {1, 2});
  order.add_share(2, 7, share_of("7a"), true);
  order.add(3, share_of("behind"));
  order.add(0, share_of("before"));
  meet(order, 6, {0, 1}, "m");
  CHECK(taken_from(order) == "before [m]");
  order.add_share(1, 7, share_of("7b"), true);
  CHECK(taken_from(order) == "[7a 7b] behind");
}

TEST_CASE("a mark is where it was expected", "[journal_order]") {
  journal_order order;
  const auto mark = std::make_shared<const int>(1);
  order.expect(1, std::vector<partition_index>{0, 1}, mark);
  order.add_share(1, 1, {}, true);
  order.add(1, share_of("behind"));
  order.add(0, share_of("before"));
  CHECK(order.take().mark == nullptr);
  CHECK_FALSE(order.is_ready());
  order.add_share(0, 1, {}, true);
  CHECK(order.take().mark == mark);
  CHECK(taken_from(order) == "behind");
}

namespace {

/// Partitions with mailboxes, clients that ask them, and the journal that they tell: what can
/// happen next happens in an order by chance. What stands in the journal is compared with what was
/// done.
class simulation {
public:
  explicit simulation(std::uint64_t seed) : random_(seed) {
    partitions_.resize(2 + random_.below(4));
    clients_.resize(2 + random_.below(9));
  }

  void run() {
    for (int steps = 0; steps < 400; ++steps)
      random_.below(3) == 0 ? ask() : advance();
    while (!is_quiet())
      advance();
    emit();
    REQUIRE(order_.left() == order_.arrivals());
    check();
  }

private:
  enum class kind { write, read, multicast, meeting };

  /// What a client asks for. `sent_to`: of its partitions, so many.
  struct task {
    kind what;
    std::size_t client;
    std::vector<partition_index> by;
    multicast_number number = 0;
    std::size_t sent_to = 0;
    std::size_t left = 0;
    /// Records that its client may have seen before it asked.
    std::set<std::string> seen{};
    /// Parts of the share that each has told.
    std::map<partition_index, std::uint64_t> parts{};
  };
  struct partition {
    std::deque<std::shared_ptr<task>> mailbox;
    std::vector<std::string> done;
  };
  struct client {
    bool waits = false;
    std::set<std::string> seen;
  };

  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(random_.below(n));
  }

  /// A client that waits for nothing asks for something.
  void ask() {
    const auto who = below(clients_.size());
    if (std::exchange(clients_[who].waits, true))
      return;
    const auto what = static_cast<kind>(below(4));
    const auto one = std::make_shared<task>(task{.what = what, .client = who, .by = {}});
    one->seen = clients_[who].seen;
    for (partition_index i = 0; i < partitions_.size(); ++i)
      one->by.push_back(i);
    for (auto i = one->by.size(); i > 1; --i)
      std::swap(one->by[i - 1], one->by[below(i)]);
    const auto is_lone = what == kind::write || what == kind::read;
    one->by.resize(is_lone ? 1 : 2 + below(partitions_.size() - 1));
    one->left = what == kind::meeting ? 1 : one->by.size();
    if (is_lone)
      partitions_[one->by.front()].mailbox.push_back(one);
    else
      senders_.push_back(one);
  }

  bool is_quiet() const {
    return senders_.empty() && std::all_of(partitions_.begin(), partitions_.end(), [](auto& one) {
             return one.mailbox.empty();
           });
  }

  void advance() {
    const auto who = below(2 * partitions_.size());
    if (who >= partitions_.size())
      return send_on();
    if (below(30) == 0)
      asleep_ = below(partitions_.size() + 1);
    if (who == asleep_)
      return;
    run_one(static_cast<partition_index>(who));
    emit();
  }

  /// The first of the senders holds the lock.
  void send_on() {
    if (senders_.empty())
      return;
    auto& one = *senders_.front();
    if (one.sent_to < one.by.size()) {
      partitions_[one.by[one.sent_to++]].mailbox.push_back(senders_.front());
      return;
    }
    one.number = ++last_;
    if (one.what == kind::multicast)
      order_.expect(one.number, one.by, nullptr);
    senders_.pop_front();
  }

  void run_one(partition_index me) {
    auto& mailbox = partitions_[me].mailbox;
    if (mailbox.empty())
      return;
    const auto now = mailbox.front();
    const auto is_lone = now->what == kind::write || now->what == kind::read;
    if (!is_lone && now->number == 0)
      return;
    if (now->what == kind::meeting && !has_met(*now))
      return;
    switch (now->what) {
      case kind::read:
        break;
      case kind::write:
        tell(*now, me, {me});
        break;
      case kind::multicast:
        if (!tell_share(*now, me))
          return;
        break;
      case kind::meeting:
        for (auto tellings = below(3); tellings > 0; --tellings)
          tell(*now, me, now->by);
        for (const auto other : now->by)
          if (other != me)
            partitions_[other].mailbox.pop_front();
        break;
    }
    mailbox.pop_front();
    answer(*now, me);
  }

  bool has_met(const task& meeting) const {
    return std::all_of(meeting.by.begin(), meeting.by.end(), [&](partition_index one) {
      const auto& mailbox = partitions_[one].mailbox;
      return !mailbox.empty() && mailbox.front().get() == &meeting;
    });
  }

  std::string do_something(const task& what, const std::vector<partition_index>& where) {
    const auto name = "r" + std::to_string(++records_);
    seen_[name] = what.seen;
    for (const auto one : where)
      partitions_[one].done.push_back(name);
    return name;
  }

  /// As the journal takes it.
  void tell(const task& what, partition_index me, const std::vector<partition_index>& where) {
    const auto name = do_something(what, where);
    if (order_.pass())
      emitted_.push_back({name});
    else if (what.what == kind::meeting)
      order_.add_meeting(what.number, what.by, share_of(name));
    else
      order_.add(me, share_of(name));
    arrived_.push_back({name});
  }

  /// Returns whether that was all.
  bool tell_share(task& what, partition_index me) {
    const auto is_last = below(3) != 0;
    auto& arrived = arrived_.emplace_back();
    journal_share share;
    if (below(4) != 0) {
      const auto name = do_something(what, {me});
      whole_[name] = what.number;
      share = share_of(name);
      arrived.push_back(name);
    }
    order_.add_share(me, what.number, std::move(share), is_last);
    return is_last;
  }

  /// A client sees at least what it asked for; a reader everything that was done there.
  void answer(task& what, partition_index me) {
    auto& who = clients_[what.client];
    const auto& done = partitions_[me].done;
    who.seen.insert(done.begin(), done.end());
    if (what.what == kind::meeting)
      for (const auto other : what.by)
        who.seen.insert(partitions_[other].done.begin(), partitions_[other].done.end());
    if (--what.left == 0)
      who.waits = false;
  }

  void emit() {
    while (order_.is_ready()) {
      std::vector<std::string> names;
      for (const auto& share : order_.take().shares)
        for (const auto& name : names_in(share))
          names.push_back(name);
      emitted_.push_back(names);
    }
    std::set<std::string> out;
    for (const auto& names : emitted_)
      out.insert(names.begin(), names.end());
    for (std::size_t i = 0; i < order_.left(); ++i)
      for (const auto& name : arrived_[i])
        REQUIRE(out.count(name) == 1);
  }

  void check() {
    std::map<std::string, std::size_t> places;
    std::map<multicast_number, std::size_t> multicasts;
    for (std::size_t i = 0; i < emitted_.size(); ++i)
      for (const auto& name : emitted_[i]) {
        REQUIRE(places.emplace(name, i).second);
        if (const auto found = whole_.find(name); found != whole_.end())
          REQUIRE(multicasts.emplace(found->second, i).first->second == i);
      }
    REQUIRE(places.size() == records_);
    for (const auto& one : partitions_)
      for (std::size_t i = 1; i < one.done.size(); ++i) {
        INFO(one.done[i - 1] << " and then " << one.done[i]);
        REQUIRE(places[one.done[i - 1]] <= places[one.done[i]]);
      }
    for (const auto& [name, before] : seen_)
      for (const auto& other : before) {
        INFO(name << " by a client that had seen " << other);
        REQUIRE(places[other] < places[name]);
      }
  }

  thespis::base::random_bits random_;
  std::vector<partition> partitions_;
  std::vector<client> clients_;
  std::deque<std::shared_ptr<task>> senders_;
  /// The partition that does nothing at the moment, if there is one of that number.
  std::size_t asleep_ = 0;
  multicast_number last_ = 0;
  std::size_t records_ = 0;
  journal_order order_;
  std::vector<std::vector<std::string>> emitted_;
  /// What each arrival had.
  std::vector<std::vector<std::string>> arrived_;
  std::map<std::string, multicast_number> whole_;
  /// What the client of a record had seen before it asked for it.
  std::map<std::string, std::set<std::string>> seen_;
};

} // namespace

TEST_CASE("the order is one that partitions and clients can have seen", "[journal_order]") {
  const auto first = std::uint64_t{Catch::rngSeed()} << 20;
  for (auto seed = first; seed < first + 300; ++seed) {
    INFO("seed " << seed);
    simulation{seed}.run();
  }
}
