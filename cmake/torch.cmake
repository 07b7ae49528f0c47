# Finds LibTorch and makes the target vae_torch of it.

if(NOT VAE_TORCH_DIR)
  file(GLOB VAE_TORCH_IN_VENV ${CMAKE_SOURCE_DIR}/.venv/lib/python*/site-packages/torch)
  if(NOT VAE_TORCH_IN_VENV)
    message(FATAL_ERROR "No LibTorch: run scripts/setup, or pass -DVAE_TORCH_DIR=FOLDER (2.11 or newer)")
  endif()
  list(GET VAE_TORCH_IN_VENV 0 VAE_TORCH_DIR)
endif()

# Named by Torch_DIR: through CMAKE_PREFIX_PATH CMake would look for other packages there, too.
set(Torch_DIR ${VAE_TORCH_DIR}/share/cmake/Torch CACHE PATH "" FORCE)
find_package(Torch 2.11 REQUIRED)
set(VAE_TORCH_LIBRARY_DIR ${VAE_TORCH_DIR}/lib)

include(${CMAKE_CURRENT_LIST_DIR}/torch_headers_last.cmake)
add_library(vae_torch INTERFACE)
link_torch(vae_torch)
