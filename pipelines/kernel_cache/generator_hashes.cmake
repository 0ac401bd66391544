# cmake -DGENERATORS=halide_generators -DHALIDE_VERSION=14.0.0 -DOUTPUT=generator_hashes.h -P generator_hashes.cmake
# One hash per kernel, of everything that its compiled form depends on: its generator.cpp, what that includes of ours,
# and the kernel compiler. A change of one operator's schedule then leaves the kernels of the others alone.

cmake_minimum_required(VERSION 3.25)

function(add_with_includes file)
  if(file IN_LIST closure)
    return()
  endif()
  list(APPEND closure ${file})
  file(STRINGS ${file} includes REGEX "^#include \"halide_generators/")
  foreach(line ${includes})
    string(REGEX REPLACE "^#include \"halide_generators/(.*)\".*" "${GENERATORS}/\\1" included "${line}")
    add_with_includes(${included})
  endforeach()
  set(closure ${closure} PARENT_SCOPE)
endfunction()

set(rows "")
file(GLOB compiler ${GENERATORS}/compiler/*.cpp)
file(GLOB generators ${GENERATORS}/*/generator.cpp ${GENERATORS}/*/generator_adjoint.cpp)
foreach(generator ${generators})
  set(closure "")
  add_with_includes(${generator})
  foreach(file ${compiler})
    add_with_includes(${file})
  endforeach()
  list(SORT closure)
  set(hashes "")
  foreach(file ${closure} ${GENERATORS}/kernels.cmake)
    file(SHA256 ${file} hash)
    string(APPEND hashes ${hash})
  endforeach()
  string(SHA256 hash "${hashes}")
  string(SUBSTRING ${hash} 0 16 hash)
  file(STRINGS ${generator} registrations REGEX "^HALIDE_REGISTER_GENERATOR")
  foreach(registration ${registrations})
    string(REGEX REPLACE "^HALIDE_REGISTER_GENERATOR\\(.*, *([a-z0-9_]+)\\).*" "\\1" kernel "${registration}")
    string(APPEND rows "    {\"${kernel}\", \"${hash}\"},\n")
  endforeach()
endforeach()

file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#pragma once

namespace lithe {

constexpr char kHalideVersion[] = \"@HALIDE_VERSION@\";
struct GeneratorHash {
  const char *kernel, *hash;
};
constexpr GeneratorHash kGeneratorHashes[] = {
@rows@};

}  // namespace lithe
" @ONLY)
