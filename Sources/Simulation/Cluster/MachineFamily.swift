import Kernel

/// How the machines of one family live in a cluster: how they start, what their inputs and outputs
/// mean to the world, and what must hold across all of them.
///
/// It is the only thing to write in order to run a talking pattern under faults:
///
///     struct RaftFamily: MachineFamily {
///       func blankStorage(_ node: NodeID) -> RaftStorage { … }
///       mutating func start(_ node: NodeID, from disk: RaftStorage, life: Int, at now: Instant)
///         -> Raft { … }
///       func input(_ message: Raft.Message, from node: NodeID) -> Raft.Input { … }
///       func input(timer: Int) -> Raft.Input { … }
///       mutating func effect(_ output: Raft.Output, of node: NodeID) -> Effect { … }
///     }
public protocol MachineFamily {
  /// The machine that every member runs.
  associatedtype Participant: Machine
  /// What members send each other.
  associatedtype Message: Sendable
  /// What a member's disk keeps.
  associatedtype Storage: StableStorage
  /// What a member tells its clients.
  associatedtype Answer: Sendable

  /// What an output asks of the world.
  typealias Effect = MachineEffect<Message, Storage.Record, Answer>

  /// What the disk of `node` holds before its first start.
  func blankStorage(_ node: NodeID) -> Storage

  /// Makes the machine of `node` when its process starts, from what its disk kept.
  ///
  /// `life` counts the starts from 0: use it to name the random stream of the new life. `now` is
  /// the node's local time.
  mutating func start(
    _ node: NodeID, from storage: Storage, life: Int, at now: Instant
  ) -> Participant

  /// The input that a machine gets first in every life, or nil.
  var firstInput: Participant.Input? { get }

  /// The input that stands for the arrival of `message`.
  func input(_ message: Message, from node: NodeID) -> Participant.Input

  /// The input that stands for a timer's going off.
  func input(timer: Int) -> Participant.Input

  /// The input that says that the first `count` records of this life are durable, or nil when the
  /// machine does not want to know.
  func input(durable count: Int) -> Participant.Input?

  /// What `output` of the machine of `node` asks of the world.
  mutating func effect(_ output: Participant.Output, of node: NodeID) -> Effect

  /// Finds what does not hold across the members after `stepped` took a step, or nil.
  ///
  /// Members that are down are nil. It may remember what it saw, such as the leader of each term.
  mutating func check(_ stepped: NodeID, _ members: [Participant?]) -> InvariantViolation?
}

extension MachineFamily {
  /// No input.
  public var firstInput: Participant.Input? { nil }

  /// No input.
  public func input(durable count: Int) -> Participant.Input? { nil }

  /// Nothing to check across members.
  public mutating func check(
    _ stepped: NodeID, _ members: [Participant?]
  ) -> InvariantViolation? { nil }
}

/// What an output of a machine asks of the world.
///
/// Outputs are carried out in order. A message or an answer that comes after a record waits until
/// that record is durable; one that comes before it does not.
public enum MachineEffect<Message: Sendable, Record: Sendable, Answer: Sendable>: Sendable {
  /// Send a message.
  case send(Message, to: NodeID)
  /// Send the same message to several nodes.
  case sendAll(Message, to: [NodeID])
  /// Set the timer of this number to go off when the local clock reads `at`, instead of what it
  /// was set to before.
  case wakeMe(at: Instant, timer: Int)
  /// Stop a timer.
  case cancelWake(timer: Int)
  /// Write to the disk and sync it before anything that comes after leaves the node.
  case persist(Record)
  /// Write to the disk without waiting: a later sync takes it along, a crash before loses it.
  case write(Record)
  /// Tell the clients: the host of the cluster gets it.
  case answer(Answer)
  /// Record what happened.
  case fact(Fact)
  /// Nothing.
  case nothing
}

/// A fact that a machine states, for the trace.
public struct Fact: Sendable, Hashable {
  /// A stable word such as `became-leader`.
  public var kind: String
  /// A sentence with the quantities.
  public var detail: String
  /// How it bears on the objectives.
  public var weight: Trace.Weight
  /// The node whose silence or misbehaviour it speaks of: the fault behind that becomes its cause.
  public var about: NodeID?
  /// Since when that node has been silent, if known: faults that ended since count too.
  public var since: Instant?

  /// A fact.
  public init(
    _ kind: String, _ detail: String, weight: Trace.Weight = .change, about: NodeID? = nil,
    since: Instant? = nil
  ) {
    self.kind = kind
    self.detail = detail
    self.weight = weight
    self.about = about
    self.since = since
  }
}

/// Storage for machines that keep nothing on disk.
public struct NoStorage: StableStorage {
  /// No storage.
  public init() {}

  /// Never called: there are no records.
  public mutating func apply(_ record: Never) {}
}
