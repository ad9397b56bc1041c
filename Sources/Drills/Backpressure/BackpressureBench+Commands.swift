import Kernel
import Patterns
import Presentation

extension BackpressureBench {
  mutating func request(_ count: Int) -> Document {
    counters.messages += 1
    switch subscription.request(count) {
    case .added:
      return Document([
        .paragraph(Text("The demand is now ") + .strong("\(subscription.demand)") + ".")
      ])
    case .illegal:
      return Document([
        .text("A request of \(count) is illegal (rule 3.9): the stream ends with an error.")
      ])
    case .ignored: return Document([.text("The subscription is over: nothing happens.")])
    }
  }

  /// Items come into being; without a consumer that asks they are simply pushed.
  mutating func produce(_ count: Int) -> Document {
    var (stored, dropped, held, failed) = (0, 0, 0, 0)
    let isAsked = replenisher != nil || subscription.requested > 0
    for _ in 0..<count {
      let item = nextItem
      nextItem += 1
      if subscription.phase != .active {
        held += 1
        continue
      }
      if isAsked, !subscription.signal() {
        held += 1
        continue
      }
      switch buffer.offer(item) {
      case .stored: stored += 1
      case .dropped: dropped += 1
      case .overflow:
        if buffer.overflow == .block { held += 1 } else { failed += 1 }
      }
    }
    counters.stored += stored
    counters.dropped += dropped
    counters.held += held
    counters.failed += failed
    var text =
      Text("Of \(Unit.count.text(Double(count))) items ")
      + .strong(Unit.count.text(Double(stored + dropped)))
      + " were sent; \(Unit.count.text(Double(buffer.count))) wait in the buffer"
    if held > 0 { text = text + ", " + .strong("\(held)") + " stay with the producer" }
    if dropped > 0 { text = text + ", " + .strong("\(dropped)") + " were thrown away" }
    if failed > 0 { text = text + ", " + .strong("\(failed)") + " met a full buffer: an error" }
    return Document([.paragraph(text + ".")])
  }

  /// The consumer works.
  mutating func consume(_ count: Int) -> Document {
    var taken = 0
    var asked = 0
    for _ in 0..<count {
      guard let item = buffer.next() else { break }
      if taken == 0 { counters.oldest = item }
      taken += 1
      if let more = replenisher?.workedOff() {
        _ = subscription.request(more)
        asked += 1
      }
    }
    counters.messages += asked
    return Document([
      .text(
        "Items taken: \(taken). Requests for more: \(asked). Items that still wait: "
          + "\(buffer.count).")
    ])
  }

  /// Bytes are sent on a stream.
  mutating func transmit(_ stream: Int, _ bytes: Int) -> Document {
    let sent = windows.send(bytes, on: stream)
    counters.sent = sent
    let reason =
      sent == bytes
      ? ""
      : windows.connection == 0 ? "; the connection's window is empty" : "; its window is empty"
    return Document([
      .paragraph(
        Text("Of \(Unit.count.text(Double(bytes))) bytes ")
          + .strong(Unit.count.text(Double(sent))) + " may be sent\(reason).")
    ])
  }

  /// A window grows.
  mutating func grant(_ line: BenchLine) throws(Diagnostic) -> Document {
    let word = line.arguments.first ?? ""
    let stream = word == "connection" ? nil : try line.count(0, of: "streams", upTo: 3) - 1
    let bytes = try whole(line, 1, of: "bytes")
    switch windows.update(stream, by: bytes) {
    case .grown: return show()
    case .protocolError:
      return Document([.text("An increment of \(bytes) is a PROTOCOL_ERROR.")])
    case .flowControlError:
      return Document([.text("A window above 2^31 - 1 is a FLOW_CONTROL_ERROR.")])
    }
  }

  /// Demand, buffer and windows in figures.
  func show() -> Document {
    var rows: [[Text]] = []
    for fact in facts where fact.value != nil { rows.append([Text(fact.name), Text(fact.text)]) }
    return Document([.table(Table([Table.Column(""), Table.Column("")], rows))])
  }
}
