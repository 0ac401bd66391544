# lithe_add_kernels(FOLDER GENERATOR_CPP): compiles the generators of one operator folder and, with them, its generic
# kernels for every instruction set that is chosen between at run time.

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  # Best first; each feature list is spelt in full, because the run-time choice compares whole lists.
  set(LITHE_KERNEL_TARGETS x86-64-linux-sse41-avx-avx2-f16c-fma-avx512-avx512_skylake
                           x86-64-linux-sse41-avx-avx2-f16c-fma x86-64-linux)
  set(LITHE_INSTRUCTION_SETS avx512 avx2 baseline)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  set(LITHE_KERNEL_TARGETS arm-64-linux)
  set(LITHE_INSTRUCTION_SETS baseline)
else()
  message(FATAL_ERROR "no kernel targets are known for ${CMAKE_SYSTEM_PROCESSOR}")
endif()
list(GET LITHE_KERNEL_TARGETS -1 base_target)
option(LITHE_ALL_INSTRUCTION_SETS "compile the kernels of sanitized builds for more than the base" OFF)
if(LITHE_SANITIZE AND NOT LITHE_ALL_INSTRUCTION_SETS)
  set(LITHE_KERNEL_TARGETS ${base_target}) # checked code takes up to ten times as long to compile
  set(LITHE_INSTRUCTION_SETS baseline)
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
foreach(name target IN ZIP_LISTS LITHE_INSTRUCTION_SETS LITHE_KERNEL_TARGETS)
  list(APPEND named_targets "{\"${name}\", \"${target}\"}")
endforeach()
foreach(kind IN LISTS gpu_kinds)
  list(APPEND named_targets "{\"${kind}\", \"${${kind}_target}\"}")
endforeach()
list(JOIN named_targets "," LITHE_NAMED_TARGETS)
if(LITHE_SANITIZE MATCHES "address")
  list(TRANSFORM LITHE_KERNEL_TARGETS APPEND "-asan")
endif()
list(TRANSFORM LITHE_KERNEL_TARGETS APPEND "-no_runtime")
list(JOIN LITHE_KERNEL_TARGETS "," LITHE_KERNEL_TARGETS)
set(kernel_folder ${CMAKE_CURRENT_BINARY_DIR}/kernels)

# Generators are compiled lightly and without sanitizers.
add_library(lithe_generator_options INTERFACE)
target_include_directories(lithe_generator_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(lithe_generator_options INTERFACE -O1 -fno-sanitize=all)
target_link_options(lithe_generator_options INTERFACE -fno-sanitize=all)

find_path(LITHE_LLVM_HEADERS llvm/IR/Operator.h PATHS /usr/lib/llvm-14/include REQUIRED) # come with Halide's package
add_library(lithe_float_order OBJECT compiler/float_order.cpp)
target_include_directories(lithe_float_order SYSTEM PRIVATE ${LITHE_LLVM_HEADERS})
target_compile_definitions(lithe_float_order PRIVATE LLVM_DISABLE_ABI_BREAKING_CHECKS_ENFORCING=1)
target_link_libraries(lithe_float_order PRIVATE lithe_generator_options)

# The generators of one folder as objects: for a program of their own, which makes the generic kernels at build time,
# and for the kernel compiler, which holds them all.
function(lithe_add_generator program)
  if(ARGN)
    add_library(${program}_objects OBJECT ${ARGN})
    target_link_libraries(${program}_objects PRIVATE Halide::Halide lithe_generator_options)
    target_link_libraries(lithe_kernelc PRIVATE ${program}_objects)
  endif()
  add_executable(${program} $<$<BOOL:${ARGN}>:$<TARGET_OBJECTS:${program}_objects>>)
  target_link_libraries(${program} PRIVATE Halide::Generator lithe_generator_options lithe_float_order)
  set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
endfunction()

# The kernel compiler, which `lithe tune` runs as a child process.
add_executable(lithe_kernelc compiler/main.cpp compiler/compile.cpp)
target_link_libraries(lithe_kernelc PRIVATE Halide::Halide lithe_generator_options lithe_float_order
                                            nlohmann_json::nlohmann_json)
target_compile_definitions(lithe_kernelc PRIVATE "LITHE_NAMED_TARGETS=${LITHE_NAMED_TARGETS}")
set_target_properties(lithe_kernelc PROPERTIES OUTPUT_NAME lithe-kernelc)

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
      COMMAND ${program} -g ${kernel} -f lithe_kernel_${kernel} -n ${kernel} -o ${kernel_folder} -e static_library,registration
              target=${LITHE_KERNEL_TARGETS}
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
