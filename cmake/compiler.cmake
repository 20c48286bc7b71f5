# How every file of this project is compiled: the language, the warnings, the sanitizers, ccache.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_compile_options(
  -Wall -Wextra -Wconversion -Wshadow
  -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wcast-qual -Wextra-semi -Wvla)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wduplicated-cond)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  # What these guess after inlining is wrong on std::optional, std::string and std::regex, and
  # differs with every change of optimisation. The asan preset looks for the real ones.
  add_compile_options(
    -Wno-maybe-uninitialized -Wno-array-bounds -Wno-restrict
    -Wno-stringop-overflow -Wno-stringop-overread)
endif()
if(THESPIS_WARNINGS_AS_ERRORS)
  add_compile_options(-Werror)
endif()

# A profiler and a crash report can walk the stack of every build, at a cost below what a benchmark
# of the server can tell apart.
add_compile_options(-fno-omit-frame-pointer)

if(THESPIS_SANITIZE)
  # CAF binds references to the null of an empty std::shared_ptr (spawning a function without
  # arguments), hence no check of that; AddressSanitizer reports a null that is used.
  add_compile_options(
    -fsanitize=${THESPIS_SANITIZE} -fno-sanitize=null -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${THESPIS_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # ThreadSanitizer does not see Asio's fences; its handlers also pass a lock or an atomic.
    add_compile_options(-Wno-tsan)
  endif()
endif()

if(THESPIS_UNITY)
  # Names without a namespace of their own meet, so each may exist once a folder. What a file hides
  # from others is no longer hidden: no warnings about that. The release preset compiles files one
  # by one.
  set(CMAKE_UNITY_BUILD ON)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 10)
  add_compile_options(-Wno-shadow -Wno-subobject-linkage)
endif()

if(THESPIS_SEEDED_FAULTS)
  # base/seeded_fault.hpp
  add_compile_definitions(THESPIS_SEEDED_FAULTS)
endif()

if(THESPIS_LTO)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
endif()

# ccache accepts precompiled headers only when told that their macros and times may be trusted.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      "${CCACHE_PROGRAM}")
endif()

# Precompiles headers for a target that has sources: those from outside that are slow to parse (CAF
# and Asio take 2-3 s a file), and of ours only what nearly all of the target's files include
# anyway, directly or not (the core and the messages of actors take another 2 s).
function(thespis_precompile target)
  get_target_property(type ${target} TYPE)
  if(THESPIS_PRECOMPILE AND NOT type STREQUAL "INTERFACE_LIBRARY")
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# Lets a target use what another one has precompiled; both must be compiled with the same settings.
function(thespis_reuse_precompiled target other)
  get_target_property(type ${target} TYPE)
  get_target_property(precompiled ${other} PRECOMPILE_HEADERS)
  if(precompiled AND NOT type STREQUAL "INTERFACE_LIBRARY")
    target_precompile_headers(${target} REUSE_FROM ${other})
  endif()
endfunction()
