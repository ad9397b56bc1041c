import Kernel

/// Waiting in front of one server, and what holds for every queue.
enum QueueFunctions {
  static let all = [little, utilisation, mm1Wait, mm1Response, mm1Percentile, mg1Wait]

  private static let kleinrock = "Kleinrock, \"Queueing Systems, Volume 1: Theory\", Wiley 1975"

  private static let little = EstimateFunction(
    name: "little", group: .queueing, signature: "(rate: A/time, time: time) -> A",
    summary: "How many are inside on average: requests in flight, connections, messages queued.",
    formula: "L = rate * time (Little's law)",
    assumptions: """
      Holds for every stable system over a long time, whatever the distributions; rate is what \
      enters and time the mean time inside.
      """,
    example: .init(call: "little(12k requests/s, 20 ms)", result: "240 requests"),
    source: """
      Little, "A proof for the queuing formula: L = lambda W", Operations Research 9(3), 1961, \
      pages 383-387
      """,
    product: [1, 1],
    compute: { (arguments) throws(FormulaRefusal) in
      try arguments.atLeast0(0) * arguments.atLeast0(1)
    })

  private static let utilisation = EstimateFunction(
    name: "utilisation", group: .queueing,
    signature: "(rate: A/time, service: time, servers: B) -> share",
    summary:
      "The share of time in which the servers are busy; above 100% the queue grows for ever.",
    formula: "utilisation = rate * service / servers",
    assumptions: """
      Service is the time a server is busy with one request, waiting in line not included. With \
      batches or shared work the service time changes with the load.
      """,
    example: .init(call: "utilisation(12k requests/s, 20 ms, 300 servers)", result: "80%"),
    source: kleinrock,
    product: [1, 1, -1],
    compute: { (arguments) throws(FormulaRefusal) in
      let load = try arguments.atLeast0(0) * arguments.atLeast0(1)
      return load / (try arguments.above0(2))
    })

  private static let mm1Wait = EstimateFunction(
    name: "mm1_wait", group: .queueing, signature: "(rate: A/time, service: time) -> time",
    summary: "The mean wait in front of one server, its service not included.",
    formula: "wait = service * u / (1 - u), with u = rate * service",
    assumptions: """
      Arrivals at random (Poisson), exponential service times, one queue, first come first \
      served. Bursts wait longer; steady service times wait half as long (mg1_wait).
      """,
    example: .init(call: "mm1_wait(80 requests/s, 10 ms)", result: "40 ms"), source: kleinrock,
    compute: { (arguments) throws(FormulaRefusal) in
      let queue = try QueueArguments(oneServer: arguments)
      return queue.service
        * SingleServerQueue.meanWait(utilisation: queue.load, variation: 1)
    })

  private static let mm1Response = EstimateFunction(
    name: "mm1_response", group: .queueing, signature: "(rate: A/time, service: time) -> time",
    summary: "The mean time from arrival to answer of one server: wait and service.",
    formula: "response = service / (1 - u), with u = rate * service",
    assumptions: """
      Arrivals at random (Poisson) and exponential service times. At 50% the response is 2 \
      services, at 80% 5, at 90% 10: the knee that makes 100% no goal.
      """,
    example: .init(call: "mm1_response(80 requests/s, 10 ms)", result: "50 ms"),
    source: kleinrock,
    compute: { (arguments) throws(FormulaRefusal) in
      let queue = try QueueArguments(oneServer: arguments)
      return queue.service / (1 - queue.load)
    })

  private static let mm1Percentile = EstimateFunction(
    name: "mm1_percentile", group: .queueing,
    signature: "(rate: A/time, service: time, percentile: 1) -> time",
    summary: "The response time of one server that a share of requests stays within.",
    formula: "response = -ln(1 - percentile) * service / (1 - u), with u = rate * service",
    assumptions: """
      Arrivals at random (Poisson), exponential service times, first come first served. The p99 \
      is then 4.6 times the mean at every load.
      """,
    example: .init(call: "mm1_percentile(80 requests/s, 10 ms, 99%)", result: "230.3 ms"),
    source: kleinrock + "; https://blackboxsoc.com/mm1-percentile.html",
    compute: { (arguments) throws(FormulaRefusal) in
      let queue = try QueueArguments(oneServer: arguments)
      let slow = 1 - (try arguments.percentile(2))
      return queue.service
        * SingleServerQueue.response(exceededBy: slow, utilisation: queue.load)
    })

  private static let mg1Wait = EstimateFunction(
    name: "mg1_wait", group: .queueing,
    signature: "(rate: A/time, service: time, variation: 1) -> time",
    summary: "The mean wait in front of one server with service times of any spread.",
    formula: """
      wait = service * u / (1 - u) * (1 + variation^2) / 2, with u = rate * service
      variation = deviation of the service time / its mean
      """,
    assumptions: """
      The formula of Pollaczek and Khinchine: arrivals at random (Poisson). Variation is 0 for \
      constant service, 1 for exponential, and well above 1 where few requests are very slow.
      """,
    example: .init(call: "mg1_wait(80 requests/s, 10 ms, 2)", result: "100 ms"),
    source: """
      Cooper, "Introduction to Queuing Theory", 1981, page 189, as quoted in \
      https://en.wikipedia.org/wiki/M/D/1_queue
      """,
    compute: { (arguments) throws(FormulaRefusal) in
      let queue = try QueueArguments(oneServer: arguments)
      return queue.service
        * SingleServerQueue.meanWait(
          utilisation: queue.load, variation: try arguments.atLeast0(2))
    })
}
