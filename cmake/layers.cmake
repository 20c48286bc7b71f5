# One static library a folder, linked as cmake/layers.txt allows: thespis_base, thespis_protocol ...

# Defines thespis_<folder> from <folder>/*.cpp and links it to the folders that it may include. A
# folder without sources (header only, or not begun) becomes an interface library, so that nobody
# has to know which folders exist. server/main.cpp, server/operator_new.cpp and check/main.cpp
# belong to the programs, not to the library.
function(thespis_add_layer folder)
  set(dependencies ${ARGN})
  list(TRANSFORM dependencies PREPEND thespis_)
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
  file(GLOB headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.hpp")
  list(FILTER sources EXCLUDE REGEX "/(server|check)/(main|operator_new)\\.cpp$")
  set(target thespis_${folder})
  if(sources)
    add_library(${target} STATIC ${sources} ${headers})
    set(visibility PUBLIC)
    thespis_assert_std(${target} ${folder})
    set_property(GLOBAL APPEND PROPERTY THESPIS_OBJECTS "$<TARGET_OBJECTS:${target}>")
  else()
    add_library(${target} INTERFACE)
    set(visibility INTERFACE)
  endif()
  target_include_directories(${target} ${visibility} "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} ${visibility} ${dependencies})
  set_property(GLOBAL APPEND PROPERTY THESPIS_LAYERS ${folder})
endfunction()

# Lets std check its preconditions in builds that ask for it (indices, empty containers). Not where
# CAF is: its headers dereference a null shared_ptr<std::tuple<>> as a matter of course.
function(thespis_assert_std target folder)
  if(THESPIS_STD_ASSERTIONS AND NOT folder MATCHES "^(actors|server)$")
    target_compile_definitions(${target} PRIVATE _GLIBCXX_ASSERTIONS)
  endif()
endfunction()

# Reads the table and defines all its layers; THESPIS_LAYERS lists them from the ground up.
function(thespis_add_layers table)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${table}")
  file(STRINGS "${table}" rows REGEX "^[a-z]")
  foreach(row IN LISTS rows)
    if(NOT row MATCHES "^([a-z_]+):(.*)$")
      message(FATAL_ERROR "${table}: a row is 'folder: folders that it may include', not '${row}'")
    endif()
    set(folder "${CMAKE_MATCH_1}")
    separate_arguments(dependencies UNIX_COMMAND "${CMAKE_MATCH_2}")
    thespis_add_layer(${folder} ${dependencies})
  endforeach()
endfunction()

# Adds libraries from outside to a layer and to everything above it.
function(thespis_layer_uses folder)
  get_target_property(type thespis_${folder} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    target_link_libraries(thespis_${folder} INTERFACE ${ARGN})
  else()
    target_link_libraries(thespis_${folder} PUBLIC ${ARGN})
  endif()
endfunction()
