# Installs the build into a folder of its own, builds the consumer against that folder and runs it.
set(place "${BUILD}/tests/consumer")
file(REMOVE_RECURSE "${place}")

function(must_succeed)
  execute_process(COMMAND ${ARGN}
    OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE failed)
  if(failed)
    string(JOIN " " command ${ARGN})
    message(FATAL_ERROR "${command}\n${output}")
  endif()
endfunction()

must_succeed("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${place}/installed")
must_succeed("${CMAKE_COMMAND}" -G Ninja -S "${CONSUMER}" -B "${place}/build"
  "-DCMAKE_PREFIX_PATH=${place}/installed" "-DCMAKE_CXX_COMPILER=${COMPILER}")
must_succeed("${CMAKE_COMMAND}" --build "${place}/build")
must_succeed("${place}/build/consumer")
