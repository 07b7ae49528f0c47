# Finds the distribution's ONNX library, which `vae export` takes and nothing else does: VAE_ONNX says whether.
# Before LibTorch, whose own config would make a dummy of the target protobuf::libprotobuf.

find_package(Protobuf QUIET)
set(VAE_ONNX OFF)
if(Protobuf_FOUND)
  find_package(ONNX CONFIG QUIET)
  set(VAE_ONNX ${ONNX_FOUND})
endif()
if(NOT VAE_ONNX)
  message(STATUS "No ONNX library: `vae export` will only say so (libonnx-dev, libprotobuf-dev, protobuf-compiler)")
endif()
