# lithe_add_kernels(FOLDER GENERATOR_CPP): compiles the generators of one operator folder and, with them, its generic
# kernels for every instruction set that is chosen between at run time.

# Halide's target of every instruction set. Feature lists are spelt in full, because the run-time choice compares whole
# lists. Of the extensions of aarch64 that Halide 14 knows, our kernels would use none.
set(avx512_target x86-64-linux-sse41-avx-avx2-f16c-fma-avx512-avx512_skylake)
set(avx2_target x86-64-linux-sse41-avx-avx2-f16c-fma)
set(baseline_target x86-64-linux)
set(neon_target arm-64-linux)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  set(instruction_sets avx512 avx2 baseline) # best first
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  set(instruction_sets neon)
else()
  message(FATAL_ERROR "no kernel targets are known for ${CMAKE_SYSTEM_PROCESSOR}")
endif()
list(GET instruction_sets -1 base)
set(base_target ${${base}_target})
option(LITHE_ALL_INSTRUCTION_SETS "compile the kernels of sanitized builds for more than the base" OFF)
if(LITHE_SANITIZE AND NOT LITHE_ALL_INSTRUCTION_SETS)
  set(instruction_sets ${base}) # checked code takes longer to compile
  target_compile_definitions(lithe_kernels INTERFACE LITHE_BASELINE_ONLY)
endif()
# Kinds of graphics cards: OpenCL as source text, CUDA as PTX for compute capability 8.0 and up. Neither needs anything
# installed but Halide.
set(gpu_kinds)
if(LITHE_GPU)
  set(gpu_kinds opencl cuda)
endif()
set(opencl_target ${base_target}-opencl)
set(cuda_target ${base_target}-cuda-cuda_capability_80)
set(kernel_targets)
set(generator_environment)
foreach(name IN LISTS instruction_sets)
  if(LITHE_SANITIZE MATCHES "address")
    # Functions with many accesses call the checks instead of holding their code: a fused kernel takes 8 s to compile
    # instead of 61 s. Small ones hold it: calls make a convolution seven times as slow.
    set(generator_environment ${CMAKE_COMMAND} -E env HL_LLVM_ARGS=-asan-instrumentation-with-call-threshold=1500)
    list(APPEND kernel_targets ${${name}_target}-asan-no_runtime)
  else()
    list(APPEND kernel_targets ${${name}_target}-no_runtime)
  endif()
endforeach()
list(JOIN kernel_targets "," kernel_targets)
# What the kernel compiler knows: it may compile for another machine.
foreach(name avx512 avx2 baseline neon ${gpu_kinds})
  list(APPEND named_targets "{\"${name}\", \"${${name}_target}\"}")
endforeach()
list(JOIN named_targets "," LITHE_NAMED_TARGETS)
set(kernel_folder ${CMAKE_CURRENT_BINARY_DIR}/kernels)

