/// One evaluation of an alerting rule: what the alerts become.
struct AlertStep {
  /// How long the condition must hold, and how long an alert stays after it, in milliseconds.
  let wait: Int64
  let keep: Int64
  let now: Int64
  private(set) var changes: [AlertChange] = []

  init(wait: Int64, keep: Int64, now: Int64) {
    self.wait = wait
    self.keep = keep
    self.now = now
  }

  /// The alerts after the evaluation, sorted by labels; `hits` is for whom the condition holds.
  mutating func advance(
    _ alerts: [ActiveAlert], _ hits: [MetricLabels: Double]
  ) -> [ActiveAlert] {
    var next: [ActiveAlert] = []
    for var alert in alerts {
      if let value = hits[alert.labels] {
        alert.value = value
        alert.keptSince = nil
        next.append(alert)
      } else if alert.state == .firing, isKept(&alert) {
        next.append(alert)
      } else {
        let event: AlertChange.Event = alert.state == .firing ? .resolved : .dropped
        changes.append(AlertChange(labels: alert.labels, event: event))
      }
    }
    let known = Set(alerts.map(\.labels))
    for (labels, value) in hits.sorted(by: { $0.key < $1.key }) where !known.contains(labels) {
      next.append(
        ActiveAlert(labels: labels, state: .pending, activeAt: now, value: value))
      if wait > 0 { changes.append(AlertChange(labels: labels, event: .pending)) }
    }
    for place in next.indices where next[place].state == .pending {
      guard now - next[place].activeAt >= wait else { continue }
      next[place].state = .firing
      changes.append(AlertChange(labels: next[place].labels, event: .firing))
    }
    return next.sorted { $0.labels < $1.labels }
  }

  private func isKept(_ alert: inout ActiveAlert) -> Bool {
    guard keep > 0 else { return false }
    let since = alert.keptSince ?? now
    alert.keptSince = since
    return now - since < keep
  }
}
