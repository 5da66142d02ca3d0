// Rows of a file come back as they were written, also to several threads; a file that is not what
// it should be is an error.
#include <doctest/doctest.h>

#include <memory>
#include <vector>

#include "parallel.h"
#include "temporary_file.h"

using moelogit::FileError;
using moelogit::RowFile;
using moelogit::TemporaryFile;

namespace {

Eigen::MatrixXd numbered(Eigen::Index rows, Eigen::Index width) {
  return Eigen::MatrixXd::NullaryExpr(
      rows, width, [&](Eigen::Index i, Eigen::Index j) { return i * width + j + 0.5; });
}

}  // namespace

TEST_CASE("rows come back as they were written") {
  const TemporaryFile temporary("row-file-read");
  temporary.write(numbered(100, 3));
  const RowFile file(temporary.path(), 100, 3);
  CHECK(file.width() == 3);
  std::vector<double> out(7 * 3);
  for (int first : {0, 1, 50, 93}) {
    file.read(first, 7, out.data());
    for (int e = 0; e < 21; ++e) CHECK(out[e] == first * 3 + e + 0.5);
  }
}

TEST_CASE("several threads read at once") {
  const TemporaryFile temporary("row-file-threads");
  temporary.write(numbered(4000, 5));
  const RowFile file(temporary.path(), 4000, 5);
  moelogit::Team team(4, 4);
  std::vector<int> wrong(4000, 0);
  team.run(4000, [&](int row, int) {
    double out[5];
    file.read(row, 1, out);
    for (int j = 0; j < 5; ++j) wrong[row] += out[j] != row * 5 + j + 0.5;
  });
  for (int count : wrong) CHECK(count == 0);
}

TEST_CASE("no file, a file of another size and rows beyond the end are errors") {
  const TemporaryFile temporary("row-file-errors");
  CHECK_THROWS_AS(RowFile(temporary.path(), 1, 1), FileError);
  temporary.write(numbered(10, 2));
  CHECK_THROWS_AS(RowFile(temporary.path(), 11, 2), FileError);
  CHECK_THROWS_AS(RowFile(temporary.path(), 9, 2), FileError);
  const RowFile file(temporary.path(), 10, 2);
  std::vector<double> out(40);
  CHECK_THROWS_AS(file.read(8, 3, out.data()), FileError);
}

TEST_CASE("a file cut short while it is open is an error, in any thread") {
  const TemporaryFile temporary("row-file-cut");
  temporary.write(numbered(10, 2));
  const RowFile file(temporary.path(), 10, 2);
  temporary.write(numbered(4, 2));
  moelogit::Team team(2, 2);
  CHECK_THROWS_AS(team.run(10,
                           [&](int row, int) {
                             double out[2];
                             file.read(row, 1, out);
                           }),
                  FileError);
}
