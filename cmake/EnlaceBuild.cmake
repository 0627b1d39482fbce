# What every target of the project shares: warnings, sanitizers, ccache, and how a module is declared.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Precompiled headers need these sloppiness settings to be cached at all.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
endif()

add_library(enlace_flags INTERFACE)
target_compile_options(enlace_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(enlace_flags INTERFACE -fcoroutines $<$<BOOL:${CCACHE_PROGRAM}>:-fpch-preprocess>)
  # g++ 12 sees overlaps and overflows in std::string that are not there (GCC bugs 105329, 105651).
  target_compile_options(enlace_flags INTERFACE -Wno-restrict -Wno-stringop-overflow)
  if(ENLACE_SANITIZE MATCHES thread)
    target_compile_options(enlace_flags INTERFACE -Wno-tsan)
  endif()
else()
  target_compile_options(enlace_flags INTERFACE $<$<BOOL:${CCACHE_PROGRAM}>:SHELL:-Xclang -fno-pch-timestamp>)
endif()
if(ENLACE_SANITIZE)
  target_compile_options(enlace_flags INTERFACE -fsanitize=${ENLACE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(enlace_flags INTERFACE -fsanitize=${ENLACE_SANITIZE})
endif()
# Asio is header-only here as in its users' programs: docs/adr/0006. Beast is the library's own affair.
target_compile_definitions(enlace_flags INTERFACE BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)

set(ENLACE_HEAVY_HEADERS <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/any_io_executor.hpp>
                         <boost/asio/io_context.hpp> <boost/asio/this_coro.hpp> <boost/asio/as_tuple.hpp>
                         <boost/asio/deferred.hpp> <boost/json.hpp>)

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
    target_precompile_headers(enlace_${name} PRIVATE ${ENLACE_HEAVY_HEADERS})
  endif()
  set_property(GLOBAL APPEND PROPERTY ENLACE_MODULES enlace_${name})
endfunction()
