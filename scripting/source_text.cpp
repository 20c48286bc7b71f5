#include "scripting/source_text.hpp"

#include "scripting/source_scanner.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace thespis::scripting {

namespace {

/// A global that every script has. The first two only where there are KEYS and ARGV.
constexpr std::array<std::string_view, 22> globals{
  "KEYS",     "ARGV",   "redis",  "cjson",  "cmsgpack", "struct",      "bit",  "math",
  "string",   "table",  "ipairs", "pairs",  "next",     "select",      "type", "tonumber",
  "tostring", "unpack", "error",  "rawget", "rawequal", "getmetatable"};
constexpr std::size_t first_library = 2;
constexpr std::size_t first_function = 10;
constexpr std::size_t redis_index = 2;
constexpr std::size_t none = globals.size();

/// Functions of libraries with exactly one result.
constexpr std::string_view one_result[] = {
  "redis.call",        "redis.pcall",        "redis.sha1hex",
  "redis.error_reply", "redis.status_reply", "redis.acl_check_cmd",
  "cjson.encode",      "cjson.decode",       "cmsgpack.pack",
  "struct.pack",       "struct.size",        "math.abs",
  "math.ceil",         "math.floor",         "math.fmod",
  "math.max",          "math.min",           "math.pow",
  "math.random",       "math.sqrt",          "math.log",
  "math.exp",          "string.char",        "string.format",
  "string.len",        "string.lower",       "string.rep",
  "string.reverse",    "string.sub",         "string.upper",
  "table.concat",      "table.getn"};
/// And without a library.
constexpr std::string_view one_result_globals[] = {"type",   "tonumber", "tostring",    "error",
                                                   "rawget", "rawequal", "getmetatable"};

constexpr std::string_view hidden_call = "redis_call_";
constexpr std::string_view hidden_pcall = "redis_pcall_";

template <class Names>
bool is_in(std::string_view name, const Names& names) noexcept {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::size_t find_global(std::string_view name) noexcept {
  return static_cast<std::size_t>(std::find(globals.begin(), globals.end(), name)
                                  - globals.begin());
}

struct edit {
  std::size_t at;
  std::size_t erased;
  std::string_view inserted;
  /// The edit is good only if this global is not redefined; `none`: always.
  std::size_t global;
};

class reader {
public:
  reader(std::string_view source, text_kind kind) noexcept
    : source_(source), scanner_(source), kind_(kind) {
  }

  source_text read() {
    current_ = scanner_.next();
    while (current_.kind != token_kind::end && !result_.foreign) {
      following_ = scanner_.next();
      look();
      shift();
    }
    look_for_end_of_call();
    if (!result_.foreign)
      change();
    return std::move(result_);
  }

private:
  /// What is known of a global.
  struct global_use {
    std::size_t count = 0;
    bool is_repeated = false;
    /// It is a local somewhere, or assigned to, for all that can be seen.
    bool may_be_changed = false;
    /// Libraries: there is more than "name."; functions: more than "name(".
    bool may_be_hidden = false;
  };
  /// A call behind `return`.
  struct returned_call {
    std::size_t start;
    std::size_t global;
    std::size_t depth;
  };
  struct function_frame {
    std::size_t blocks;
    std::size_t body;
    bool has_dots;
    bool uses_dots = false;
    bool uses_arg = false;
  };

  std::size_t offset(const token& where) const noexcept {
    return static_cast<std::size_t>(where.text.data() - source_.data());
  }
  bool is(const token& what, std::string_view text) const noexcept {
    return what.kind != token_kind::string && what.text == text;
  }

  void shift() noexcept {
    before_third_ = third_;
    third_ = second_;
    second_ = first_;
    first_ = current_;
    current_ = following_;
  }

  /// Looks at current_; first_ to third_ came before it, following_ comes next.
  void look() {
    look_for_end_of_call();
    switch (current_.kind) {
      case token_kind::number:
        look_at_number();
        break;
      case token_kind::name:
        look_at_name();
        break;
      case token_kind::symbol:
        look_at_symbol();
        break;
      default:
        break;
    }
  }

  void look_at_number() noexcept {
    const char last = static_cast<char>(current_.text.back() | 0x20);
    const bool is_foreign = last == 'l' || last == 'u' || last == 'i';
    if (!is_foreign)
      return;
    const auto end = source_.begin() + static_cast<std::ptrdiff_t>(offset(current_));
    result_.foreign = foreign_number{
      current_.text, static_cast<std::size_t>(std::count(source_.begin(), end, '\n')) + 1};
  }

  void look_at_name() {
    const auto name = current_.text;
    look_at_block(name);
    if (is(first_, ".") || is(first_, ":"))
      return;
    if (name == "arg")
      for (auto& frame : functions_)
        frame.uses_arg = true;
    if (name == hidden_call || name == hidden_pcall)
      uses_[redis_index].may_be_hidden = true;
    if (name == "KEYS" || name == "ARGV" || name == "_G" || name == "load" || name == "loadstring")
      result_.uses_arguments = true;
    if (const auto global = find_global(name); global != none)
      look_at_global(global);
  }

  void look_at_global(std::size_t global) {
    auto& use = uses_[global];
    ++use.count;
    use.is_repeated = use.is_repeated || is_repeated_;
    const bool is_in_list = is(following_, ",")
                            && !(is(first_, "(") || is(first_, "{") || is(first_, "=")
                                 || is(first_, "return"));
    if (is(following_, "=") || is(first_, "function") || is_in_list)
      use.may_be_changed = true;
    const auto expected = global < first_function ? "." : "(";
    if (!is(following_, expected) || is(first_, "function"))
      use.may_be_hidden = true;
  }

  void look_at_block(std::string_view name) {
    if (name == "for" || name == "while" || name == "repeat" || name == "function")
      is_repeated_ = true;
    if (name == "function")
      functions_.push_back({blocks_, 0, false});
    if (name == "function" || name == "do" || name == "if")
      ++blocks_;
    if (name == "end" && blocks_ > 0) {
      --blocks_;
      if (!functions_.empty() && functions_.back().blocks == blocks_)
        close_function();
    }
  }

  void close_function() {
    const auto& frame = functions_.back();
    if (frame.has_dots && frame.uses_arg && !frame.uses_dots)
      edits_.push_back({frame.body, 0, " local arg={n=select('#',...),...} ", none});
    functions_.pop_back();
  }

  void look_at_symbol() {
    const auto symbol = current_.text;
    if (symbol == "...") {
      look_at_dots();
    } else if (symbol == "(") {
      ++depth_;
      look_at_call();
    } else if (symbol == ")" && depth_ > 0) {
      if (!calls_.empty() && calls_.back().depth == depth_) {
        finished_ = calls_.back();
        is_finished_ = true;
        calls_.pop_back();
      }
      --depth_;
    }
  }

  /// In the list of parameters, or as an expression.
  void look_at_dots() noexcept {
    if (functions_.empty())
      return;
    auto& frame = functions_.back();
    if (frame.body == 0 && is(following_, ")")) {
      frame.has_dots = true;
      frame.body = offset(following_) + 1;
    } else {
      frame.uses_dots = true;
    }
  }

  /// current_ is "(": a call of what stands before it?
  void look_at_call() {
    if (first_.kind != token_kind::name)
      return;
    const bool is_dotted = is(second_, ".") && third_.kind == token_kind::name;
    const auto& start = is_dotted ? third_ : first_;
    const auto global = find_global(start.text);
    if (global == none || (is_dotted && (global < first_library || global >= first_function))
        || (!is_dotted && global < first_function))
      return;
    const auto& before = is_dotted ? before_third_ : second_;
    if (is_dotted && global == redis_index)
      hide_call(start, before);
    const auto whole = source_.substr(offset(start),
                                      offset(first_) + first_.text.size() - offset(start));
    const bool has_one_result = is_dotted ? is_in(whole, one_result)
                                          : is_in(whole, one_result_globals);
    if (is(before, "return") && has_one_result)
      calls_.push_back({offset(start), global, depth_});
  }

  void hide_call(const token& start, const token& before) {
    if (kind_ == text_kind::library || is(before, ".") || is(before, ":"))
      return;
    const auto size = offset(first_) + first_.text.size() - offset(start);
    // Between the words there may be line breaks, which errors count.
    const auto whole = source_.substr(offset(start), size);
    if (whole == "redis.call")
      edits_.push_back({offset(start), size, hidden_call, redis_index});
    else if (whole == "redis.pcall")
      edits_.push_back({offset(start), size, hidden_pcall, redis_index});
    else
      return;
    (whole == "redis.call" ? hides_call_ : hides_pcall_) = true;
  }

  /// Whether the call that has just been closed is all that is returned.
  void look_for_end_of_call() {
    if (!is_finished_)
      return;
    is_finished_ = false;
    constexpr std::string_view ends[] = {"end", "else", "elseif", "until", ";"};
    if (current_.kind != token_kind::end && !is_in(current_.text, ends))
      return;
    edits_.push_back({finished_.start, 0, "(", finished_.global});
    edits_.push_back({offset(first_) + 1, 0, ")", finished_.global});
  }

  // -- changing ---------------------------------------------------------------------------------

  bool is_good(const edit& change) const noexcept {
    if (change.global == none)
      return true;
    const auto& use = uses_[change.global];
    return !use.may_be_changed && !use.may_be_hidden;
  }

  void change() {
    edits_.erase(std::remove_if(edits_.begin(), edits_.end(),
                                [this](const edit& change) { return !is_good(change); }),
                 edits_.end());
    std::stable_sort(edits_.begin(), edits_.end(), [](const edit& a, const edit& b) {
      return a.at != b.at ? a.at < b.at : a.erased < b.erased;
    });
    auto prefix = declarations();
    if (edits_.empty() && prefix.empty())
      return;
    auto& text = result_.changed;
    text = std::move(prefix);
    std::size_t at = 0;
    for (const auto& change : edits_) {
      text.append(source_.substr(at, change.at - at)).append(change.inserted);
      at = change.at + change.erased;
    }
    text.append(source_.substr(at));
  }

  /// "local KEYS=KEYS ", or nothing.
  std::string declarations() const {
    if (kind_ == text_kind::library)
      return {};
    std::string names;
    std::string values;
    const auto add = [&](std::string_view name, std::string_view value) {
      names.append(names.empty() ? "local " : ",").append(name);
      values.append(values.empty() ? "=" : ",").append(value);
    };
    const auto& redis = uses_[redis_index];
    const bool has_hidden = !redis.may_be_changed && !redis.may_be_hidden;
    if (has_hidden && hides_call_)
      add(hidden_call, "redis.call");
    if (has_hidden && hides_pcall_)
      add(hidden_pcall, "redis.pcall");
    for (std::size_t i = kind_ == text_kind::script ? 0 : first_library; i < globals.size(); ++i) {
      const auto& use = uses_[i];
      const bool is_worth_it = use.is_repeated || use.count > 1;
      if (is_worth_it && !use.may_be_changed && !(i == redis_index && has_hidden))
        add(globals[i], globals[i]);
    }
    return names.empty() ? names : names + values + " ";
  }

  std::string_view source_;
  source_scanner scanner_;
  text_kind kind_;
  source_text result_;
  token before_third_;
  token third_;
  token second_;
  token first_;
  token current_;
  token following_;
  std::array<global_use, globals.size()> uses_{};
  std::vector<edit> edits_;
  std::vector<returned_call> calls_;
  std::vector<function_frame> functions_;
  returned_call finished_{};
  bool is_finished_ = false;
  bool is_repeated_ = false;
  bool hides_call_ = false;
  bool hides_pcall_ = false;
  std::size_t depth_ = 0;
  std::size_t blocks_ = 0;
};

} // namespace

source_text read_source(std::string_view source, text_kind kind) {
  return reader{source, kind}.read();
}

} // namespace thespis::scripting
