# Installs vae_core as the package `vae`: find_package(vae) gives the target vae::core. See docs/library.md.

include(CMakePackageConfigHelpers)
add_library(vae::core ALIAS vae_core)
set(VAE_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/vae)

# What this build takes from targets of its own, others take from the package: LibTorch as the config file finds it,
# the flags without those for warnings. Libraries of headers alone that no public header includes are not needed there.
get_target_property(libraries vae_core INTERFACE_LINK_LIBRARIES)
set(interface_libraries)
foreach(library ${libraries})
  list(APPEND interface_libraries $<BUILD_INTERFACE:${library}>)
endforeach()
list(REMOVE_ITEM libraries vae_torch CLI11::CLI11 nlohmann_json::nlohmann_json $<LINK_ONLY:vae_flags>)
foreach(library vae::torch ${libraries})
  list(APPEND interface_libraries $<INSTALL_INTERFACE:${library}>)
endforeach()
set_target_properties(
  vae_core
  PROPERTIES EXPORT_NAME core
             INTERFACE_LINK_LIBRARIES "${interface_libraries}"
             INTERFACE_COMPILE_FEATURES cxx_std_20
             INTERFACE_INCLUDE_DIRECTORIES
             "$<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/src>;$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/vae>")
target_link_options(vae_core INTERFACE $<INSTALL_INTERFACE:${OpenMP_CXX_FLAGS}>)
if(VAE_SANITIZE)
  target_link_options(vae_core INTERFACE $<INSTALL_INTERFACE:-fsanitize=${VAE_SANITIZE}>)
endif()

configure_package_config_file(cmake/vaeConfig.cmake.in vaeConfig.cmake INSTALL_DESTINATION ${VAE_PACKAGE_DIR})
write_basic_package_version_file(vaeConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS vae_core EXPORT vaeTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(EXPORT vaeTargets NAMESPACE vae:: DESTINATION ${VAE_PACKAGE_DIR} COMPONENT library)
install(FILES ${CMAKE_BINARY_DIR}/vaeConfig.cmake ${CMAKE_BINARY_DIR}/vaeConfigVersion.cmake
              cmake/torch_headers_last.cmake DESTINATION ${VAE_PACKAGE_DIR} COMPONENT library)
# All that is below the command line.
install(DIRECTORY src/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/vae COMPONENT library
        FILES_MATCHING PATTERN "*.h" PATTERN cli EXCLUDE)
