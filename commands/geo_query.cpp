#include "commands/geo_query.hpp"

#include "commands/geo_value.hpp"
#include "protocol/argument_reader.hpp"
#include "protocol/errors.hpp"

#include <limits>

namespace thespis::commands {

using protocol::argument_reader;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

using shape_kind = types::geo_shape::kind;

/// Reads word by word, because the order of the checks decides which error a client gets. The shape
/// is made at the end: its center may come behind it.
class geo_query_reader {
public:
  geo_query_reader(arguments args, const geo_query_form& form, const types::sorted_set* source)
    : args_(args),
      form_(form),
      source_(source),
      in_(args, form.grammar == geo_grammar::geosearchstore ? 3 : 2) {
  }

  bool read() {
    read_head();
    while (in_.more())
      read_option();
    check();
    if (in_.failed())
      return false;
    make_shape();
    return true;
  }
  std::string_view error() const noexcept {
    return in_.error();
  }
  geo_query& query() noexcept {
    return out_;
  }

private:
  bool searches() const noexcept {
    return form_.grammar == geo_grammar::geosearch || form_.grammar == geo_grammar::geosearchstore;
  }

  void read_head();
  void read_option();
  bool read_reply_option();
  bool read_order_or_count();
  bool read_store_option();
  bool read_center_option();
  bool read_shape_option();
  void read_member();
  void read_circle();
  void read_box();
  void read_polygon();
  void check();
  void make_shape();

