#pragma once

/// What scripts can set about cjson, with Redis' defaults. There is one of these for the library,
/// which is reset before each script, and one for each table from cjson.new().

namespace thespis::scripting {

/// What becomes of NaN and the infinities.
enum class json_non_finite : int {
  refused,  ///< an error
  as_words, ///< nan, inf and -inf, which is no JSON
  as_null,
};

/// Digits of a number.
inline constexpr int json_precision_max = 14;

struct json_settings {
  /// An array is sparse if it has more than `sparse_safe` places and more than `sparse_ratio` of
  /// them for each element. It is an object then, or else an error. Ratio 0: none is sparse.
  bool sparse_as_object = false;
  int sparse_ratio = 2;
  int sparse_safe = 10;

  int encode_depth_max = 1000;
  int decode_depth_max = 1000;

  int number_precision = json_precision_max;
  json_non_finite encode_non_finite = json_non_finite::refused;
  bool decode_non_finite = true; ///< and hexadecimal numbers

  /// Remembered, and without effect: memory for the text belongs to the call.
  bool keep_buffer = true;
};

} // namespace thespis::scripting
