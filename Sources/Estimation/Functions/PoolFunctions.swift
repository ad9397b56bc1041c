import Kernel

/// Waiting in front of several equal servers with one queue, and how many of them it takes.
enum PoolFunctions {
  static let all = [
    erlangB, erlangC, wait, response, waitPercentile, responsePercentile, serversForWaiting,
    serversForWait, serversForResponse,
  ]

  static let erlang = """
    Erlang, "Solution of some problems in the theory of probabilities of significance in \
    automatic telephone exchanges", 1917; https://en.wikipedia.org/wiki/M/M/c_queue
    """
  private static let distribution = """
    Erlang 1917; "Waiting time distribution for the M/M/m queue", \
    https://scilit.net/publications/f8484fb631d3c18a56ab7f59ce7e8a42
    """
  private static let derived = distribution + "; the sum of wait and service is derived here"

  private static let erlangB = EstimateFunction(
    name: "erlang_b", group: .queueing,
    signature: "(rate: A/time, service: time, servers: B) -> share",
    summary: "The share of requests that find all servers busy where nobody may wait.",
    formula: """
      B = (a^c / c!) / (1 + a + a^2 / 2! + ... + a^c / c!)
      a = rate * service, c = servers
      """,
    assumptions: """
      Arrivals at random (Poisson); whoever finds no free server is refused and does not come \
      back. Holds for service times of any spread. Retries make it worse.
      """,
    example: .init(call: "erlang_b(400 requests/s, 20 ms, 10)", result: "12.17%"), source: erlang,
    compute: { (arguments) throws(FormulaRefusal) in
      let load = try arguments.atLeast0(0) * arguments.above0(1)
      return ErlangB.lossShare(load: load, servers: try arguments.whole(2))
    })

  private static let erlangC = EstimateFunction(
    name: "erlang_c", group: .queueing,
    signature: "(rate: A/time, service: time, servers: B) -> share",
    summary: "The share of requests that have to wait for a free server.",
    formula: """
      C = c B / (c - a (1 - B)), with B of erlang_b
      a = rate * service, c = servers
      """,
    assumptions: """
      Arrivals at random (Poisson), exponential service times, one queue for all servers (M/M/c). \
      A queue for each server waits far more than one for all.
      """,
    example: .init(call: "erlang_c(12k requests/s, 20 ms, 268)", result: "4.794%"),
    source: erlang,
    compute: { (arguments) throws(FormulaRefusal) in
      let queue = try QueueArguments(pool: arguments)
      return ErlangC.waitingShare(load: queue.load, servers: queue.servers)
    })

  private static let wait = EstimateFunction(
    name: "mmc_wait", group: .queueing,
    signature: "(rate: A/time, service: time, servers: B) -> time",
    summary: "The mean wait for a free server, those who need not wait included.",
    formula: "wait = service * C / (c - a), with C of erlang_c",
    assumptions: """
      Arrivals at random (Poisson), exponential service times, one queue for all servers (M/M/c).
      """,
    example: .init(call: "mmc_wait(400 requests/s, 20 ms, 10 servers)", result: "4.092 ms"),
    source: erlang,
    compute: { (arguments) throws(FormulaRefusal) in
      let queue = try QueueArguments(pool: arguments)
      return queue.service * ErlangC.meanWait(load: queue.load, servers: queue.servers)
    })

  private static let response = EstimateFunction(
    name: "mmc_response", group: .queueing,
    signature: "(rate: A/time, service: time, servers: B) -> time",
    summary: "The mean time from arrival to answer of a pool: wait and service.",
    formula: "response = service * (1 + C / (c - a)), with C of erlang_c",
    assumptions: """
      Arrivals at random (Poisson), exponential service times, one queue for all servers (M/M/c).
      """,
    example: .init(call: "mmc_response(400 requests/s, 20 ms, 10 servers)", result: "24.09 ms"),
    source: erlang,
    compute: { (arguments) throws(FormulaRefusal) in
      let queue = try QueueArguments(pool: arguments)
      return queue.service * (1 + ErlangC.meanWait(load: queue.load, servers: queue.servers))
    })

  private static let waitPercentile = EstimateFunction(
    name: "mmc_wait_percentile", group: .queueing,
    signature: "(rate: A/time, service: time, servers: B, percentile: 1) -> time",
    summary: "The wait for a free server that a share of requests stays within.",
    formula: """
      P(wait > t) = C e^(-(c - a) t / service), with C of erlang_c
      wait = service * ln(C / (1 - percentile)) / (c - a), or 0 if fewer wait at all
      """,
    assumptions: """
      Exact for arrivals at random (Poisson), exponential service times and one queue, first come \
      first served (M/M/c).
      """,
    example: .init(
      call: "mmc_wait_percentile(400 requests/s, 20 ms, 10 servers, 99%)", result: "37.12 ms"),
    source: distribution,
    compute: { (arguments) throws(FormulaRefusal) in
      let queue = try QueueArguments(pool: arguments)
      let slow = 1 - (try arguments.percentile(3))
      return queue.service
        * ErlangC.wait(exceededBy: slow, load: queue.load, servers: queue.servers)
    })

