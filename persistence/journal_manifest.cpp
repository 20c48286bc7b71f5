#include "persistence/journal_manifest.hpp"

#include "base/crc32c.hpp"
#include "base/number.hpp"
#include "base/quote.hpp"
#include "base/split_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace thespis::persistence {

namespace {

/// Redis' own bound.
constexpr std::size_t line_bytes_max = 1024;
constexpr std::string_view checksum_mark = "# crc32c ";

std::string checksum_line(std::string_view text) {
  return fmt::format("{}{:08x}", checksum_mark, base::crc32c(text));
}

void append_line(std::string& out, const journal_file& file) {
  const auto is_plain = file.name.find_first_of(" \"\\'\t\r\n") == std::string::npos;
  fmt::format_to(std::back_inserter(out), "file {} seq {} type {}\n",
                 is_plain ? file.name : base::quoted(file.name), file.sequence,
                 static_cast<char>(file.type));
}

/// 0: it is none.
std::uint64_t parse_sequence(std::string_view text) noexcept {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(base::parse_int64(text).value_or(0), 0));
}

/// The numbers of Redis' files begin at 1.
std::uint64_t next_sequence(const std::vector<journal_file>& files) noexcept {
  return files.empty() ? 1 : files.back().sequence + 1;
}

} // namespace

base::result<journal_manifest> journal_manifest::parse(std::string_view text) {
  journal_manifest out;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    ++number;
    const auto fault = [number](std::string_view why) {
      return base::fault{fmt::format("line {}: {}", number, why)};
    };
    const auto end = text.find('\n', at);
    if (end == std::string_view::npos)
      return fault("the last line has no end");
    const auto line = text.substr(at, end - at);
    if (line.starts_with(checksum_mark) && line != checksum_line(text.substr(0, at)))
      return fault("the checksum is wrong");
    if (line.size() > line_bytes_max)
      return fault("the line is too long");
    if (const auto* why = line.starts_with('#') ? nullptr : out.add_line(line))
      return fault(why);
    at = end + 1;
  }
  if (out.empty())
    return base::fault{"no file is named"};
  return out;
}

const char* journal_manifest::add_line(std::string_view line) {
  const auto words = base::split_words(line);
  if (!words || words->empty() || words->size() % 2 != 0)
    return "not pairs of names and values";
  journal_file file;
  std::string type;
  for (std::size_t i = 0; i < words->size(); i += 2) {
    const auto& name = (*words)[i];
    const auto& value = (*words)[i + 1];
    if (name == "file")
      file.name = value;
    else if (name == "type")
      type = value;
    else if (name == "seq")
      file.sequence = parse_sequence(value);
  }
  if (file.name.empty() || file.name.find('/') != std::string::npos)
    return "no name of a file";
  if (file.sequence == 0)
    return "no number of a file";
  if (type != "b" && type != "i" && type != "h")
    return "unknown type of a file";
  file.type = static_cast<journal_file::kind>(type.front());
  return add(std::move(file));
}

const char* journal_manifest::add(journal_file what) {
  switch (what.type) {
    case journal_file::kind::base:
      if (!base_.name.empty())
        return "a second base";
      base_ = std::move(what);
      break;
    case journal_file::kind::increment:
      if (!increments_.empty() && what.sequence <= increments_.back().sequence)
        return "the numbers of increments do not grow";
      increments_.push_back(std::move(what));
      break;
    case journal_file::kind::history:
      history_.push_back(std::move(what));
      break;
  }
  return nullptr;
}

std::string journal_manifest::text() const {
  std::string out;
  if (!base_.name.empty())
    append_line(out, base_);
  for (const auto& file : history_)
    append_line(out, file);
  for (const auto& file : increments_)
    append_line(out, file);
  return out + checksum_line(out) + '\n';
}

journal_file journal_manifest::next_base(std::string_view journal, bool is_rdb) const {
  const auto sequence = base_.sequence + 1;
  return {fmt::format("{}.{}.base.{}", journal, sequence, is_rdb ? "rdb" : "aof"), sequence,
          journal_file::kind::base};
}

journal_file journal_manifest::next_increment(std::string_view journal) const {
  const auto sequence = next_sequence(increments_);
  return {fmt::format("{}.{}.incr.aof", journal, sequence), sequence,
          journal_file::kind::increment};
}

void journal_manifest::set_base(journal_file what, std::size_t kept) {
  const auto make_history = [this](journal_file& file) {
    file.type = journal_file::kind::history;
    history_.push_back(std::move(file));
  };
  if (!base_.name.empty())
    make_history(base_);
  base_ = std::move(what);
  const auto end = increments_.end()
                   - static_cast<std::ptrdiff_t>(std::min(kept, increments_.size()));
  std::for_each(increments_.begin(), end, make_history);
  increments_.erase(increments_.begin(), end);
}

} // namespace thespis::persistence
