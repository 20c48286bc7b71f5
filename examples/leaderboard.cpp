/// A leaderboard inside a program: a sorted set that ranks players by their points. Whatever their
/// number, every question is answered in microseconds.
///
///     leaderboard            a million players
///     leaderboard 5000       that many

#include <thespis/server/thespis.hpp>

#include <caf/all.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

namespace {

using words = std::vector<std::string>;

/// A client that waits for each answer.
class leaderboard {
public:
  leaderboard(caf::actor_system& system, thespis::store& store)
    : self_(system), client_(store.connect()) {
  }

  /// Sends a command, and says how long the answer took.
  thespis::reply ask(const std::string& why, words command) {
    thespis::reply answer;
    const auto begin = std::chrono::steady_clock::now();
    self_->request(client_, caf::infinite, thespis::request{std::move(command)})
      .receive([&](const thespis::reply& reply) { answer = reply; },
               [](const caf::error&) { std::cerr << "the store has stopped\n"; });
    const auto spent = std::chrono::steady_clock::now() - begin;
    if (!why.empty())
      std::cout << why << " (" << spent / std::chrono::microseconds{1} << " us)\n";
    return answer;
  }

  /// Prints the players from one place to another; the best has place 0.
  void show(const std::string& why, std::int64_t first, std::int64_t last) {
    const auto rows = ask(
      why, {"ZRANGE", "board", std::to_string(first), std::to_string(last), "REV", "WITHSCORES"});
    for (const auto& row : rows.items()) // who, and with how many points
      std::cout << "  " << ++first << ". " << row.items[0].text << ' '
                << static_cast<std::int64_t>(row.items[1].real) << '\n';
  }

private:
  caf::scoped_actor self_;
  caf::actor client_;
};

std::string name(std::uint64_t number) {
  return "player:" + std::to_string(number);
}

void join(leaderboard& board, std::uint64_t players) {
  std::mt19937_64 dice{1};
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t number = 0; number < players;) {
    words many{"ZADD", "board"}; // a thousand of them in one command
    for (int i = 0; i < 1000 && number < players; ++i)
      many.insert(many.end(), {std::to_string(dice() % 1'000'000), name(number++)});
    board.ask("", std::move(many));
  }
  const auto spent = std::chrono::steady_clock::now() - begin;
  std::cout << board.ask("", {"ZCARD", "board"}).integer() << " players join ("
            << spent / std::chrono::milliseconds{1} << " ms)\n";
}

void play(leaderboard& board, const std::string& hero) {
  board.show("the top ten", 0, 9);
  const auto place = board.ask("where is " + hero + '?', {"ZREVRANK", "board", hero}).integer();
  board.show("and who is near?", std::max<std::int64_t>(place - 2, 0), place + 2);
  board.ask(hero + " wins a million points", {"ZINCRBY", "board", "1000000", hero});
  board.show("the winners", 0, 2);
}

} // namespace

int main(int argc, char** argv) {
  const auto players = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  caf::actor_system_config config;
  thespis::use_event_loops(config, 2);
  caf::actor_system system{config};
  thespis::options settings;
  thespis::store store{system, settings};
  leaderboard board{system, store};
  join(board, players);
  play(board, name(players / 2));
}
