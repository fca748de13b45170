# Read by llama-cpp-python's own CMake project. It forces llama.cpp's "common" library (chat parsers, HTTP, JSON) into the
# cache, though nothing of it is called: half the time of the build. A variable of the directory wins over the cache.
set(LLAMA_BUILD_COMMON OFF)
