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

# The wheel's include folder also holds other versions of fmt, protobuf and oneDNN. Searched after all others
# (-idirafter) it gives LibTorch's headers and nothing else.
foreach(target torch torch_library torch_cpu torch_cuda c10 c10_cuda)
  if(TARGET ${target})
    set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ""
                                               INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "")
  endif()
endforeach()

add_library(vae_torch INTERFACE)
target_link_libraries(vae_torch INTERFACE ${TORCH_LIBRARIES})
foreach(directory ${TORCH_INCLUDE_DIRS})
  target_compile_options(vae_torch INTERFACE "SHELL:-idirafter ${directory}")
endforeach()
