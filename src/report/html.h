// Pieces of HTML.
#pragma once

#include <string>
#include <string_view>

#include "images/image.h"

namespace vae {

/// Text for HTML, between tags or inside a quoted attribute.
std::string escaped(std::string_view text);

/// The picture as a PNG inside a URI: a page that holds it needs no file beside it.
std::string png_uri(const Image& picture);

/// The same of bytes that are a PNG file already.
std::string png_uri(std::string_view png);

/// A number for a person: six significant digits, the minus sign of typography.
std::string readable(double value);

/// The same with digits grouped by thousands.
std::string readable(int64_t count);

}  // namespace vae
