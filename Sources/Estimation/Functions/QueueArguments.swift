import Kernel

/// The first arguments of the functions about queues: a rate of arrivals, the mean service time
/// and, for pools, the number of servers.
struct QueueArguments {
  /// The mean service time in seconds.
  let service: Double
  /// Arrivals during one mean service: the work that comes in, in busy servers.
  let load: Double
  /// The number of servers; of a pool whose size is asked, the fewest that keep up.
  let servers: Double

  /// Rate and service at places 0 and 1, for the one server of the M/M/1 and M/G/1 queues.
  init(oneServer arguments: UnsafeBufferPointer<Double>) throws(FormulaRefusal) {
    let rate = try arguments.atLeast0(0)
    service = try arguments.above0(1)
    load = rate * service
    servers = 1
    if load < 1 { return }
    throw FormulaRefusal(
      argument: 0,
      reason: "overloads the one server: the utilisation would be \(Self.percent(load))",
      expected: "a utilisation below 100% (rate * service below 1), or one of the mmc functions"
        + " with \(Self.stable(load)) servers or more")
  }

  /// Rate, service and servers at places 0 to 2.
  init(pool arguments: UnsafeBufferPointer<Double>) throws(FormulaRefusal) {
    let rate = try arguments.atLeast0(0)
    service = try arguments.above0(1)
    servers = try arguments.whole(2)
    load = rate * service
    if load < servers { return }
    throw FormulaRefusal(
      argument: 2,
      reason: "is too few: the utilisation would be \(Self.percent(load / servers))",
      expected: "\(Self.stable(load)) servers or more; with fewer the queue never stops growing")
  }

  /// Rate and service at places 0 and 1, for a pool whose size is asked.
  init(unsized arguments: UnsafeBufferPointer<Double>) throws(FormulaRefusal) {
    let rate = try arguments.atLeast0(0)
    service = try arguments.above0(1)
    load = rate * service
    servers = Staffing.stable(load: load)
    if load <= 1e9 { return }
    throw FormulaRefusal(
      argument: 0, reason: "keeps more than a billion servers busy",
      expected: "a rate below a billion divided by the service time")
  }

  private static func stable(_ load: Double) -> String {
    DecimalText.grouped(Staffing.stable(load: load))
  }

  private static func percent(_ share: Double) -> String {
    // Just full must not read as if it were below.
    DecimalText.significant(max(share * 100, 100), digits: 4) + "%"
  }
}
