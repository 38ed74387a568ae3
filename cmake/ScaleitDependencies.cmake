# Every third-party package. All are Debian packages; nothing is downloaded.

find_package(Threads REQUIRED)
find_package(CAF 0.17.6 EXACT REQUIRED COMPONENTS core)
# CONFIG: CMake 3.30 has retired its own FindBoost, and warns when it is used.
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS url)
find_package(OpenSSL REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)
find_package(fmt CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(date CONFIG REQUIRED)  # its zones are those of the package tzdata
find_package(muparser CONFIG REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_path(RAPIDJSON_INCLUDE_DIR rapidjson/reader.h REQUIRED)

add_library(scaleit_rapidjson INTERFACE)
target_include_directories(scaleit_rapidjson SYSTEM INTERFACE ${RAPIDJSON_INCLUDE_DIR})
target_compile_definitions(scaleit_rapidjson INTERFACE RAPIDJSON_HAS_STDSTRING=1)

add_library(scaleit_boost INTERFACE)
target_link_libraries(scaleit_boost INTERFACE Boost::headers Boost::url Threads::Threads)
target_compile_definitions(scaleit_boost INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE BOOST_URL_NO_LIB)

# Its target has a namespace since 0.8.
add_library(scaleit_yaml INTERFACE)
if(TARGET yaml-cpp::yaml-cpp)
  target_link_libraries(scaleit_yaml INTERFACE yaml-cpp::yaml-cpp)
else()
  target_link_libraries(scaleit_yaml INTERFACE yaml-cpp)
endif()
