# Runs at installation: copies the headers of thespis_layers from thespis_source_dir to
# thespis_include_dir, and puts thespis/ before the path of every include of a layer.
string(REPLACE ";" "|" any_layer "${thespis_layers}")
foreach(layer IN LISTS thespis_layers)
  file(GLOB headers RELATIVE "${thespis_source_dir}" "${thespis_source_dir}/${layer}/*.hpp")
  foreach(header IN LISTS headers)
    file(READ "${thespis_source_dir}/${header}" text)
    string(REGEX REPLACE "#include \"((${any_layer})/)" "#include \"thespis/\\1" text "${text}")
    file(WRITE "${thespis_include_dir}/${header}" "${text}")
    message(STATUS "Installing: ${thespis_include_dir}/${header}")
  endforeach()
endforeach()
