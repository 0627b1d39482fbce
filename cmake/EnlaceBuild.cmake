# What every target of the project shares: warnings, sanitizers, ccache, and how a module is declared.

option(ENLACE_CCACHE "Compile through ccache: pays when branches change, costs a quarter more on the first build" OFF)
if(ENLACE_CCACHE)
  find_program(CCACHE_PROGRAM ccache REQUIRED)
  # Precompiled headers need these sloppiness settings to be cached at all.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
endif()

add_library(enlace_flags INTERFACE)
target_compile_options(enlace_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(enlace_flags INTERFACE -fcoroutines $<$<BOOL:${ENLACE_CCACHE}>:-fpch-preprocess>)
  # g++ 12 sees overlaps and overflows in std::string that are not there (GCC bugs 105329, 105651).
  target_compile_options(enlace_flags INTERFACE -Wno-restrict -Wno-stringop-overflow)
  if(CMAKE_UNITY_BUILD)
    # It takes the frame of a coroutine for a type of a header, since its source is included.
    target_compile_options(enlace_flags INTERFACE -Wno-subobject-linkage)
  endif()
  if(ENLACE_SANITIZE MATCHES thread)
    target_compile_options(enlace_flags INTERFACE -Wno-tsan)
  endif()
else()
  target_compile_options(enlace_flags INTERFACE $<$<BOOL:${ENLACE_CCACHE}>:SHELL:-Xclang -fno-pch-timestamp>)
endif()
if(ENLACE_SANITIZE)
  # The examples too, which know nothing of enlace_flags.
  add_compile_options(-fsanitize=${ENLACE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ENLACE_SANITIZE})
endif()
# Asio is header-only here as in its users' programs: docs/adr/0006. Beast is the library's own affair.
target_compile_definitions(enlace_flags INTERFACE BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)

set(ENLACE_HEAVY_HEADERS <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/any_io_executor.hpp>
                         <boost/asio/io_context.hpp> <boost/asio/this_coro.hpp> <boost/asio/as_tuple.hpp>
                         <boost/asio/deferred.hpp> <boost/json.hpp>)

# enlace_precompiled(NAME [PROGRAM] LINK library... HEADERS header...): a precompiled header that other targets of the
# same flags take up with REUSE_FROM; PROGRAM says that those are programs, whose code is compiled as such. Parsing Asio
# takes longer than all the rest of a unit.
function(enlace_precompiled name)
  cmake_parse_arguments(P "PROGRAM" "" "LINK;HEADERS" ${ARGN})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  if(P_PROGRAM)
    file(CONFIGURE OUTPUT ${source} CONTENT "int main() {}\n")
    add_executable(${name} ${source})
  else()
    file(CONFIGURE OUTPUT ${source} CONTENT "")
    add_library(${name} OBJECT ${source})
  endif()
  target_link_libraries(${name} PRIVATE ${P_LINK})
  target_precompile_headers(${name} PRIVATE ${P_HEADERS})
endfunction()

# enlace_module(NAME DEPENDS module... SOURCES file...): one folder of src/, as an object library. Its tests link it and
# the modules below it alone, so that a layer is built and tested without those above.
function(enlace_module name)
  cmake_parse_arguments(M "HEAVY" "" "DEPENDS;SOURCES;LINK" ${ARGN})
  # CMake hands on an object library's objects to direct users only, so a test names every module it stands on.
  set(closure enlace_${name})
  foreach(module IN LISTS M_DEPENDS)
    get_property(below GLOBAL PROPERTY ENLACE_CLOSURE_${module})
    list(APPEND closure ${below})
  endforeach()
  list(REMOVE_DUPLICATES closure)
  set_property(GLOBAL PROPERTY ENLACE_CLOSURE_${name} ${closure})
  if(NOT M_SOURCES)
    add_library(enlace_${name} INTERFACE)
    return()
  endif()
  add_library(enlace_${name} OBJECT ${M_SOURCES})
  target_include_directories(enlace_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(enlace_${name} PRIVATE enlace_flags PUBLIC Boost::json Threads::Threads ${M_LINK})
  foreach(module IN LISTS M_DEPENDS)
    target_link_libraries(enlace_${name} PUBLIC enlace_${module})
  endforeach()
  if(M_HEAVY)
    target_precompile_headers(enlace_${name} REUSE_FROM enlace_heavy)
  endif()
  set_property(GLOBAL APPEND PROPERTY ENLACE_MODULES enlace_${name})
endfunction()
