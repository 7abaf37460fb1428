# XNNPACK for WebAssembly, whose own CMakeLists.txt doesn't know it, from the sources that tools/fetch_sources.sh puts
# in place.
#
#   ganlet_deps::xnnpack               the headers, for our own objects, of which there is one set
#   ganlet_deps::xnnpack_relaxed_simd  the library with relaxed SIMD's matrix kernels, chosen when linking
#   ganlet_deps::xnnpack_simd128       the library without, for browsers that lack them
#
# Both are the same but for the matrix kernels. Those for int8 multiply whole numbers, so that pictures are the same.
# Those for float32 fuse multiplications with additions, which rounds otherwise, and makes float32 networks 12 % faster
# in Chromium (tools/bench/compare.mjs).
#
# Its subgraph interface isn't compiled: ganlet uses operators alone, and the linker drops those that nothing calls.

ganlet_fetch(xnnpack pthreadpool fp16 fxdiv)
set(xnnpack_root ${GANLET_SOURCES}/xnnpack)

add_library(ganlet_deps_xnnpack INTERFACE)
add_library(ganlet_deps::xnnpack ALIAS ganlet_deps_xnnpack)
target_include_directories(ganlet_deps_xnnpack SYSTEM INTERFACE ${xnnpack_root}/include
  ${GANLET_SOURCES}/pthreadpool/include)

# XNNPACK's own lists of the kernels that its configurations name.
foreach(family scalar wasm wasmsimd wasmrelaxedsimd)
  include(${xnnpack_root}/cmake/gen/${family}_microkernels.cmake)
endforeach()
set(xnnpack_kernels ${PROD_SCALAR_MICROKERNEL_SRCS} ${PROD_WASM_MICROKERNEL_SRCS} ${PROD_WASMSIMD_MICROKERNEL_SRCS})
set(xnnpack_relaxed_kernels ${PROD_WASMRELAXEDSIMD_MICROKERNEL_SRCS})

# ganlet computes in float32 and with int8 weights. Kernels that it has no use for aren't compiled, and are weak where
# configurations name them: the linker would keep whatever any configuration names, which made a tenth of the wasm file.
# So an operation that src/xnn begins to use has to be taken off the list.
set(xnnpack_needed "src/(f32-[a-z]+|f32-qs8-vcvt|qd8-f32-qc8w-i?gemm|x32-[a-z]+|xx-[a-z]+)/")
set(xnnpack_unused_f32
  "argmaxpool|avgpool|pavgpool|maxpool|raddstoreexpminusmax|rmax|spmm|vcmul|vcopysign|vhswish|vlog|vrnd|vrsqrt|vsqr")
set(xnnpack_unused "src/(f32-(${xnnpack_unused_f32})|x32-(unpool|zip))/|vsqrdiff|vcopysign|wasmu?sdot")
# Kernels that don't clamp, or only at 0, save little time over those that do, which serve in their place.
string(APPEND xnnpack_unused "|f32-(i?gemm|dwconv)-[0-9a-z]+-(relu-)?(wasm|scalar)")
set(xnnpack_weak "")
foreach(kernel IN LISTS xnnpack_kernels xnnpack_relaxed_kernels)
  if(NOT kernel MATCHES ${xnnpack_needed} OR kernel MATCHES ${xnnpack_unused})
    file(STRINGS ${xnnpack_root}/${kernel} functions REGEX "^(void|size_t) xnn_.*\\($")
    foreach(function IN LISTS functions)
      string(REGEX REPLACE "^[a-z_]+ (xnn_[a-z0-9_]+).*" "#pragma weak \\1\n" function ${function})
      string(APPEND xnnpack_weak ${function})
    endforeach()
  endif()
endforeach()
list(FILTER xnnpack_kernels INCLUDE REGEX ${xnnpack_needed})
list(FILTER xnnpack_kernels EXCLUDE REGEX ${xnnpack_unused})
list(FILTER xnnpack_kernels EXCLUDE REGEX "x32-packw-x(8|2c4)-gemm-goi-wasmsimd") # xnnpack_packing.c
list(TRANSFORM xnnpack_kernels PREPEND ${xnnpack_root}/)
list(FILTER xnnpack_relaxed_kernels INCLUDE REGEX "src/f32-i?gemm/")
list(FILTER xnnpack_relaxed_kernels EXCLUDE REGEX ${xnnpack_unused})
list(TRANSFORM xnnpack_relaxed_kernels PREPEND ${xnnpack_root}/)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/xnnpack/weak_kernels.h CONTENT "${xnnpack_weak}")

# What isn't a kernel.
set(xnnpack_core
  allocator.c cache.c datatype.c indirection.c init.c log.c memory.c microkernel-utils.c microparams-init.c mutex.c
  normalization.c
  operator-delete.c operator-run.c operator-utils.c params.c
  configs/argmaxpool-config.c configs/binary-elementwise-config.c configs/cmul-config.c
  configs/conv-hwc2chw-config.c configs/dwconv-config.c configs/dwconv2d-chw-config.c configs/experiments-config.c
  configs/ibilinear-chw-config.c configs/ibilinear-config.c
  configs/lut32norm-config.c configs/pack-lh-config.c
  configs/reduce-config.c configs/spmm-config.c
  configs/transpose-config.c configs/unary-elementwise-config.c configs/unpool-config.c configs/vmulcaddc-config.c
  configs/x8-lut-config.c configs/xx-fill-config.c configs/xx-pad-config.c configs/zip-config.c
  enums/datatype-strings.c enums/microkernel-type.c enums/operator-type.c
  operators/batch-matrix-multiply-nc.c operators/binary-elementwise-nd.c
  operators/constant-pad-nd.c operators/convolution-nhwc.c operators/deconvolution-nhwc.c operators/fully-connected-nc.c
  operators/reduce-nd.c operators/slice-nd.c
  operators/transpose-nd.c operators/unary-elementwise-nc.c
  reference/packing.cc
  tables/exp2-k-over-2048.c tables/exp2-k-over-64.c tables/exp2minus-k-over-16.c tables/exp2minus-k-over-2048.c
  tables/exp2minus-k-over-32.c tables/exp2minus-k-over-4.c tables/exp2minus-k-over-64.c tables/exp2minus-k-over-8.c
  tables/vlog.c)
