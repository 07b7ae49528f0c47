# link_torch(TARGET): links LibTorch to an interface target, with its headers behind all others.
#
# The wheel's include folder also holds other versions of fmt, protobuf and oneDNN. Searched after all others
# (-idirafter) it gives LibTorch's headers and nothing else.
function(link_torch target)
  foreach(part torch torch_library torch_cpu torch_cuda c10 c10_cuda)
    if(TARGET ${part})
      set_target_properties(${part} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ""
                                               INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "")
    endif()
  endforeach()
  target_link_libraries(${target} INTERFACE ${TORCH_LIBRARIES})
  foreach(directory ${TORCH_INCLUDE_DIRS})
    target_compile_options(${target} INTERFACE "SHELL:-idirafter ${directory}")
  endforeach()
endfunction()
