// Of TensorBoard's summary.proto, tensor.proto, plugin_data.proto, and of struct.proto:
//   Value            { float simple_value = 2; Image image = 4; HistogramProto histo = 5; TensorProto tensor
//   = 8;
//                      SummaryMetadata metadata = 9; }
//   Image            { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string =
//   4; } HistogramProto   { double min = 1; double max = 2; double num = 3; double sum = 4; double
//   sum_squares = 5;
//                      repeated double bucket_limit = 6; repeated double bucket = 7; }
//   SummaryMetadata  { PluginData plugin_data = 1; }   PluginData { string plugin_name = 1; bytes content =
//   2; } TensorProto      { DataType dtype = 1; TensorShapeProto tensor_shape = 2; } TensorShapeProto {
//   repeated Dim dim = 2; }
// where the content of the plugin "hparams" is
//   HParamsPluginData { int32 version = 1; SessionStartInfo session_start_info = 3; }
//   SessionStartInfo  { map<string, google.protobuf.Value> hparams = 1; }
// and a map is a repeated message of key = 1 and value = 2.
#include "training/summaries.h"

#include <type_traits>
#include <vector>

#include "images/png.h"
#include "training/wire_format.h"

namespace vae {
namespace {

using wire::bytes_field, wire::double_field, wire::doubles_field, wire::integer_field;

namespace value {
constexpr uint32_t kSimpleValue = 2, kImage = 4, kHistogram = 5, kTensor = 8, kMetadata = 9;
}
namespace image {
constexpr uint32_t kHeight = 1, kWidth = 2, kColorspace = 3, kEncoded = 4;
}
namespace histogram {
constexpr uint32_t kLeast = 1, kLargest = 2, kCount = 3, kSum = 4, kSquares = 5, kLimits = 6, kCounts = 7;
}
namespace metadata {
constexpr uint32_t kPluginData = 1, kPluginName = 1, kContent = 2;
}
namespace tensor {
constexpr uint32_t kType = 1, kShape = 2, kDimension = 2;
constexpr int64_t kFloat = 1;
}  // namespace tensor
namespace session {
constexpr uint32_t kStartInfo = 3, kHyperParameters = 1;
}
namespace map {
constexpr uint32_t kKey = 1, kValue = 2;
}
namespace plain {  // google.protobuf.Value
constexpr uint32_t kNumber = 2, kString = 3, kBool = 4;
}

std::string plain_value(const FlatValue::second_type& value) {
  return std::visit(
      []<class T>(const T& held) {
        if constexpr (std::is_same_v<T, bool>) {
          return integer_field(plain::kBool, held);
        } else if constexpr (std::is_same_v<T, double>) {
          return double_field(plain::kNumber, held);
        } else {
          return bytes_field(plain::kString, held);
        }
      },
      value);
}

/// A plugin whose data is all in the metadata takes a tensor without elements.
std::string plugin_summary(std::string_view plugin, std::string_view content) {
  const std::string data =
      bytes_field(metadata::kPluginName, plugin) + bytes_field(metadata::kContent, content);
  const std::string no_elements = integer_field(tensor::kType, tensor::kFloat) +
                                  bytes_field(tensor::kShape, bytes_field(tensor::kDimension, ""));
  return bytes_field(value::kTensor, no_elements) +
         bytes_field(value::kMetadata, bytes_field(metadata::kPluginData, data));
}

}  // namespace

std::string scalar_summary(double value) {
  return wire::float_field(value::kSimpleValue, static_cast<float>(value));
}

std::string image_summary(const Image& picture) {
  const std::vector<std::byte> png = encode_png(picture);
  return bytes_field(
      value::kImage,
      integer_field(image::kHeight, picture.height) + integer_field(image::kWidth, picture.width) +
          integer_field(image::kColorspace, picture.channels) +
          bytes_field(image::kEncoded, {reinterpret_cast<const char*>(png.data()), png.size()}));
}

std::string histogram_summary(const Histogram& numbers) {
  const std::vector<double> counts(numbers.counts.begin(), numbers.counts.end());
  return bytes_field(
      value::kHistogram,
      double_field(histogram::kLeast, numbers.least) + double_field(histogram::kLargest, numbers.largest) +
          double_field(histogram::kCount, static_cast<double>(numbers.count)) +
          double_field(histogram::kSum, numbers.sum) +
          double_field(histogram::kSquares, numbers.sum_of_squares) +
          doubles_field(histogram::kLimits, numbers.limits) + doubles_field(histogram::kCounts, counts));
}

std::string hyper_parameters_summary(std::span<const FlatValue> values) {
  std::string info;
  for (const auto& [name, value] : values) {
    info += bytes_field(session::kHyperParameters,
                        bytes_field(map::kKey, name) + bytes_field(map::kValue, plain_value(value)));
  }
  return plugin_summary("hparams", bytes_field(session::kStartInfo, info));
}

}  // namespace vae