# Generators are compiled lightly and without sanitizers.
add_library(lithe_generator_options INTERFACE)
target_include_directories(lithe_generator_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(lithe_generator_options INTERFACE -O1 -fno-sanitize=all)
target_link_options(lithe_generator_options INTERFACE -fno-sanitize=all)

# The generators of one folder as objects: for a program of their own, which makes the generic kernels at build time,
# and for the kernel compiler, which holds them all. With LITHE_HOST_TOOLS those of another build are used.
function(lithe_add_generator program)
  if(LITHE_HOST_TOOLS)
    set(location ${LITHE_HOST_TOOLS}/halide_generators/${program})
    if(NOT EXISTS ${location})
      message(FATAL_ERROR "LITHE_HOST_TOOLS: ${location} is missing; build the target lithe_host_tools there")
    endif()
    add_executable(${program} IMPORTED)
    set_target_properties(${program} PROPERTIES IMPORTED_LOCATION ${location})
    return()
  endif()
  if(ARGN)
    add_library(${program}_objects OBJECT ${ARGN})
    target_link_libraries(${program}_objects PRIVATE Halide::Halide lithe_generator_options)
    target_link_libraries(lithe_kernelc PRIVATE ${program}_objects)
  endif()
  add_executable(${program} $<$<BOOL:${ARGN}>:$<TARGET_OBJECTS:${program}_objects>>)
  target_link_libraries(${program} PRIVATE Halide::Halide lithe_generator_main lithe_generator_options lithe_float_order)
  set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  add_dependencies(lithe_host_tools ${program})
endfunction()

# lithe_kernelc: the kernel compiler, which `lithe tune` runs as a child process.
if(NOT LITHE_HOST_TOOLS)
  find_path(LITHE_LLVM_HEADERS llvm/IR/Operator.h PATHS /usr/lib/llvm-14/include REQUIRED) # come with Halide's package
  add_library(lithe_float_order OBJECT compiler/float_order.cpp)
  target_include_directories(lithe_float_order SYSTEM PRIVATE ${LITHE_LLVM_HEADERS})
  target_compile_definitions(lithe_float_order PRIVATE LLVM_DISABLE_ABI_BREAKING_CHECKS_ENFORCING=1)
  target_link_libraries(lithe_float_order PRIVATE lithe_generator_options)
  add_library(lithe_generator_main OBJECT) # Halide's main() for all generators, compiled once
  target_link_libraries(lithe_generator_main PRIVATE Halide::Generator lithe_generator_options)

  add_executable(lithe_kernelc compiler/main.cpp compiler/compile.cpp compiler/prefetch_level.cpp)
  set_source_files_properties(
    compiler/prefetch_level.cpp
    PROPERTIES INCLUDE_DIRECTORIES ${LITHE_LLVM_HEADERS} # and LLVM's checks need its library
               COMPILE_DEFINITIONS "NDEBUG;LLVM_DISABLE_ABI_BREAKING_CHECKS_ENFORCING=1")
  target_link_libraries(lithe_kernelc PRIVATE Halide::Halide lithe_generator_options lithe_float_order
                                              nlohmann_json::nlohmann_json)
  target_compile_definitions(lithe_kernelc PRIVATE "LITHE_NAMED_TARGETS=${LITHE_NAMED_TARGETS}")
  set_target_properties(lithe_kernelc PROPERTIES OUTPUT_NAME lithe-kernelc)
  add_custom_target(lithe_host_tools)
  add_dependencies(lithe_host_tools lithe_kernelc)
elseif(NOT CMAKE_CROSSCOMPILING)
  add_custom_target(
    lithe_kernelc ALL
    COMMAND ${CMAKE_COMMAND} -E create_symlink ${LITHE_HOST_TOOLS}/lithe-kernelc ${CMAKE_BINARY_DIR}/lithe-kernelc
    VERBATIM)
endif()

function(lithe_add_kernels folder generator)
  set(program lithe_generate_${folder})
  lithe_add_generator(${program} ${generator})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${generator})
  file(STRINGS ${generator} registrations REGEX "^HALIDE_REGISTER_GENERATOR")
  foreach(registration ${registrations})
    string(REGEX REPLACE "^HALIDE_REGISTER_GENERATOR\\(.*, *([a-z0-9_]+)\\).*" "\\1" kernel "${registration}")
    set(base ${kernel_folder}/${kernel})
    add_custom_command(
      OUTPUT ${base}.a ${base}.registration.cpp
      COMMAND ${CMAKE_COMMAND} -E make_directory ${kernel_folder}
      COMMAND ${generator_environment} $<TARGET_FILE:${program}> -g ${kernel} -f lithe_kernel_${kernel} -n ${kernel} -o
              ${kernel_folder} -e static_library,registration target=${kernel_targets}
      DEPENDS ${program}
      COMMENT "kernel ${kernel}"
      VERBATIM)
    target_sources(lithe_kernels PRIVATE ${base}.registration.cpp ${base}.a)
    target_link_libraries(lithe_kernels INTERFACE ${base}.a)
  endforeach()
  lithe_add_gpu_kernels(${program} ${generator})
endfunction()

# The kernels that a generator.cpp names in LITHE_GPU_KERNELS (gpu.h), for every kind of graphics card. They make up a
# library of their own, which is loaded when a device is asked for: in liblithe they cost 4 MB of memory in every run.
if(LITHE_GPU)
  add_library(lithe_devices SHARED)
  target_compile_options(lithe_devices PRIVATE -w) # generated code
  target_link_libraries(lithe_devices PRIVATE lithe)
endif()
function(lithe_add_gpu_kernels program generator)
  file(READ ${generator} text)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${generator})
  string(REGEX MATCH "\nLITHE_GPU_KERNELS\\(([a-z0-9_, \n]+)\\);" found "${text}")
  string(REGEX MATCHALL "[a-z0-9_]+" kernels "${CMAKE_MATCH_1}")
  foreach(kind IN LISTS gpu_kinds)
    foreach(kernel IN LISTS kernels)
      set(base ${kernel_folder}/${kind}_${kernel})
      add_custom_command(
        OUTPUT ${base}.o ${base}.registration.cpp
        COMMAND ${CMAKE_COMMAND} -E make_directory ${kernel_folder}
        COMMAND ${program} -g ${kernel} -f lithe_${kind}_${kernel} -n ${kind}_${kernel} -o ${kernel_folder} -e
                object,registration target=${${kind}_target}-no_runtime
        DEPENDS ${program}
        COMMENT "kernel ${kernel}, ${kind}"
        VERBATIM)
      target_sources(lithe_devices PRIVATE ${base}.registration.cpp ${base}.o)
    endforeach()
  endforeach()
endfunction()
# For copies between layouts, which a processor needs no kernel for.
lithe_add_generator(lithe_generate_relayout relayout/gpu_generator.cpp)
lithe_add_gpu_kernels(lithe_generate_relayout relayout/gpu_generator.cpp)

# One Halide runtime for all kernels. It opens the drivers of graphics cards when they are first used.
set(runtime_target ${base_target})
foreach(kind IN LISTS gpu_kinds)
  string(APPEND runtime_target -${kind})
endforeach()
lithe_add_generator(lithe_generate_runtime)
add_custom_command(
  OUTPUT ${kernel_folder}/lithe_halide_runtime.o
  COMMAND ${CMAKE_COMMAND} -E make_directory ${kernel_folder}
  COMMAND lithe_generate_runtime -r lithe_halide_runtime -o ${kernel_folder} -e object target=${runtime_target}
  DEPENDS lithe_generate_runtime
  VERBATIM)
