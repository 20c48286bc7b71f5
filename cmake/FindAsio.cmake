# Asio without Boost (header only), which Debian ships without CMake files.
#
#   find_package(Asio 1.22 REQUIRED)   ->   Asio::asio, Asio_VERSION
#
# The version is read from asio/version.hpp, where 1.22.1 is the number 102201.
find_path(Asio_INCLUDE_DIR NAMES asio/version.hpp)

if(Asio_INCLUDE_DIR)
  file(STRINGS "${Asio_INCLUDE_DIR}/asio/version.hpp" asio_version_line
       REGEX "^#define ASIO_VERSION +[0-9]+")
  string(REGEX MATCH "[0-9]+" asio_version_number "${asio_version_line}")
  if(asio_version_number)
    math(EXPR asio_major "${asio_version_number} / 100000")
    math(EXPR asio_minor "${asio_version_number} / 100 % 1000")
    math(EXPR asio_patch "${asio_version_number} % 100")
    set(Asio_VERSION "${asio_major}.${asio_minor}.${asio_patch}")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Asio
  REQUIRED_VARS Asio_INCLUDE_DIR
  VERSION_VAR Asio_VERSION
  REASON_FAILURE_MESSAGE "install it with: apt-get install libasio-dev")

if(Asio_FOUND AND NOT TARGET Asio::asio)
  find_package(Threads REQUIRED)
  add_library(Asio::asio INTERFACE IMPORTED)
  set_target_properties(Asio::asio PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${Asio_INCLUDE_DIR}"
    # Its memory comes from operator new: see actors/memory_reserve.hpp.
    INTERFACE_COMPILE_DEFINITIONS
      "ASIO_STANDALONE;ASIO_NO_DEPRECATED;ASIO_DISABLE_STD_ALIGNED_ALLOC"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
mark_as_advanced(Asio_INCLUDE_DIR)
