# LuaJIT, which Debian ships without CMake files.
#
#   find_package(LuaJIT 2.1 REQUIRED)   ->   LuaJIT::LuaJIT, LuaJIT_VERSION
#
# The version is read from luajit.h, where 2.1.0 is the number 20100.
find_path(LuaJIT_INCLUDE_DIR NAMES luajit.h PATH_SUFFIXES luajit-2.1)
find_library(LuaJIT_LIBRARY NAMES luajit-5.1)

if(LuaJIT_INCLUDE_DIR)
  file(STRINGS "${LuaJIT_INCLUDE_DIR}/luajit.h" luajit_version_line
       REGEX "^#define LUAJIT_VERSION_NUM[ \t]+[0-9]+")
  string(REGEX MATCH "[0-9]+" luajit_version_number "${luajit_version_line}")
  if(luajit_version_number)
    math(EXPR luajit_major "${luajit_version_number} / 10000")
    math(EXPR luajit_minor "${luajit_version_number} / 100 % 100")
    math(EXPR luajit_patch "${luajit_version_number} % 100")
    set(LuaJIT_VERSION "${luajit_major}.${luajit_minor}.${luajit_patch}")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LuaJIT
  REQUIRED_VARS LuaJIT_LIBRARY LuaJIT_INCLUDE_DIR
  VERSION_VAR LuaJIT_VERSION
  REASON_FAILURE_MESSAGE "install it with: apt-get install libluajit-5.1-dev")

if(LuaJIT_FOUND AND NOT TARGET LuaJIT::LuaJIT)
  add_library(LuaJIT::LuaJIT UNKNOWN IMPORTED)
  set_target_properties(LuaJIT::LuaJIT PROPERTIES
    IMPORTED_LOCATION "${LuaJIT_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${LuaJIT_INCLUDE_DIR}")
endif()
mark_as_advanced(LuaJIT_INCLUDE_DIR LuaJIT_LIBRARY)
