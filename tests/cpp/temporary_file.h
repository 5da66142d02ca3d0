// A file for the tests of the core, gone with the object.
#ifndef MOELOGIT_TESTS_TEMPORARY_FILE_H
#define MOELOGIT_TESTS_TEMPORARY_FILE_H

#include <Eigen/Core>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "row_file.h"

namespace moelogit {

class TemporaryFile {
 public:
  // Unique among the tests of a program, which has a directory of its own.
  explicit TemporaryFile(const std::string& name) : path_("moelogit-" + name + ".rows") {}
  ~TemporaryFile() { std::remove(path_.c_str()); }

  const std::string& path() const { return path_; }

  // The rows of x, one after the other.
  void write(const Eigen::MatrixXd& x) const {
    std::ofstream stream(path_, std::ios::binary | std::ios::trunc);
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      for (Eigen::Index j = 0; j < x.cols(); ++j) {
        const double value = x(i, j);
        stream.write(reinterpret_cast<const char*>(&value), sizeof value);
      }
  }

 private:
  std::string path_;
};

}  // namespace moelogit

#endif  // MOELOGIT_TESTS_TEMPORARY_FILE_H
