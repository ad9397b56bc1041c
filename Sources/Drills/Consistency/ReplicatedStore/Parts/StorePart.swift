import Kernel
import Patterns
import Simulation

/// Any process of a store: a replica of one kind or another, or the monitor.
struct StorePart: Machine {
  typealias Input = StoreInput<StoreMessage>
  typealias Output = StoreOutput<StoreMessage, StoreDisk.Record>

  /// What kind of process it is; in a box, since hosts hand processes on.
  indirect enum Role: Sendable, Equatable {
    case primaryBackup(PrimaryBackupNode)
    case monitor(FailoverMonitor)
    case raft(RaftStoreNode)
    case quorum(QuorumNode)
    case convergent(ConvergentStoreNode)
    /// Only while a step is under way.
    case away
  }

  var role: Role

  /// Steps the process; its state leaves the enumeration meanwhile, so that nothing is copied.
  mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch role {
    case .primaryBackup(var node):
      role = .away
      let outputs = Self.step(&node, input, at: now)
      role = .primaryBackup(node)
      return outputs
    case .monitor(var monitor):
      role = .away
      let outputs = Self.step(&monitor, input, at: now)
      role = .monitor(monitor)
      return outputs
    case .raft(var node):
      role = .away
      let outputs = Self.step(&node, input, at: now)
      role = .raft(node)
      return outputs
    case .quorum(var node):
      role = .away
      let outputs: [Output] = node.step(input, at: now) { "k\($0)" }
      role = .quorum(node)
      return outputs
    case .convergent(var node):
      role = .away
      let outputs = Self.step(&node, input, at: now)
      role = .convergent(node)
      return outputs
    case .away: return []
    }
  }

  func checkInvariants() -> InvariantViolation? {
    switch role {
    case .primaryBackup(let node): node.checkInvariants()
    case .monitor(let monitor): monitor.checkInvariants()
    case .raft(let node): node.checkInvariants()
    case .quorum(let node): node.checkInvariants()
    case .convergent(let node): node.checkInvariants()
    case .away: nil
    }
  }
}

extension StorePart {
  private static func step(
    _ node: inout PrimaryBackupNode, _ input: Input, at now: Instant
  ) -> [Output] {
    let outputs: [PrimaryBackupNode.Output]
    switch input {
    case .started: outputs = node.step(.started, at: now)
    case .wake: outputs = node.step(.wake, at: now)
    case .received(.ask(let request), let client):
      outputs = node.step(.asked(request, from: client), at: now)
    case .received(.primaryBackup(let message), let sender):
      outputs = node.step(.received(message, from: sender), at: now)
    case .received: return []
    }
    return outputs.map { output in
      switch output {
      case .reply(let reply, let client): .send(.answer(reply), to: client)
      case .send(let message, let target): .send(.primaryBackup(message), to: target)
      case .wakeMe(let instant): .wakeMe(at: instant)
      case .persist(let record): .persist(.primaryBackup(record))
      case .write(let record): .write(.primaryBackup(record))
      case .entered(true, let epoch):
        .fact(Fact("primary", "is primary from now on, in epoch \(epoch)"))
      case .entered(false, let epoch):
        .fact(Fact("backup", "learns of epoch \(epoch) and is no longer primary"))
      case .dropped(let count, let epoch):
        .fact(
          Fact(
            "dropped",
            "drops \(count) of its writes from epoch \(epoch) on, which the new "
              + "primary does not have", weight: .harm))
      }
    }
  }

  private static func step(
    _ monitor: inout FailoverMonitor, _ input: Input, at now: Instant
  ) -> [Output] {
    let outputs: [FailoverMonitor.Output]
    switch input {
    case .started: outputs = monitor.step(.started, at: now)
    case .wake: outputs = monitor.step(.wake, at: now)
    case .received(.primaryBackup(let message), let sender):
      outputs = monitor.step(.received(message, from: sender), at: now)
    case .received: return []
    }
    return outputs.map { output in
      switch output {
      case .send(let message, let target): .send(.primaryBackup(message), to: target)
      case .wakeMe(let instant): .wakeMe(at: instant)
      case .persist(let record): .persist(.primaryBackup(record))
      case .suspects(let node, let silent):
        .fact(
          Fact(
            "suspects", "has not heard from n\(node.index + 1) for \(silent) and gives it up",
            about: node, since: now - silent))
      case .appoints(let node, let epoch, let length):
        .fact(
          Fact(
            "appoints",
            "appoints n\(node.index + 1) for epoch \(epoch); its log has \(length) \(length == 1 ? "write" : "writes")"
          ))
      }
    }
  }

  private static func step(
    _ node: inout RaftStoreNode, _ input: Input, at now: Instant
  ) -> [Output] {
    let outputs: [RaftStoreNode.Output]
    switch input {
    case .started: outputs = node.step(.started, at: now)
    case .wake: outputs = node.step(.wake, at: now)
    case .received(.ask(let request), let client):
      outputs = node.step(.asked(request, from: client), at: now)
    case .received(.raft(let message), _): outputs = node.step(.received(message), at: now)
    case .received: return []
    }
    return outputs.map { output in
      switch output {
      case .reply(let reply, let client): .send(.answer(reply), to: client)
      case .send(let message): .send(.raft(message), to: message.target)
      case .wakeMe(let instant): .wakeMe(at: instant)
      case .persist(let write): write.needsSync ? .persist(.raft(write)) : .write(.raft(write))
      case .entered(let role, let term):
        .fact(Fact(role.rawValue, "is \(role.rawValue) in term \(term)"))
      }
    }
  }
}
