import Kernel
import Testing

@testable import Estimation

@Suite("Queues with several servers")
struct ErlangTests {
  @Test(
    "the waiting probability and the mean wait are those of the table",
    arguments: [
      (1.0, 0.8, 0.8, 4.0), (2, 1.6, 0.711111, 1.777778), (8, 6.4, 0.457645, 0.286028),
      (10, 8, 0.409180, 0.204590), (10, 9.5, 0.825586, 1.651171), (16, 12.8, 0.304884, 0.095276),
      (100, 80, 0.019646, 0.000982), (100, 95, 0.506457, 0.101291),
    ])
  func table(servers: Double, load: Double, waiting: Double, wait: Double) {
    #expect(abs(ErlangC.waitingShare(load: load, servers: servers) - waiting) < 5.1e-7)
    #expect(abs(ErlangC.meanWait(load: load, servers: servers) - wait) < 5.1e-7)
  }

  @Test("the series gives what sums of powers over factorials give", arguments: 1...20)
  func sameAsFactorials(servers: Int) {
    for share in [0.01, 0.3, 0.7, 0.95, 0.999] {
      let load = share * Double(servers)
      var term = 1.0
      var sum = 1.0
      for number in 1...servers {
        term *= load / Double(number)
        sum += term
      }
      let loss = term / sum
      let queued = term / (1 - share)
      let waiting = queued / (sum - term + queued)
      let gotLoss = ErlangB.lossShare(load: load, servers: Double(servers))
      let gotWaiting = ErlangC.waitingShare(load: load, servers: Double(servers))
      #expect(abs(gotLoss / loss - 1) < 1e-12)
      #expect(abs(gotWaiting / waiting - 1) < 1e-12)
    }
  }

  @Test(
    "the series gives what the recursion over all servers gives",
    arguments: [(10_000.0, 9_900.0), (10_000, 9_999), (5_000, 5_500), (1_000, 700), (300, 100)])
  func sameAsRecursion(servers: Double, load: Double) {
    var loss = 1.0
    for number in stride(from: 1, through: servers, by: 1) {
      loss = ErlangB.lossShare(load: load, servers: number, after: loss)
    }
    #expect(abs(ErlangB.lossShare(load: load, servers: servers) / loss - 1) < 1e-10)
  }

  @Test("a pool far larger than its load loses nobody, and no number overflows")
  func hugePools() {
    #expect(ErlangB.lossShare(load: 10, servers: 10_000) == 0)
    let atTheLimit = ErlangC.waitingShare(load: 999_999, servers: 1_000_000)
    #expect(atTheLimit > 0.99 && atTheLimit < 1)
  }

  @Test("wait and response exceed their percentile for just the slow share")
  func percentilesFitTheTails() {
    for (servers, load) in [(1.0, 0.5), (2, 1), (3, 2), (4, 3.9), (10, 8), (200, 190)] {
      let waiting = ErlangC.waitingShare(load: load, servers: servers)
      for slow in [0.5, 0.1, 0.01, 1e-4] {
        let response = ErlangC.response(exceededBy: slow, load: load, servers: servers)
        let tail = ErlangC.responseTail(
          beyond: response, load: load, servers: servers, waitingShare: waiting)
        #expect(abs(tail / slow - 1) < 1e-9)
        let wait = ErlangC.wait(exceededBy: slow, load: load, servers: servers)
        let waited = ErlangC.waitTail(
          beyond: wait, load: load, servers: servers, waitingShare: waiting)
        #expect(abs(waited / min(slow, waiting) - 1) < 1e-9)
      }
    }
  }

  @Test(
    "the response is the sum of an independent wait and service (numeric convolution)",
    arguments: [(1.0, 0.8), (2, 1), (2, 1.000001), (3, 1.5), (10, 9.5)])
  func responseIsAConvolution(servers: Double, load: Double) {
    let waiting = ErlangC.waitingShare(load: load, servers: servers)
    for time in [0.3, 1.0, 4.0] {
      // P(T > t) = P(S > t) + integral over the service s of P(W > t - s) e^-s, by Simpson.
      let steps = 2_000
      let width = time / Double(steps)
      var sum = 0.0
      for step in 0...steps {
        let service = Double(step) * width
        let tail = ErlangC.waitTail(
          beyond: time - service, load: load, servers: servers, waitingShare: waiting)
        let factor = step == 0 || step == steps ? 1.0 : step % 2 == 1 ? 4 : 2
        sum += factor * tail * PortableMath.exp(-service)
      }
      let expected = PortableMath.exp(-time) + sum * width / 3
      let tail = ErlangC.responseTail(
        beyond: time, load: load, servers: servers, waitingShare: waiting)
      #expect(abs(tail / expected - 1) < 1e-8)
    }
  }

  @Test("a simulated queue waits as long as the formulas say", arguments: [1, 2])
  func sameAsSimulation(seed: UInt64) {
    let load = 3.2
    let servers = 4
    var stream = RandomStream(seed: seed, name: "queue")
    var free = [Double](repeating: 0, count: servers)
    var now = 0.0
    var waited = 0
    var late = 0
    let count = 300_000
    for _ in 0..<count {
      now += stream.exponential() / load
      // First come, first served: the next one takes the server that is free first.
      var next = 0
      for place in 1..<servers where free[place] < free[next] { next = place }
      let start = max(now, free[next])
      let end = start + stream.exponential()
      free[next] = end
      if start > now { waited += 1 }
      if end - now > 4 { late += 1 }
    }
    let waiting = ErlangC.waitingShare(load: load, servers: Double(servers))
    let tail = ErlangC.responseTail(
      beyond: 4, load: load, servers: Double(servers), waitingShare: waiting)
    #expect(abs(Double(waited) / Double(count) - waiting) < 0.01)
    #expect(abs(Double(late) / Double(count) - tail) < 0.005)
  }
}