  arguments args_;
  const geo_query_form& form_;
  const types::sorted_set* source_;
  argument_reader in_;
  geo_query out_;
  bool from_member_ = false;
  bool from_place_ = false;
  types::geo_point center_{};
  std::optional<shape_kind> shape_;
  /// In metres; of a box both, of a circle only the radius.
  double radius_ = 0;
  double width_ = 0;
  double height_ = 0;
};

void geo_query_reader::read_head() {
  if (form_.grammar == geo_grammar::geosearchstore)
    out_.target = args_[1];
  if (searches())
    return;
  if (form_.grammar == geo_grammar::georadius) {
    center_ = read_place(in_);
  } else if (source_ == nullptr) {
    // Redis does not look at the radius then.
    in_.skip(3);
    return;
  } else {
    read_member();
  }
  read_circle();
}

void geo_query_reader::read_option() {
  if (read_reply_option() || read_order_or_count() || read_store_option())
    return;
  if (!searches() || (!read_center_option() && !read_shape_option()))
    in_.fail(errors::syntax);
}

bool geo_query_reader::read_reply_option() {
  if (in_.option("withdist"))
    out_.with_distance = true;
  else if (in_.option("withhash"))
    out_.with_hash = true;
  else if (in_.option("withcoord"))
    out_.with_coordinates = true;
  else
    return false;
  return true;
}

bool geo_query_reader::read_order_or_count() {
  if (in_.option("any")) {
    out_.any = true;
  } else if (in_.option("asc")) {
    out_.order = geo_order::ascending;
  } else if (in_.option("desc")) {
    out_.order = geo_order::descending;
  } else if (in_.option("count", 1)) {
    const auto count = in_.integer();
    if (count <= 0)
      in_.fail(errors::geo_count_not_positive);
    out_.count = static_cast<std::size_t>(count);
  } else {
    return false;
  }
  return true;
}

bool geo_query_reader::read_store_option() {
  if (form_.grammar == geo_grammar::geosearchstore && in_.option("storedist")) {
    out_.stores_distance = true;
    return true;
  }
  if (searches() || !form_.may_store)
    return false;
  const bool stores_hash = in_.option("store", 1);
  if (!stores_hash && !in_.option("storedist", 1))
    return false;
  out_.target = in_.next();
  out_.stores_distance = !stores_hash;
  return true;
}

bool geo_query_reader::read_center_option() {
  if (!from_place_ && in_.option("frommember", 1)) {
    from_member_ = true;
    read_member();
  } else if (!from_member_ && in_.option("fromlonlat", 2)) {
    from_place_ = true;
    center_ = read_place(in_);
  } else {
    return false;
  }
  return true;
}

bool geo_query_reader::read_shape_option() {
  const auto may_be = [this](shape_kind kind) { return !shape_ || *shape_ == kind; };
  if (may_be(shape_kind::circle) && in_.option("byradius", 2))
    read_circle();
  else if (may_be(shape_kind::box) && in_.option("bybox", 3))
    read_box();
  else if (may_be(shape_kind::polygon) && in_.option("bypolygon", 1))
    read_polygon();
  else
    return false;
  return true;
}

void geo_query_reader::read_member() {
  const auto member = in_.next();
  if (source_ == nullptr)
    return;
  if (const auto score = source_->score(member))
    center_ = place_of(*score);
  else
    in_.fail(errors::geo_no_such_member);
}

void geo_query_reader::read_circle() {
  const double radius = in_.number(errors::geo_radius_not_numeric);
  if (radius < 0)
    in_.fail(errors::geo_radius_negative);
  out_.metres_per_unit = read_unit(in_);
  radius_ = radius * out_.metres_per_unit;
  shape_ = shape_kind::circle;
}

void geo_query_reader::read_box() {
  const double width = in_.number(errors::geo_width_not_numeric);
  const double height = in_.number(errors::geo_height_not_numeric);
  if (width < 0 || height < 0)
    in_.fail(errors::geo_box_negative);
  out_.metres_per_unit = read_unit(in_);
  width_ = width * out_.metres_per_unit;
  height_ = height * out_.metres_per_unit;
  shape_ = shape_kind::box;
}

void geo_query_reader::read_polygon() {
  const auto count = in_.integer();
  if (count < static_cast<std::int64_t>(types::geo_polygon::vertices_min))
    in_.fail(errors::geo_too_few_vertices);
  if (!in_.failed() && static_cast<std::uint64_t>(count) > in_.left() / 2)
    in_.fail(errors::syntax);
  out_.vertices.clear();
  for (std::int64_t i = 0; i < count && in_.more(); ++i)
    out_.vertices.push_back(read_place(in_));
  out_.metres_per_unit = 1;
  shape_ = shape_kind::polygon;
}

void geo_query_reader::check() {
  if (out_.target && (out_.with_distance || out_.with_hash || out_.with_coordinates))
    in_.fail(searches() ? errors::geosearchstore_stores_no_details
                        : errors::georadius_stores_no_details);
  // A polygon has a middle of its own.
  const bool has_center = from_member_ || from_place_ || shape_ == shape_kind::polygon;
  if (searches() && !has_center && !in_.failed())
    in_.fail(errors::geo_center_missing(args_[0]));
  if (searches() && !shape_ && !in_.failed())
    in_.fail(errors::geo_shape_missing(args_[0]));
  if (out_.any && out_.count == 0)
    in_.fail(errors::geo_any_without_count);
}

void geo_query_reader::make_shape() {
  if (source_ == nullptr)
    return;
  if (*shape_ == shape_kind::circle) {
    out_.shape = types::geo_shape::circle(center_, radius_);
  } else if (*shape_ == shape_kind::box) {
    out_.shape = types::geo_shape::box(center_, width_, height_);
  } else {
    const types::geo_polygon area{out_.vertices};
    out_.shape = types::geo_shape::polygon(from_member_ || from_place_ ? center_ : area.middle(),
                                           area);
  }
}

} // namespace

std::optional<geo_query> read_geo_query(keyspace::command_context& ctx, arguments args,
                                        const geo_query_form& form,
                                        const types::sorted_set* source) {
  geo_query_reader reader{args, form, source};
  if (reader.read())
    return std::move(reader.query());
  ctx.reply.error(reader.error());
  return std::nullopt;
}

} // namespace thespis::commands
