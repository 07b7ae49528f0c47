#include "data/write_shapes.h"

#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <string>
#include <system_error>

#include "core/error.h"
#include "core/file.h"
#include "images/image.h"
#include "images/png.h"

namespace vae {
namespace {

void create_folders(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::exists(folder, error) && !std::filesystem::is_empty(folder, error)) {
    throw UsageError("{}: is not an empty folder; choose another or remove it first", folder.string());
  }
  for (const std::string_view shape : kShapeNames) {
    std::filesystem::create_directories(folder / shape, error);
    if (error) throw IoError("{}: can't be created ({})", (folder / shape).string(), error.message());
  }
}

Image picture(const ShapesDataset& shapes, int64_t index) {
  const PictureShape size = shapes.shape();
  Image image{.width = size.width, .height = size.height, .channels = size.channels, .pixels = {}};
  image.pixels.resize(static_cast<size_t>(size.elements()));
  shapes.get(index, image.pixels);
  return image;
}

}  // namespace

void write_shapes(const ShapesConfig& config, const std::filesystem::path& folder) {
  create_folders(folder);
  const ShapesDataset shapes(config);
  const bool coloured = config.channels == 3;
  std::string table = coloured ? "file,shape,scale,rotation,x,y,hue\n" : "file,shape,scale,rotation,x,y\n";
  for (int64_t index = 0; index < shapes.size(); ++index) {
    const ShapeFactors factors = shapes.factors(index);
    const std::string_view shape = kShapeNames[static_cast<size_t>(factors.shape)];
    const std::string file = fmt::format("{}/{:0>6}.png", shape, shapes.name(index));
    write_png(folder / file, picture(shapes, index));
    fmt::format_to(std::back_inserter(table), "{},{},{},{},{},{}", file, shape, factors.scale,
                   factors.rotation, factors.x, factors.y);
    if (coloured) fmt::format_to(std::back_inserter(table), ",{}", factors.hue);
    table += '\n';
  }
  write_file_atomically(folder / "factors.csv", table);
}

}  // namespace vae
