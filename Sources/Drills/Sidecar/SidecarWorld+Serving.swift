import Kernel
import Patterns
import Simulation

/// What a request leaves behind: a line of the log, two StatsD lines, and an answer.
extension SidecarWorld {
  /// The application writes a line of its log; only then its client has the answer.
  mutating func write(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let pod = requests[number].pod
    switch pods[pod].adapter.write() {
    case .kept:
      startShipping(pod, in: &queue)
      served(number, at: now, in: &queue)
    case .lost:
      note("lines-lost", pod, "its adapter is full, and a line is lost", weight: .change, at: now)
      served(number, at: now, in: &queue)
    case .blocked:
      note("blocked", pod, "its adapter is full, and the application waits", at: now)
      pods[pod].blocked.append(number)
      requests[number].timer = queue.schedule(.waitIsOver(Int32(number)), after: .seconds(5))
    }
    if let complaint = pods[pod].adapter.checkLines() {
      broke("lines", "\(name(pod)): \(complaint)", at: now)
    }
  }

  private mutating func startShipping(_ pod: Int, in queue: inout EventQueue<Event>) {
    guard !pods[pod].isShipping else { return }
    pods[pod].isShipping = true
    queue.schedule(
      .ship(Int32(pod), Int32(truncatingIfNeeded: pods[pod].epoch)), after: .milliseconds(2))
  }

  /// The adapter sends a line, or finds the store gone and tries again.
  mutating func ship(_ pod: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let epoch = Int32(truncatingIfNeeded: pods[pod].epoch)
    guard environment.processes.runs(storeNode), isSidecarUp(pod) else {
      return _ = queue.schedule(.ship(Int32(pod), epoch), after: .milliseconds(500))
    }
    pods[pod].adapter.ship()
    if !pods[pod].blocked.isEmpty {
      let next = pods[pod].blocked.removeFirst()
      if let timer = requests[next].timer { queue.cancel(timer) }
      requests[next].timer = nil
      write(next, at: now, in: &queue)
    }
    guard pods[pod].adapter.buffered > 0 else { return pods[pod].isShipping = false }
    let slowdown = environment.processes.slowdown(storeNode)
    queue.schedule(.ship(Int32(pod), epoch), after: TimeSpan.milliseconds(2) * slowdown)
  }

  /// The application counts the request in its own way, and answers.
  private mutating func served(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let pod = requests[number].pod
    let milliseconds = (now - requests[number].arrivedAt).nanoseconds / 1_000_000
    pods[pod].counted += 1
    pods[pod].timed += Double(milliseconds) / 1_000
    let lines = ["orders.served:1|c", "orders.time:\(milliseconds)|ms"]
    pods[pod].statsLines = lines
    for line in lines { _ = pods[pod].metrics.take(line) }
    end(number, .good, at: now, in: &queue)
  }

  /// The monitoring outside reads what every listed pod exposes.
  mutating func scrape(at now: Instant, in queue: inout EventQueue<Event>) {
    for pod in pods.indices where pods[pod].isListed && isSidecarUp(pod) {
      guard settings.hasMetricsAdapter else {
        let text = pods[pod].statsLines.map { $0 + "\n" }.joined()
        if !text.isEmpty, ExpositionReport(checking: text).exit == 1 {
          tally.scrapesUnreadable += 1
          note("unreadable", pod, "a scrape finds \(pods[pod].statsLines[0])", at: now)
        }
        continue
      }
      let text = pods[pod].metrics.text
      if ExpositionReport(checking: text).exit != 0 { tally.scrapesUnreadable += 1 }
      checkExposed(text, pod, at: now)
    }
    queue.schedule(.scrape, after: .seconds(5))
  }

  /// What is exposed must be what the application counted.
  private mutating func checkExposed(_ text: String, _ pod: Int, at now: Instant) {
    guard pods[pod].counted > 0 else { return }
    guard let families = try? ExpositionParser.families(text) else {
      return broke("exposition", "\(name(pod)): the text cannot be read", at: now)
    }
    func value(_ name: String) -> Double? {
      families.flatMap(\.samples).first { $0.labels[MetricLabels.nameLabel] == name }?.value
    }
    let count = value("orders_served_total") ?? 0
    let sum = value("orders_time_seconds_sum") ?? 0
    if count != Double(pods[pod].counted) || abs(sum - pods[pod].timed) > 1e-6 * (1 + sum) {
      broke(
        "exposition",
        "\(name(pod)) counted \(pods[pod].counted) requests of \(pods[pod].timed) s, "
          + "and exposes \(count) of \(sum) s", at: now)
    }
  }

  /// The client has its answer.
  mutating func end(
    _ number: Int, _ how: SidecarTally.End, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let request = requests[number]
    if let timer = request.timer { queue.cancel(timer) }
    requests.remove(number)
    tally.ended(since: request.arrivedAt, how, at: now)
    gateway.outbound?.finished(
      request.pod, nil, isRetry: false, failure: nil, cost: 0,
      latency: now - request.arrivedAt, at: now)
    guard pods[request.pod].epoch == request.epoch else { return }
    pods[request.pod].working -= 1
    live(.connections(pods[request.pod].working), request.pod, at: now, in: &queue)
    endIfIdle(request.pod, at: now, in: &queue)
  }
}
