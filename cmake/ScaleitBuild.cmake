# Compiler flags, ccache, and the one function every room is declared with.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # pch_defines and time_macros: without them ccache refuses to cache anything
  # that was compiled against a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${CCACHE_PROGRAM})
endif()

add_library(scaleit_flags INTERFACE)
target_compile_options(scaleit_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Werror
  -fno-omit-frame-pointer)
if(NOT CMAKE_UNITY_BUILD)  # there the names of one file lie over those of the next
  target_compile_options(scaleit_flags INTERFACE -Wshadow)
endif()
target_include_directories(scaleit_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(scaleit_flags INTERFACE
  SCALEIT_VERSION="${PROJECT_VERSION}")
if(SCALEIT_PCH)
  # ccache needs this to trust a precompiled header.
  target_compile_options(scaleit_flags INTERFACE -fpch-preprocess)
endif()
if(SCALEIT_SANITIZE)
  # No -fno-sanitize-recover: it aborts also where tests/support/ubsan.supp says not to.
  # The test presets set halt_on_error instead.
  # And GCC 12 takes what the sanitizers add to <regex> for reads of the uninitialised.
  add_compile_options(-fsanitize=${SCALEIT_SANITIZE} -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=${SCALEIT_SANITIZE})
  if(SCALEIT_SANITIZE MATCHES "address")
    # Its tables hold millions of addresses. In a program that may lie anywhere each is
    # put right at every start: half a second, a hundred times in some tests.
    add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-no-pie>)
  endif()
  if(SCALEIT_SANITIZE MATCHES "thread")
    # Asio and shared_ptr use fences that TSan cannot see; GCC warns about each.
    add_compile_options(-Wno-tsan)
  endif()
endif()

# scaleit_room(NAME SOURCES a.cpp ... DEPENDS lib ... [PCH header ...])
# One static library per top-level folder: scaleit::NAME.
function(scaleit_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPENDS;PCH" ${ARGN})
  add_library(scaleit_${name} STATIC ${ROOM_SOURCES})
  add_library(scaleit::${name} ALIAS scaleit_${name})
  target_link_libraries(scaleit_${name} PUBLIC scaleit_flags ${ROOM_DEPENDS})
  if(SCALEIT_PCH AND ROOM_PCH)
    target_precompile_headers(scaleit_${name} PRIVATE ${ROOM_PCH})
  endif()
endfunction()
