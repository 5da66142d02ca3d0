// Rows of doubles in a file, read a few at a time by any thread. The rows follow each other
// without a header, in the byte order of the machine that wrote them.
#ifndef MOELOGIT_ROW_FILE_H
#define MOELOGIT_ROW_FILE_H

#include <cstdint>
#include <stdexcept>
#include <string>

#ifdef _WIN32
#include <fstream>
#include <mutex>
#endif

namespace moelogit {

// A file that is not there, cannot be read or has another size than its rows.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class RowFile {
 public:
  // `rows` rows of `width` doubles; throws FileError unless that is just what the file holds.
  RowFile(const std::string& path, std::int64_t rows, std::int64_t width);
  ~RowFile();
  RowFile(const RowFile&) = delete;
  RowFile& operator=(const RowFile&) = delete;

  std::int64_t width() const { return width_; }

  // Rows first .. first + count - 1, row by row. Safe from several threads at once.
  void read(std::int64_t first, std::int64_t count, double* out) const;

 private:
  std::string path_;
  std::int64_t width_;
#ifdef _WIN32
  mutable std::ifstream stream_;
  mutable std::mutex mutex_;
#else
  int descriptor_;
#endif
};

}  // namespace moelogit

#endif
