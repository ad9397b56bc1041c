import Kernel
import Simulation

/// A machine that sends parcels with rising numbers, and never the same number twice: it writes
/// the number down before the parcel leaves.
struct Courier: Machine {
  enum Input: Sendable {
    case started
    case wake
    case got(Parcel, from: NodeID)
  }

  enum Output: Sendable, Equatable {
    case persist(Int)
    case send(Parcel, to: NodeID)
    case wakeMe(at: Instant)
    case received(Parcel, from: NodeID)
    case missed(NodeID, since: Instant)
  }

  let me: NodeID
  let peers: [NodeID]
  let life: Int
  let pace: TimeSpan
  var number: Int
  var lastHeard: [Instant]
  var isMissing: [Bool]

  mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .started:
      return [.wakeMe(at: now + pace)]
    case .wake:
      var outputs: [Output] = []
      number += 1
      outputs.append(.persist(number))
      for peer in peers where peer != me {
        outputs.append(.send(Parcel(number: number, life: life), to: peer))
        let isLate = now - lastHeard[peer.index] > pace * 10
        if isLate, !isMissing[peer.index] {
          outputs.append(.missed(peer, since: lastHeard[peer.index]))
        }
        isMissing[peer.index] = isLate
      }
      outputs.append(.wakeMe(at: now + pace))
      return outputs
    case .got(let parcel, let sender):
      lastHeard[sender.index] = now
      return [.received(parcel, from: sender)]
    }
  }

  func checkInvariants() -> InvariantViolation? {
    number < 0 ? InvariantViolation("numbers rise", witness: "\(number)") : nil
  }
}

/// What couriers send.
struct Parcel: Sendable, Hashable {
  let number: Int
  let life: Int
}

/// How couriers live in a cluster.
struct CourierFamily: MachineFamily {
  struct Receipt: Sendable, Hashable {
    let parcel: Parcel
    let sender: NodeID
  }

  let size: Int
  var pace = TimeSpan.milliseconds(40)

  func blankStorage(_ node: NodeID) -> RecordLog<Int> { RecordLog() }

  mutating func start(
    _ node: NodeID, from storage: RecordLog<Int>, life: Int, at now: Instant
  ) -> Courier {
    Courier(
      me: node, peers: (0..<size).map(NodeID.init), life: life, pace: pace,
      number: storage.records.last ?? 0, lastHeard: Array(repeating: now, count: size),
      isMissing: Array(repeating: false, count: size))
  }

  var firstInput: Courier.Input? { .started }

  func input(_ message: Parcel, from node: NodeID) -> Courier.Input { .got(message, from: node) }

  func input(timer: Int) -> Courier.Input { .wake }

  mutating func effect(_ output: Courier.Output, of node: NodeID) -> MachineEffect<
    Parcel, Int, Receipt
  > {
    switch output {
    case .persist(let number): .persist(number)
    case .send(let parcel, to: let node): .send(parcel, to: node)
    case .wakeMe(at: let instant): .wakeMe(at: instant, timer: 0)
    case .received(let parcel, from: let sender): .answer(Receipt(parcel: parcel, sender: sender))
    case .missed(let node, since: let instant):
      .fact(
        Fact("missed", "no parcel for a while", weight: .harm, about: node, since: instant))
    }
  }
}
