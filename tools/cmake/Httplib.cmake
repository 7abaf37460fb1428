# ganlet_deps::httplib: cpp-httplib, by its own package or by pkg-config, which knows how Debian's was compiled. Left
# out where it is missing, of another version, or compiled with another C++ library than this build.
option(GANLET_BUILD_SERVE "Build `ganlet serve` where cpp-httplib is there" ON)
if(NOT GANLET_BUILD_SERVE)
  return()
endif()
find_package(httplib 0.14 CONFIG QUIET)
set(ganlet_httplib httplib::httplib)
if(NOT httplib_FOUND)
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(GANLET_HTTPLIB IMPORTED_TARGET GLOBAL QUIET cpp-httplib>=0.14)
    # Its header ends threads by a call of OpenSSL's, which Debian's package doesn't name.
    if(GANLET_HTTPLIB_FOUND AND GANLET_HTTPLIB_CFLAGS MATCHES OPENSSL)
      pkg_check_modules(GANLET_CRYPTO IMPORTED_TARGET GLOBAL QUIET libcrypto)
      if(GANLET_CRYPTO_FOUND)
        target_link_libraries(PkgConfig::GANLET_HTTPLIB INTERFACE PkgConfig::GANLET_CRYPTO)
      endif()
    endif()
  endif()
  set(ganlet_httplib PkgConfig::GANLET_HTTPLIB)
endif()
if(TARGET ${ganlet_httplib})
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_LIBRARIES ${ganlet_httplib} Threads::Threads)
  set(CMAKE_REQUIRED_FLAGS -std=c++20)
  check_cxx_source_compiles("#include <httplib.h>
    int main() {
      httplib::Server server;
      server.new_task_queue = [] { return new httplib::ThreadPool(1, 1); };
      server.Post(\"/\", [](const httplib::Request&, httplib::Response& to, const httplib::ContentReader& read) {
        read([](const auto& part) { return part.name.empty(); }, [](const char*, std::size_t) { return true; });
        to.set_file_content(\"a\", \"b\");
      });
      return server.is_valid() && httplib::status_message(413) != nullptr ? 0 : 1;
    }" GANLET_HTTPLIB_WORKS)
  unset(CMAKE_REQUIRED_LIBRARIES)
  unset(CMAKE_REQUIRED_FLAGS)
endif()
if(GANLET_HTTPLIB_WORKS)
  add_library(ganlet_deps_httplib INTERFACE)
  add_library(ganlet_deps::httplib ALIAS ganlet_deps_httplib)
  target_link_libraries(ganlet_deps_httplib INTERFACE ${ganlet_httplib} Threads::Threads)
else()
  ganlet_leave_out("`ganlet serve`, which needs cpp-httplib (Debian: libcpp-httplib-dev and pkgconf)")
endif()
