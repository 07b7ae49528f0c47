// In place of onnx_file.cpp where the ONNX library is not installed.
#include "core/error.h"
#include "export/onnx_file.h"

namespace vae {

void require_onnx() {
  throw UsageError(
      "vae export: this program was built without the ONNX library; install libonnx-dev and libprotobuf-dev "
      "with protobuf-compiler, and build again with scripts/build");
}

void write_onnx(const std::filesystem::path&, const Graph&, const std::map<std::string, std::string>&) {
  require_onnx();
}

}  // namespace vae
