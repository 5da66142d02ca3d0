// A loop over independent items on several threads. What an item computes must not depend on the
// thread that runs it; sums are formed afterwards, in a fixed order, by the caller.
#ifndef MOELOGIT_PARALLEL_H
#define MOELOGIT_PARALLEL_H

#ifdef _OPENMP
#include <omp.h>
#endif

namespace moelogit {

// Calls body(item, thread) for item = 0..count-1; thread is in 0..threads-1.
template <class Body>
void parallel_for(int count, int threads, const Body& body) {
#ifdef _OPENMP
  if (threads > 1 && count > 1) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
    for (int item = 0; item < count; ++item) body(item, omp_get_thread_num());
    return;
  }
#else
  (void)threads;
#endif
  for (int item = 0; item < count; ++item) body(item, 0);
}

}  // namespace moelogit

#endif
