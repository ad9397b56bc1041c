import Kernel
import Patterns
import Presentation

extension CircuitBreakerBench {
  /// Does something to the breaker and tells of every change of state and of where it stands now.
  mutating func changing(
    _ body: (inout CircuitBreakerBench) -> CircuitBreaker.Transition?
  ) -> Document {
    counters.lastAdmitted = 0
    counters.lastRejected = 0
    changes.removeAll()
    if let change = body(&self) { noteChange(change) }
    advance()
    var reply = Document()
    for change in changes.prefix(6) { reply.add(Self.story(change)) }
    if changes.count > 6 { reply.add("… and \(changes.count - 6) more changes of state") }
    reply.add(state)
    return reply
  }

  /// Lets the breaker catch up with the clock.
  mutating func advance() {
    while let change = breaker.advance(to: now) { noteChange(change) }
  }

  /// Asks for one call.
  mutating func acquire() -> CircuitBreaker.Permit? {
    let before = breaker.lastTransition
    let admission = breaker.tryAcquire(at: now)
    if let change = breaker.lastTransition, change != before { noteChange(change) }
    switch admission {
    case .permitted(let permit):
      counters.admitted += 1
      counters.lastAdmitted += 1
      return permit
    case .rejected:
      counters.rejected += 1
      counters.lastRejected += 1
      return nil
    }
  }

  /// Notes the change that `body` leads to, if any.
  mutating func watching(
    _ body: (inout CircuitBreakerBench) -> CircuitBreaker.Transition?
  ) {
    if let change = body(&self) { noteChange(change) }
  }

  private mutating func noteChange(_ change: CircuitBreaker.Transition) {
    if change.to == .open { counters.opens += 1 }
    if change.to == .closed { counters.closes += 1 }
    changes.append(change)
  }

  private static func story(_ change: CircuitBreaker.Transition) -> Text {
    let tone: Tone = change.to == .closed ? .good : change.to == .open ? .bad : .accent
    return Text("\(change.at)   \(change.from.rawValue) → ")
      + .toned(change.to.rawValue, tone) + Text(": \(change.reason)")
  }

  /// Where the breaker stands, in one line.
  var state: Text {
    var text = Text("\(now)   ") + .strong(breaker.phase.rawValue)
    switch breaker.phase {
    case .closed:
      let tally = breaker.window.total
      text = text + Text(", window: \(tally)")
      if breaker.window.pending.calls > 0 {
        text = text + Text(" (\(breaker.window.pending) not looked at yet)")
      }
    case .open:
      let left = breaker.openUntil - now
      text =
        text + Text(left > .zero ? ", \(left) left" : ", its time is over: the next call decides")
    case .halfOpen:
      let given = breaker.trialsGranted - breaker.trialsReleased
      text =
        text + Text(", \(given) of \(breaker.options.trialCalls) trial calls let through, ")
        + Text("results: \(breaker.trials)")
    }
    if breaker.forcing != .none { text = text + Text("; forced \(breaker.forcing.rawValue)") }
    return text
  }

  /// The breaker at length.
  func show() -> Document {
    var reply = Document()
    reply.add(state)
    let options = breaker.options
    var rows: [[Text]] = []
    func row(_ name: String, _ text: String) { rows.append([Text(name), Text(text)]) }
    row("judged from", "\(options.minimumCalls) calls on")
    if let threshold = options.failureThreshold {
      row("opens at", "\(Unit.fraction.text(threshold)) failed")
    }
    if let threshold = options.slowThreshold {
      row("or at", "\(Unit.fraction.text(threshold)) slower than \(options.slowAfter)")
    }
    if let limit = options.consecutiveFailures { row("or at", "\(limit) failures in a row") }
    row("stays open", "\(options.openFor)")
    row("trial calls", "\(options.trialCalls)")
    row("let through, refused so far", "\(counters.admitted), \(counters.rejected)")
    if !flying.isEmpty { row("under way", "\(flying.count)") }
    reply.add(.table(Table([Table.Column(""), Table.Column("")], rows)))
    return reply
  }
}
