#include "row_file.h"

#ifndef _WIN32
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#endif

namespace moelogit {
namespace {

void check_size(const std::string& path, std::int64_t found, std::int64_t rows,
                std::int64_t width) {
  const std::int64_t size = rows * width * static_cast<std::int64_t>(sizeof(double));
  if (found != size)
    throw FileError("'" + path + "' holds " + std::to_string(found) + " bytes instead of " +
                    std::to_string(size));
}

FileError cannot(const char* what, const std::string& path) {
  return FileError(std::string("cannot ") + what + " '" + path + "'");
}

}  // namespace

#ifdef _WIN32

RowFile::RowFile(const std::string& path, std::int64_t rows, std::int64_t width)
    : path_(path), width_(width), stream_(path, std::ios::binary | std::ios::ate) {
  if (!stream_) throw cannot("open", path);
  check_size(path, static_cast<std::int64_t>(stream_.tellg()), rows, width);
}

RowFile::~RowFile() {}

void RowFile::read(std::int64_t first, std::int64_t count, double* out) const {
  const std::int64_t row = width_ * static_cast<std::int64_t>(sizeof(double));
  const std::lock_guard<std::mutex> lock(mutex_);
  stream_.seekg(first * row);
  if (!stream_.read(reinterpret_cast<char*>(out), count * row)) {
    stream_.clear();
    throw cannot("read", path_);
  }
}

#else

RowFile::RowFile(const std::string& path, std::int64_t rows, std::int64_t width)
    : path_(path), width_(width), descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) throw cannot("open", path);
  struct stat status;
  try {
    if (fstat(descriptor_, &status) != 0) throw cannot("open", path);
    check_size(path, static_cast<std::int64_t>(status.st_size), rows, width);
  } catch (...) {
    close(descriptor_);
    throw;
  }
}

RowFile::~RowFile() { close(descriptor_); }

void RowFile::read(std::int64_t first, std::int64_t count, double* out) const {
  const std::int64_t row = width_ * static_cast<std::int64_t>(sizeof(double));
  char* to = reinterpret_cast<char*>(out);
  std::int64_t at = first * row, left = count * row;
  while (left > 0) {
    const ssize_t got = pread(descriptor_, to, static_cast<std::size_t>(left), at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw cannot("read", path_);
    to += got;
    at += got;
    left -= got;
  }
}

#endif

}  // namespace moelogit
