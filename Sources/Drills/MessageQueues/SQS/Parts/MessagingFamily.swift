import Kernel
import Patterns
import Simulation

/// How the processes of a messaging universe live in its cluster.
struct MessagingFamily: MachineFamily {
  /// The role of each node, as it starts for the first time.
  let roles: [MessagingPart.Role]

  var firstInput: MessagingPart.Input? { .started }

  func blankStorage(_ node: NodeID) -> MessagingDisk { MessagingDisk(role: roles[node.index]) }

  mutating func start(
    _ node: NodeID, from storage: MessagingDisk, life: Int, at now: Instant
  ) -> MessagingPart {
    // Numbers of requests and of work of an earlier life must not be taken for this one's.
    let first = life * 1_000_000
    switch storage.role {
    case .producer(var part):
      part.nextRequest = first
      return MessagingPart(role: .producer(part))
    case .worker(var part):
      part.nextRequest = first
      return MessagingPart(role: .worker(part))
    case .orders(var part):
      part.nextRequest = first
      return MessagingPart(role: .orders(part))
    case .relay(var part):
      part.nextRequest = first
      return MessagingPart(role: .relay(part))
    case .topic, .queue, .store, .book, .away:
      return MessagingPart(role: storage.role)
    }
  }

  func input(_ message: MessagingWire, from node: NodeID) -> MessagingPart.Input {
    .received(message, from: node)
  }

  func input(timer: Int) -> MessagingPart.Input { .timer(timer) }

  mutating func effect(
    _ output: MessagingPart.Output, of node: NodeID
  ) -> MachineEffect<MessagingWire, MessagingRecord, MessagingAnswer> {
    switch output {
    case .send(let message, let target): .send(message, to: target)
    case .wakeMe(let instant, let timer): .wakeMe(at: instant, timer: timer)
    case .persist(let record): .persist(record)
    case .answer(let answer): .answer(answer)
    }
  }
}
