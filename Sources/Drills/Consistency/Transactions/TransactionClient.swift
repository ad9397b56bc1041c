import Kernel
import Patterns
import Simulation
import Verification

/// A client: an application that runs one transaction at a time over one connection.
struct TransactionClient: Sendable {
  /// Where it is in a transaction; the number names the row's place in the plan.
  enum Stage: Sendable, Hashable {
    case idle
    case beginning
    case reading(Int)
    case working
    case writing(Int)
    case committing
    case rollingBack
    case pausing
  }

  /// What it saw of a row.
  struct Sight: Sendable, Hashable {
    let value: Int
    /// Who wrote the row before, in order.
    let log: [Int]
    let at: Instant
  }

  let node: NodeID
  let number: Int
  var random: RandomStream
  /// Its connections so far; each is a session of its own.
  var epoch = 1
  /// Counts what it asks and waits for, so that what comes too late is known as such.
  var stamp = 0
  /// Its processes in the history so far; one whose outcome is unknown ends.
  var life = 0
  var stage = Stage.idle
  var statement: Statement?
  var reply: StatementReply?
  var plan: TransactionPlan?
  var writes: [TransactionPlan.Write] = []
  var tokens: [Int] = []
  var sights: [Int: Sight] = [:]
  var steps: [ListTransaction.Step] = []
  var attempts = 0
  var beganAt = Instant.zero
  var isReplaying = false
  var lastError: TransactionError?
  /// What happened to it while its process stood still.
  var heldBack: [TransactionWorld.Event] = []

  init(_ number: Int, seed: UInt64) {
    node = NodeID(number + 1)
    self.number = number
    random = RandomStream(seed: seed, name: "c\(number + 1)")
  }

  var name: String { "c\(number + 1)" }
  var session: SessionID { SessionID("\(name)/\(epoch)") }
  /// The process in the history: unlike any other client's or life's.
  var process: Int { life * 1_000 + number }
}
