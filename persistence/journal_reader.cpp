#include "persistence/journal_reader.hpp"

#include "base/ascii.hpp"

#include <fmt/format.h>

namespace thespis::persistence {

using base::equals_nocase;
using protocol::parse_status;

journal_reader::journal_reader(input_window& in, log_number after) noexcept
  : in_(in), last_(after), whole_until_(in.offset()) {
  parser_.set_bulk_bytes_max(word_bytes_max);
}

/// A comment at `given_out_`, of which not even the end may be there.
journal_reader::outcome journal_reader::read_line(std::string_view& line) {
  for (;;) {
    const auto rest = in_.bytes();
    const auto end = rest.find('\n');
    if (end != std::string_view::npos && end <= comment_bytes_max) {
      line = rest.substr(0, end);
      if (!line.ends_with('\r'))
        return fail(outcome::damaged, in_.offset(), "a comment without an end of line");
      line.remove_suffix(1);
      return outcome::request;
    }
    if (rest.size() > comment_bytes_max)
      return fail(outcome::damaged, in_.offset(), "a comment that is too long");
    const auto more = in_.read_more();
    if (!more)
      return fail(outcome::damaged, in_.offset(), more.why());
    if (!*more)
      return fail(outcome::torn, in_.offset(), "a comment ends in the middle");
  }
}

journal_reader::outcome journal_reader::read_comment() {
  std::string_view line;
  if (const auto read = read_line(line); read != outcome::request)
    return read;
  const auto is_inside = in_.offset() < frame_end_;
  if (line.starts_with(frame_mark) && !is_inside && !in_transaction_ && form_ != form::plain)
    return begin_frame(line);
  if (!line.starts_with(time_mark) || (form_ == form::framed && !is_inside))
    return fail(outcome::damaged, in_.offset(), "a comment that does not belong here");
  in_.pass(line.size() + 2);
  return outcome::request;
}

/// All of it is made visible and verified.
journal_reader::outcome journal_reader::begin_frame(std::string_view line) {
  const auto frame = parse_frame_line(line);
  if (!frame)
    return fail(outcome::damaged, in_.offset(), "a frame that is not as it was written");
  if (last_ != 0 && frame->first != last_ + 1)
    return fail(outcome::damaged, in_.offset(),
                fmt::format("record {} where {} should be", frame->first, last_ + 1));
  const auto begin = in_.offset();
  in_.pass(line.size() + 2);
  while (in_.bytes().size() < frame->bytes) {
    const auto more = in_.read_more();
    if (!more)
      return fail(outcome::damaged, in_.offset(), more.why());
    if (!*more)
      return fail(outcome::torn, begin, "the frame ends in the middle");
  }
  if (!belongs_to(in_.bytes().substr(0, frame->bytes), *frame))
    return fail(outcome::damaged, begin, "the checksum of the frame is wrong");
  form_ = form::framed;
  frame_end_ = in_.offset() + frame->bytes;
  frame_last_ = frame->last;
  if (first_ == 0)
    first_ = frame->first;
  return outcome::request;
}

journal_reader::outcome journal_reader::next() {
  in_.pass(given_out_);
  given_out_ = 0;
  for (;;) {
    if (form_ == form::framed && in_.offset() == frame_end_ && last_ != frame_last_) {
      if (in_transaction_)
        return fail(outcome::damaged, in_.offset(), "a frame ends in a transaction");
      last_ = frame_last_;
      whole_until_ = in_.offset();
    }
    if (in_.bytes().empty()) {
      const auto more = in_.read_more();
      if (!more)
        return fail(outcome::damaged, in_.offset(), more.why());
      if (!*more)
        return in_transaction_ ? fail(outcome::torn, in_.offset(), "a transaction without EXEC")
                               : outcome::end;
    }
    if (in_.bytes().front() != '#')
      break;
    if (const auto read = read_comment(); read != outcome::request)
      return read;
  }
  return read_request();
}

journal_reader::outcome journal_reader::read_request() {
  offset_ = in_.offset();
  const auto is_inside = offset_ < frame_end_;
  if (form_ == form::framed && !is_inside)
    return fail(outcome::damaged, offset_, "a request outside of a frame");
  form_ = is_inside ? form::framed : form::plain;
  if (in_.bytes().front() != '*')
    return fail(outcome::damaged, offset_, "no request begins here");
  for (;;) {
    if (const auto seen = in_.bytes(); seen.size() > 1 && (seen[1] < '1' || seen[1] > '9'))
      return fail(outcome::damaged, offset_, "a request without words");
    words_.clear();
    parser_.reset();
    const auto status = parser_.next(in_.bytes(), given_out_, words_);
    if (status == parse_status::complete)
      break;
    if (status == parse_status::error)
      return fail(outcome::damaged, offset_, parser_.error());
    const auto more = in_.read_more();
    if (!more)
      return fail(outcome::damaged, offset_, more.why());
    if (!*more)
      return fail(outcome::torn, offset_, "a request ends in the middle");
  }
  if (is_inside && offset_ + given_out_ > frame_end_)
    return fail(outcome::damaged, offset_, "a request goes beyond its frame");
  return note_transaction();
}

journal_reader::outcome journal_reader::note_transaction() {
  const auto is_begin = equals_nocase(words_.front(), "multi");
  const auto is_end = equals_nocase(words_.front(), "exec");
  if (is_begin == in_transaction_ && (is_begin || is_end))
    return fail(outcome::damaged, offset_,
                is_begin ? "MULTI in a transaction" : "EXEC without MULTI");
  if (is_begin || is_end)
    in_transaction_ = is_begin;
  if (!in_transaction_ && form_ == form::plain)
    whole_until_ = offset_ + given_out_;
  return outcome::request;
}

journal_reader::outcome journal_reader::fail(outcome what, std::uint64_t at, std::string_view why) {
  why_ = fmt::format("{} at offset {}", why, at);
  return what;
}

} // namespace thespis::persistence
