import Kernel
import Patterns
import Simulation

/// What devices and nodes send each other.
enum CartMessage: Sendable, Hashable {
  /// A device reads a cart, writes it whole or deletes it; `context` is what it got when it read.
  case ask(StoreRequest, context: VersionVector)
  /// What came of it, and the versions of the cart that a reader gets.
  case answer(StoreReply, versions: [QuorumValue], context: VersionVector)
  /// A device puts an item in or takes it out of a set.
  case change(StoreRequest.ID, AddWinsSet<Int>.Operation)
  /// Nodes of a leaderless store among themselves.
  indirect case quorum(QuorumMessage)
  /// Replicas of sets among themselves.
  indirect case gossip(DataReplica<AddWinsSet<Int>>.Message)
}

extension CartMessage: QuorumMail {
  static func reply(
    _ reply: StoreReply, _ versions: [QuorumValue], _ context: VersionVector
  ) -> CartMessage {
    .answer(reply, versions: versions, context: context)
  }

  func input(from sender: NodeID) -> QuorumNode.Input? {
    switch self {
    case .ask(let request, let context): .asked(request, context: context, from: sender)
    case .quorum(let message): .received(message, from: sender)
    case .answer, .change, .gossip: nil
    }
  }
}

/// What a node's disk keeps.
struct CartDisk: StableStorage {
  /// One write.
  indirect enum Record: QuorumEntry, Hashable {
    case quorum(QuorumStorage.Record)
    case set(AddWinsSet<Int>)
  }

  var quorum = QuorumStorage()
  var set = AddWinsSet<Int>()

  mutating func apply(_ record: Record) {
    switch record {
    case .quorum(let record): quorum.apply(record)
    case .set(let set): self.set = set
    }
  }
}

/// A node that holds carts.
struct CartPart: Machine {
  typealias Input = StoreInput<CartMessage>
  typealias Output = StoreOutput<CartMessage, CartDisk.Record>

  /// What kind of node it is; in a box, since hosts hand nodes on.
  indirect enum Role: Sendable, Equatable {
    case quorum(QuorumNode)
    case set(DataReplica<AddWinsSet<Int>>)
  }

  var role: Role

  mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch role {
    case .quorum(var node):
      let outputs: [Output] = node.step(input, at: now) { "cart \($0 + 1)" }
      role = .quorum(node)
      return outputs
    case .set(var replica):
      let outputs = Self.step(&replica, input, at: now)
      role = .set(replica)
      return outputs
    }
  }

  func checkInvariants() -> InvariantViolation? {
    switch role {
    case .quorum(let node): node.checkInvariants()
    case .set(let replica): replica.checkInvariants()
    }
  }

  private static func step(
    _ replica: inout DataReplica<AddWinsSet<Int>>, _ input: Input, at now: Instant
  ) -> [Output] {
    var result: [Output] = []
    func carryOut(_ outputs: [DataReplica<AddWinsSet<Int>>.Output]) {
      for output in outputs {
        switch output {
        case .send(let message, let target): result.append(.send(.gossip(message), to: target))
        case .wakeMe(let instant): result.append(.wakeMe(at: instant))
        case .persist(let set): result.append(.persist(.set(set)))
        }
      }
    }
    switch input {
    case .started: carryOut(replica.step(.started, at: now))
    case .wake: carryOut(replica.step(.wake, at: now))
    case .received(.gossip(let message), let sender):
      carryOut(replica.step(.received(message, from: sender), at: now))
    case .received(.change(let id, let operation), let device):
      carryOut(replica.step(.apply(operation), at: now))
      let reply = StoreReply(id, .written(version: .none))
      result.append(.send(.answer(reply, versions: [], context: VersionVector()), to: device))
    case .received(.ask(let request, _), let device):
      let held = CartItems.items(of: request.key, in: replica.value)
      let reply = StoreReply(request.id, .holds(held, version: .none))
      result.append(.send(.answer(reply, versions: [], context: VersionVector()), to: device))
    case .received: break
    }
    return result
  }
}

/// How the items of carts stand in one set: an element is a cart and an item of it.
enum CartItems {
  /// The element that stands for an item of a cart.
  static func element(_ item: Int, of cart: Int) -> Int { cart * 64 + item }

  /// The items of a cart, a bit each.
  static func items(of cart: Int, in set: AddWinsSet<Int>) -> Int {
    set.elements.reduce(0) { bits, element in
      element / 64 == cart ? bits | 1 << (element % 64) : bits
    }
  }

  /// The items of a number, in order.
  static func list(_ bits: Int) -> [Int] {
    (0..<CartSetup.itemCount).filter { bits >> $0 & 1 == 1 }
  }
}

/// How the nodes live in their cluster.
struct CartFamily: MachineFamily {
  let setup: CartSetup

  var firstInput: CartPart.Input? { .started }

  func blankStorage(_ node: NodeID) -> CartDisk { CartDisk() }

  func start(_ node: NodeID, from disk: CartDisk, life: Int, at now: Instant) -> CartPart {
    switch setup.kind {
    case .lastWriteWins, .siblings:
      CartPart(
        role: .quorum(QuorumNode(node, storage: disk.quorum, life: life, options: setup.quorum)))
    case .addWins:
      CartPart(
        role: .set(DataReplica(node, value: disk.set, life: life, options: setup.gossip(node))))
    }
  }

  func input(_ message: CartMessage, from node: NodeID) -> CartPart.Input {
    .received(message, from: node)
  }

  func input(timer: Int) -> CartPart.Input { .wake }

  func effect(
    _ output: CartPart.Output, of node: NodeID
  ) -> MachineEffect<CartMessage, CartDisk.Record, Never> {
    switch output {
    case .send(let message, let target): .send(message, to: target)
    case .wakeMe(let instant): .wakeMe(at: instant, timer: 0)
    case .persist(let record): .persist(record)
    case .write(let record): .write(record)
    case .fact(let fact): .fact(fact)
    }
  }
}
