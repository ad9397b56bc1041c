import Kernel
import Patterns

/// A publisher with its client library; nothing of it survives a crash.
struct StreamPublisherPart: Sendable, Equatable {
  struct Options: Sendable, Equatable {
    /// Whether somebody answers for a message; otherwise it is sent once and forgotten.
    var waits = true
    var attempts = 5
    var timeout = TimeSpan.seconds(5)
    /// Whether every attempt carries the same id.
    var hasID = true
  }

  struct Pending: Sendable, Equatable {
    let number: Int
    var attempt: Int
    var request: Int
    var due: Instant
  }

  let options: Options
  var broker: NodeID
  var nextRequest = 0
  private var pending: [Pending] = []

  init(_ options: Options, broker: NodeID) {
    self.options = options
    self.broker = broker
  }

  mutating func step(
    _ input: StreamPart.Input, at now: Instant, _ outputs: inout [StreamPart.Output]
  ) {
    switch input {
    case .told(.publish(let number)):
      if options.waits {
        pending.append(Pending(number: number, attempt: 0, request: 0, due: now))
        send(pending.count - 1, at: now, &outputs)
      } else {
        nextRequest += 1
        outputs.append(
          .send(.publish(number: number, id: nil, request: nextRequest), to: broker))
      }
    case .received(.accepted(let request), _):
      if let number = settle(request) { outputs.append(.answer(.confirmed(number))) }
    case .received(.rejected(let request), _):
      if let number = settle(request) { outputs.append(.answer(.refused(number))) }
    case .received(.primary(let node), _): broker = node
    case .timer: passTime(at: now, &outputs)
    case .started, .received, .told: break
    }
    if let due = pending.map(\.due).min() { outputs.append(.wakeMe(max(due, now), timer: 0)) }
  }

  private mutating func settle(_ request: Int) -> Int? {
    guard let place = pending.firstIndex(where: { $0.request == request }) else { return nil }
    return pending.remove(at: place).number
  }

  private mutating func send(
    _ place: Int, at now: Instant, _ outputs: inout [StreamPart.Output]
  ) {
    nextRequest += 1
    pending[place].request = nextRequest
    pending[place].attempt += 1
    pending[place].due = now + options.timeout
    let number = pending[place].number
    let id = options.hasID ? "m\(number)" : nil
    outputs.append(.send(.publish(number: number, id: id, request: nextRequest), to: broker))
  }

  private mutating func passTime(at now: Instant, _ outputs: inout [StreamPart.Output]) {
    pending.removeAll { $0.due <= now && $0.attempt >= options.attempts }
    for place in pending.indices where pending[place].due <= now {
      send(place, at: now, &outputs)
      outputs.append(.answer(.retried(pending[place].number, attempt: pending[place].attempt)))
    }
  }
}
