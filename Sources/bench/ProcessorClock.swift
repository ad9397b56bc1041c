#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The processor time that this thread has used.
///
/// On an idle machine it is the time on the wall; on a shared one it leaves out the waiting for
/// others, which says nothing about the program.
enum ProcessorClock {
  /// Seconds used so far.
  static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// The median over `rounds` runs of the seconds that `body` takes.
  static func median(rounds: Int, of body: () throws(BenchmarkFailure) -> Void)
    throws(BenchmarkFailure) -> Double
  {
    var samples: [Double] = []
    for _ in 0..<rounds {
      let start = seconds
      try body()
      samples.append(seconds - start)
    }
    return samples.sorted()[rounds / 2]
  }
}
