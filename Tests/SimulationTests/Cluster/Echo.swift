import Kernel
import Simulation

/// A machine that does what it is asked to, for tests of its host.
struct Echo: Machine {
  enum Ask: Sendable, Hashable {
    case wake(at: Instant)
    case stopTimer
    case answer(String)
    case persist(Int)
    case write(Int)
  }

  enum Input: Sendable {
    case started
    case asks([Ask])
    case got(String, from: NodeID)
    case woke
    case durable(Int)

    static func ask(_ ask: Ask) -> Input { .asks([ask]) }
  }

  enum Output: Sendable, Equatable {
    case ask(Ask)
    case send(String, to: NodeID)
  }

  let life: Int
  var records: [Int]

  mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .started: return life == 0 ? [] : [.ask(.answer("life \(life) with \(records)"))]
    case .asks(let asks):
      for ask in asks { if case .persist(let record) = ask { records.append(record) } }
      return asks.map(Output.ask)
    case .got(let text, let node): return [.send(text + "!", to: node)]
    case .woke: return [.ask(.answer("woke at \(Int((now.seconds * 1000).rounded()))"))]
    case .durable(let count): return [.ask(.answer("durable \(count)"))]
    }
  }

  func checkInvariants() -> InvariantViolation? {
    records.contains { $0 < 0 }
      ? InvariantViolation("no negative records", witness: "\(records)") : nil
  }
}

/// How echoes live in a cluster.
struct EchoFamily: MachineFamily {
  func blankStorage(_ node: NodeID) -> RecordLog<Int> { RecordLog() }

  mutating func start(
    _ node: NodeID, from storage: RecordLog<Int>, life: Int, at now: Instant
  ) -> Echo {
    Echo(life: life, records: storage.records)
  }

  var firstInput: Echo.Input? { .started }

  func input(_ message: String, from node: NodeID) -> Echo.Input { .got(message, from: node) }

  func input(timer: Int) -> Echo.Input { .woke }

  func input(durable count: Int) -> Echo.Input? { .durable(count) }

  mutating func effect(
    _ output: Echo.Output, of node: NodeID
  ) -> MachineEffect<String, Int, String> {
    switch output {
    case .ask(.wake(at: let instant)): .wakeMe(at: instant, timer: 3)
    case .ask(.stopTimer): .cancelWake(timer: 3)
    case .ask(.answer(let text)): .answer(text)
    case .ask(.persist(let record)): .persist(record)
    case .ask(.write(let record)): .write(record)
    case .send(let text, to: let node): .send(text, to: node)
    }
  }

  mutating func check(_ stepped: NodeID, _ members: [Echo?]) -> InvariantViolation? {
    let nines = members.count { $0?.records.contains(9) ?? false }
    return nines > 1 ? InvariantViolation("one nine", witness: "\(nines) members") : nil
  }
}
