import Estimation
import Kernel
import Simulation

/// Ten servers at nine tenths of their capacity, random arrivals and random service (M/M/10).
///
/// The total wait must be, to the nanosecond, that of the recursion of Kiefer and Wolfowitz (1955)
/// over the same draws; over many customers the mean must be within 1 % of Erlang C
/// (the mean of 100 million has a standard error of 0.35 %).
struct ServerPoolBenchmark: Benchmark {
  let name: String
  let customers: Int

  private static let manyCustomers = 50_000_000

  func figures() throws(BenchmarkFailure) -> [Figure] {
    let rounds = customers < Self.manyCustomers ? 9 : 1
    let expected = waitByRecursion()
    let seconds = try ProcessorClock.median(rounds: rounds) { () throws(BenchmarkFailure) in
      var universe = Universe(ServerPool(customers: customers))
      universe.queue.schedule(.arrival, at: .zero)
      universe.run()
      let wait = universe.world.totalWait
      try BenchmarkFailure.require(
        wait == expected, "the customers waited \(wait), by recursion \(expected)")
    }
    let mean = expected.seconds / Double(customers)
    let theory = ErlangC.meanWait(load: 9, servers: Double(ServerPool.servers))
    if customers >= Self.manyCustomers {
      try BenchmarkFailure.require(
        abs(mean / theory - 1) < 0.01, "the mean wait is \(mean) s, by Erlang C \(theory) s")
    }
    return [
      Figure(name: name, value: Double(customers) / seconds, unit: "customers/s"),
      Figure(name: "\(name).mean-wait", value: mean, unit: "s"),
      Figure(name: "\(name).erlang-c", value: theory, unit: "s"),
    ]
  }

  /// Who comes is served by the server that is free first; nothing else is needed to know.
  private func waitByRecursion() -> TimeSpan {
    var pool = ServerPool(customers: customers)
    var freeAt = [Instant](repeating: .zero, count: ServerPool.servers)
    var arrival = Instant.zero
    var total = TimeSpan.zero
    for _ in 0..<customers {
      let start = max(arrival, freeAt[0])
      total = total + (start - arrival)
      let end = start + pool.drawService()
      var place = 0
      while place + 1 < freeAt.count, freeAt[place + 1] < end {
        freeAt[place] = freeAt[place + 1]
        place += 1
      }
      freeAt[place] = end
      arrival += pool.drawGap()
    }
    return total
  }
}

/// Equal servers in front of which customers wait in one line.
private struct ServerPool: World {
  enum Event: Sendable { case arrival, departure }

  static let servers = 10

  private(set) var totalWait = TimeSpan.zero
  private var idleServers = servers
  private var customersToCome: Int
  /// When each customer in line arrived: a ring whose size is a power of two.
  private var line = [Instant](repeating: .zero, count: 64)
  private var lineStart = 0
  private var lineLength = 0
  private var arrivals = RandomStream(seed: 1, name: "arrivals")
  private var services = RandomStream(seed: 1, name: "services")
  private let gap = Distribution.exponential(mean: .seconds(1) / 9)
  private let service = Distribution.exponential(mean: .seconds(1))

  init(customers: Int) { customersToCome = customers }

  mutating func drawGap() -> TimeSpan { gap.sample(&arrivals) }
  mutating func drawService() -> TimeSpan { service.sample(&services) }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival:
      customersToCome -= 1
      if idleServers > 0 {
        idleServers -= 1
        queue.schedule(.departure, after: drawService())
      } else {
        join(now)
      }
      if customersToCome > 0 { queue.schedule(.arrival, after: drawGap()) }
    case .departure:
      if lineLength > 0 {
        totalWait = totalWait + (now - leave())
        queue.schedule(.departure, after: drawService())
      } else {
        idleServers += 1
      }
    }
  }

  private mutating func join(_ now: Instant) {
    if lineLength == line.count {
      line = Array(line[lineStart...] + line[..<lineStart])
      line += [Instant](repeating: .zero, count: line.count)
      lineStart = 0
    }
    line[(lineStart + lineLength) & (line.count - 1)] = now
    lineLength += 1
  }

  private mutating func leave() -> Instant {
    let arrival = line[lineStart]
    lineStart = (lineStart + 1) & (line.count - 1)
    lineLength -= 1
    return arrival
  }
}