  private static let responsePercentile = EstimateFunction(
    name: "mmc_response_percentile", group: .queueing,
    signature: "(rate: A/time, service: time, servers: B, percentile: 1) -> time",
    summary: "The time from arrival to answer of a pool that a share of requests stays within.",
    formula: """
      P(response > t) = e^-x (1 + C (1 - e^(-(c - a - 1) x)) / (c - a - 1))
      x = t / service, with C of erlang_c; solved for t by bisection
      """,
    assumptions: """
      Exact for arrivals at random (Poisson), exponential service times and one queue, first come \
      first served (M/M/c). The service alone has a p99 of 4.6 services.
      """,
    example: .init(
      call: "mmc_response_percentile(400 requests/s, 20 ms, 10 servers, 99%)",
      result: "98.92 ms"),
    source: derived,
    compute: { (arguments) throws(FormulaRefusal) in
      let queue = try QueueArguments(pool: arguments)
      let slow = 1 - (try arguments.percentile(3))
      return queue.service
        * ErlangC.response(exceededBy: slow, load: queue.load, servers: queue.servers)
    })

  private static let serversForWaiting = EstimateFunction(
    name: "servers_for_waiting", group: .queueing,
    signature: "(rate: A/time, service: time, waiting: 1) -> 1",
    summary: "The smallest number of servers with which no more than a share of requests waits.",
    formula: "the smallest c with C <= waiting, C of erlang_c",
    assumptions: """
      Arrivals at random (Poisson), exponential service times, one queue for all servers (M/M/c). \
      Servers that fail are not counted: add them.
      """,
    example: .init(call: "servers_for_waiting(12k requests/s, 20 ms, 5%)", result: "268"),
    source: erlang,
    compute: { (arguments) throws(FormulaRefusal) in
      let queue = try QueueArguments(unsized: arguments)
      return Staffing.servers(load: queue.load, waiting: try arguments.innerShare(2))
    })

  private static let serversForWait = EstimateFunction(
    name: "servers_for_wait", group: .queueing,
    signature: "(rate: A/time, service: time, within: time, percentile: 1) -> 1",
    summary: "The smallest number of servers with which a share of requests waits no longer.",
    formula: "the smallest c with C e^(-(c - a) within / service) <= 1 - percentile",
    assumptions: """
      Exact for arrivals at random (Poisson), exponential service times and one queue, first come \
      first served (M/M/c).
      """,
    example: .init(call: "servers_for_wait(12k requests/s, 20 ms, 5 ms, 99%)", result: "254"),
    source: distribution,
    compute: { (arguments) throws(FormulaRefusal) in
      let queue = try QueueArguments(unsized: arguments)
      let time = try arguments.atLeast0(2) / queue.service
      let slow = 1 - (try arguments.percentile(3))
      return Staffing.servers(load: queue.load, slow: slow, waitWithin: time)
    })

  private static let serversForResponse = EstimateFunction(
    name: "servers_for_response", group: .queueing,
    signature: "(rate: A/time, service: time, within: time, percentile: 1) -> 1",
    summary: "The smallest number of servers with which a share of requests is answered in time.",
    formula: "the smallest c with P(response > within) <= 1 - percentile, see\n"
      + "mmc_response_percentile",
    assumptions: """
      Exact for arrivals at random (Poisson), exponential service times and one queue, first come \
      first served (M/M/c). No number of servers makes a single service quicker.
      """,
    example: .init(call: "servers_for_response(12k requests/s, 20 ms, 100 ms, 99%)", result: "243"),
    source: derived,
    compute: { (arguments) throws(FormulaRefusal) in
      let queue = try QueueArguments(unsized: arguments)
      let time = try arguments.atLeast0(2) / queue.service
      let slow = 1 - (try arguments.percentile(3))
      if let servers = Staffing.servers(load: queue.load, slow: slow, responseWithin: time) {
        return servers
      }
      let floor = Unit.seconds.text(-PortableMath.log(slow) * queue.service)
      throw FormulaRefusal(
        argument: 2,
        reason: "is too short for any number of servers: without any wait, that percentile of"
          + " the service time is already \(floor)",
        expected: "a time above \(floor), or a shorter service")
    })
}
