# CMake toolchain file: cmake -DCMAKE_TOOLCHAIN_FILE=…/slipway.cmake …
#
# Compiles with slipway-cc and slipway-c++. What CMake and ctest run
# (try_run, add_test) runs in the guest by slipway-exec. Libraries, headers and
# packages are found in the sysroot, in CMAKE_PREFIX_PATH, in the directories of
# the environment's SLIPWAY_PREFIX_PATH, and nowhere else; programs are found on
# this machine. Moves with the installation that it is part of.

get_filename_component(_slipway_share "${CMAKE_CURRENT_LIST_DIR}" DIRECTORY)
get_filename_component(_slipway_prefix "${_slipway_share}/../.." ABSOLUTE)
set(_slipway_tool "${_slipway_prefix}/bin/slipway-")

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR wasm64)

set(CMAKE_C_COMPILER "${_slipway_tool}cc")
set(CMAKE_CXX_COMPILER "${_slipway_tool}c++")
set(CMAKE_ASM_COMPILER "${_slipway_tool}cc")
set(CMAKE_AR "${_slipway_tool}ar" CACHE FILEPATH "Archiver")
set(CMAKE_RANLIB "${_slipway_tool}ranlib" CACHE FILEPATH "Indexer of archives")
set(CMAKE_NM "${_slipway_tool}nm" CACHE FILEPATH "Lists symbols")
set(CMAKE_STRIP "${_slipway_tool}strip" CACHE FILEPATH "Strips symbols")
set(CMAKE_OBJDUMP "${_slipway_tool}objdump" CACHE FILEPATH "Shows objects")
set(CMAKE_LINKER "${_slipway_tool}ld" CACHE FILEPATH "Linker")
set(CMAKE_C_COMPILER_AR "${CMAKE_AR}")
set(CMAKE_CXX_COMPILER_AR "${CMAKE_AR}")
set(CMAKE_C_COMPILER_RANLIB "${CMAKE_RANLIB}")
set(CMAKE_CXX_COMPILER_RANLIB "${CMAKE_RANLIB}")
set(PKG_CONFIG_EXECUTABLE "${_slipway_tool}pkg-config" CACHE FILEPATH
    "pkg-config for the guest's libraries")

set(CMAKE_CROSSCOMPILING_EMULATOR "${_slipway_tool}exec")

string(REPLACE ":" ";" _slipway_prefixes "$ENV{SLIPWAY_PREFIX_PATH}")
list(APPEND CMAKE_PREFIX_PATH ${_slipway_prefixes})
list(APPEND CMAKE_FIND_ROOT_PATH ${CMAKE_PREFIX_PATH}
     "${_slipway_share}/sysroot")
list(REMOVE_DUPLICATES CMAKE_FIND_ROOT_PATH)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