list(TRANSFORM xnnpack_core PREPEND ${xnnpack_root}/src/)
list(APPEND xnnpack_core ${CMAKE_CURRENT_LIST_DIR}/xnnpack_hardware_config.c
  ${CMAKE_CURRENT_LIST_DIR}/xnnpack_without_reference.c
  ${CMAKE_CURRENT_LIST_DIR}/xnnpack_packing.c)
set_source_files_properties(${xnnpack_core} PROPERTIES
  COMPILE_OPTIONS "-Oz;-flto;-include;${CMAKE_CURRENT_LIST_DIR}/xnnpack_without_flags.h")

# Two kernels include <arm_neon.h> by mistake; a header of that name with WebAssembly's intrinsics is all that they
# need.
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/xnnpack/arm_neon.h CONTENT "#include <wasm_simd128.h>\n")

set(xnnpack_definitions NDEBUG FXDIV_USE_INLINE_ASSEMBLY=0 XNN_LOG_LEVEL=0 XNN_ENABLE_GEMM_M_SPECIALIZATION=1)
foreach(feature ASSEMBLY CPUINFO DWCONV_MULTIPASS HVX KLEIDIAI MEMOPT SPARSE SRM_SME)
  list(APPEND xnnpack_definitions XNN_ENABLE_${feature}=0)
endforeach()

# Hundreds of small files: compiled together, they take a tenth of the time. Scalar ones name their vector types as SIMD
# ones do.
foreach(kernel IN LISTS xnnpack_kernels)
  if(kernel MATCHES "wasm[^/]*$")
    set_property(SOURCE ${kernel} PROPERTY UNITY_GROUP simd)
  else()
    set_property(SOURCE ${kernel} PROPERTY UNITY_GROUP scalar)
  endif()
endforeach()

# ganlet_xnnpack_part(NAME SOURCE...): the static library ganlet_deps_NAME.
function(ganlet_xnnpack_part name)
  add_library(ganlet_deps_${name} STATIC EXCLUDE_FROM_ALL ${ARGN})
  set_target_properties(ganlet_deps_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP
    CXX_STANDARD 14 C_STANDARD 99 C_EXTENSIONS ON)
  target_compile_definitions(ganlet_deps_${name} PRIVATE ${xnnpack_definitions})
  target_compile_options(ganlet_deps_${name} PRIVATE -msimd128 -mbulk-memory -Oz -w -ffunction-sections -fdata-sections
    -include weak_kernels.h $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti>)
  target_include_directories(ganlet_deps_${name} PRIVATE ${PROJECT_BINARY_DIR}/xnnpack ${xnnpack_root}/src
    ${GANLET_SOURCES}/fp16/include ${GANLET_SOURCES}/fxdiv/include ${GANLET_SOURCES}/pthreadpool/src)
  target_link_libraries(ganlet_deps_${name} PRIVATE ganlet_deps_xnnpack)
endfunction()

ganlet_xnnpack_part(xnnpack_common ${xnnpack_core} ${xnnpack_kernels}
  ${GANLET_SOURCES}/pthreadpool/src/shim.c ${GANLET_SOURCES}/pthreadpool/src/legacy-api.c)

# The configuration that names the matrix kernels, and those that only relaxed SIMD has; among them ours for int8, whose
# configuration takes the place of XNNPACK's, under its name.
set(xnnpack_gemm_config ${xnnpack_root}/src/configs/gemm-config.c)
set(xnnpack_qd8_gemm ${CMAKE_CURRENT_LIST_DIR}/xnnpack_qd8_gemm.c)
set(xnnpack_replaced xnn_init_qd8_f32_qc8w_gemm_config=xnn_init_replaced_gemm_config)
set(xnnpack_is_relaxed $<STREQUAL:$<TARGET_PROPERTY:NAME>,ganlet_deps_xnnpack_relaxed_simd>)
set_source_files_properties(${xnnpack_gemm_config} PROPERTIES
  COMPILE_OPTIONS
    "-Oz;-flto;-include;${CMAKE_CURRENT_LIST_DIR}/xnnpack_many_processors.h;$<${xnnpack_is_relaxed}:-mrelaxed-simd>"
  COMPILE_DEFINITIONS $<${xnnpack_is_relaxed}:${xnnpack_replaced}>)
set_source_files_properties(${xnnpack_relaxed_kernels} PROPERTIES COMPILE_OPTIONS -mrelaxed-simd)
set_source_files_properties(${xnnpack_qd8_gemm} PROPERTIES COMPILE_OPTIONS "-O2;-mrelaxed-simd")
ganlet_xnnpack_part(xnnpack_simd128 ${xnnpack_gemm_config})
ganlet_xnnpack_part(xnnpack_relaxed_simd ${xnnpack_gemm_config} ${xnnpack_qd8_gemm} ${xnnpack_relaxed_kernels})
set_target_properties(ganlet_deps_xnnpack_relaxed_simd PROPERTIES UNITY_BUILD OFF)
foreach(variant simd128 relaxed_simd)
  target_link_libraries(ganlet_deps_xnnpack_${variant} PRIVATE ganlet_deps_xnnpack_common)
  add_library(ganlet_deps::xnnpack_${variant} ALIAS ganlet_deps_xnnpack_${variant})
endforeach()
