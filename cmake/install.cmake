# Installs what an embedder needs: the archive, the headers, and files for find_package(thespis).
#
# Inside the project a header is "base/glob.hpp". A host application may well have a folder base/ of
# its own, so the installed headers say "thespis/base/glob.hpp" instead, and the host writes
# #include <thespis/server/...>. The same spelling works for a host that adds this project with
# add_subdirectory: the build tree has a link named thespis to the sources.
include(CMakePackageConfigHelpers)

file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/include")
file(CREATE_LINK "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/include/thespis" SYMBOLIC)
target_include_directories(thespis PUBLIC "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>")

set(thespis_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/thespis")
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/thespisConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/thespisConfig.cmake"
  INSTALL_DESTINATION "${thespis_package_dir}")
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/thespisConfigVersion.cmake" COMPATIBILITY SameMinorVersion)

install(TARGETS thespis EXPORT thespisTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT thespisTargets NAMESPACE thespis:: DESTINATION "${thespis_package_dir}")
install(FILES
  "${PROJECT_BINARY_DIR}/thespisConfig.cmake"
  "${PROJECT_BINARY_DIR}/thespisConfigVersion.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/FindCAF.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/FindAsio.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/FindLuaJIT.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/FindxxHash.cmake"
  DESTINATION "${thespis_package_dir}")

get_property(thespis_layers GLOBAL PROPERTY THESPIS_LAYERS)
install(CODE "
  set(thespis_source_dir \"${PROJECT_SOURCE_DIR}\")
  set(thespis_layers \"${thespis_layers}\")
  set(thespis_include_dir
      \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_INCLUDEDIR}/thespis\")
  include(\"${PROJECT_SOURCE_DIR}/cmake/install_headers.cmake\")")
