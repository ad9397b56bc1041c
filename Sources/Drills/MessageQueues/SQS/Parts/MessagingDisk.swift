import Kernel
import Patterns
import Simulation

/// What the disk of a process keeps: for a service, all that it is; for a client, nothing.
struct MessagingDisk: StableStorage {
  var role: MessagingPart.Role

  mutating func apply(_ record: MessagingRecord) {
    // Taken out while it changes, so that it is not copied.
    let before = role
    role = .away
    carryOut(record, on: before)
  }

  private mutating func carryOut(
    _ record: MessagingRecord, on before: consuming MessagingPart.Role
  ) {
    switch (before, record) {
    case (.topic(var part), .topic(let input, let at)):
      _ = part.topic.step(input, at: at)
      role = .topic(part)
    case (.queue(var part), .queue(let input, let isDead, let at)):
      if isDead { _ = part.dead.step(input, at: at) } else { _ = part.queue.step(input, at: at) }
      role = .queue(part)
    case (.store(var part), .store(let call)):
      _ = part.carryOut(call)
      role = .store(part)
    case (.book(var part), .book(let call, let at)):
      _ = part.carryOut(call, at: at)
      role = .book(part)
    case (.producer, _), (.topic, _), (.queue, _), (.worker, _), (.store, _), (.orders, _),
      (.book, _), (.relay, _), (.away, _):
      preconditionFailure("a process wrote a record that is not of its role")
    }
  }
}
