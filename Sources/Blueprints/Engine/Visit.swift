import Kernel
import Patterns
import Simulation

/// One call on its way: sent by a component, worked on at an instance, answered.
///
/// A request of a client is a visit too, to no instance, whose steps are the calls of the client.
struct Visit {
  enum State: UInt8 {
    /// Not in use.
    case free
    /// Waits for its next try.
    case pausing
    /// On the network to the instance.
    case travelling
    /// In line at the instance.
    case queued
    /// The instance's own work is going on.
    case working
    /// The work ended while the instance stood still.
    case frozen
    /// Waits for calls of its own.
    case waiting
    /// Waits for another visit that loads the same key.
    case coalesced
    /// The answer is on the network.
    case answering
  }

  struct Flags: OptionSet {
    let rawValue: UInt16
    /// Holds a place at its instance.
    static let holds = Flags(rawValue: 1)
    /// The answer is a success.
    static let succeeded = Flags(rawValue: 2)
    /// The last cache asked had nothing.
    static let missed = Flags(rawValue: 4)
    /// A fallback was used on the way.
    static let degraded = Flags(rawValue: 8)
    /// Never reaches its instance, or its answer never comes back.
    static let lost = Flags(rawValue: 16)
    /// The breaker let it through and wants to know how it ended.
    static let permitted = Flags(rawValue: 32)
    /// Its outcome was recorded already: the client has left.
    static let settled = Flags(rawValue: 64)
    /// Counts in the balancer and the bulkhead of its caller.
    static let counted = Flags(rawValue: 128)
    /// Spans of it are kept.
    static let sampled = Flags(rawValue: 256)
    /// A second copy of a call that takes too long.
    static let hedge = Flags(rawValue: 512)
    /// Carries a deadline that its instance looks at.
    static let bounded = Flags(rawValue: 1024)
    /// Took part in the measured window.
    static let measured = Flags(rawValue: 2048)
    /// Loads a key for the cache that it is at.
    static let loads = Flags(rawValue: 4096)
  }

  /// No visit.
  static let none = UInt32.max

  var sent = Instant.zero
  var began = Instant.zero
  var deadline = Instant.distantFuture
  var key: UInt64 = 0
  var timer: EventHandle?
  var work: EventHandle?
  var hedging: EventHandle?
  var permit: CircuitBreaker.Permit?
  var parent = none
  var parentGeneration: UInt32 = 0
  /// The next visit in line, or unused.
  var next = none
  var twin = none
  var twinGeneration: UInt32 = 0
  var generation: UInt32 = 0
  /// The first visit that waits for this one to load a key.
  var followers = none
  var station: Int32 = -1
  /// The instance that called, -1 for clients.
  var caller: Int32 = -1
  /// The instance that an earlier copy went to, -1 for none.
  var tried: Int32 = -1
  /// The instance of the cache that had nothing.
  var missedAt: Int32 = -1
  /// The instance of the cache that was asked before that one and had nothing either.
  var missedBefore: Int32 = -1
  var call: UInt16 = 0
  var component: UInt16 = 0
  var needed: UInt16 = 0
  var spare: UInt16 = 0
  var flags = Flags()
  var step: Int8 = -1
  var parentStep: Int8 = 0
  var operation: UInt8 = 0
  var attempt: UInt8 = 1
  var failure = CallFailure.error
  var state = State.free
}

/// All visits that are under way, in one block of memory that grows and is used again.
struct VisitSlab: ~Copyable {
  private(set) var capacity: Int
  private var nodes: UnsafeMutablePointer<Visit>
  private var firstFree = Visit.none
  private(set) var count = 0

  init(capacity: Int = 1_024) {
    self.capacity = capacity
    nodes = .allocate(capacity: capacity)
    nodes.initialize(repeating: Visit(), count: capacity)
    link(from: 0)
  }

  deinit {
    nodes.deinitialize(count: capacity)
    nodes.deallocate()
  }

  subscript(number: UInt32) -> Visit {
    @inline(__always) unsafeAddress { UnsafePointer(nodes + Int(number)) }
    @inline(__always) nonmutating unsafeMutableAddress { nodes + Int(number) }
  }

  /// A fresh visit.
  @inline(__always) mutating func add() -> UInt32 {
    if firstFree == Visit.none { grow() }
    let number = firstFree
    let node = nodes + Int(number)
    firstFree = node.pointee.next
    let generation = node.pointee.generation
    node.pointee = Visit()
    node.pointee.generation = generation
    count &+= 1
    return number
  }

  /// Gives a visit back; whoever still knows it sees by the generation that it is gone.
  @inline(__always) mutating func free(_ number: UInt32) {
    let node = nodes + Int(number)
    node.pointee.state = .free
    node.pointee.generation &+= 1
    node.pointee.next = firstFree
    firstFree = number
    count &-= 1
  }

  /// Whether the visit is still the one of `generation`.
  @inline(__always) func isAlive(_ number: UInt32, _ generation: UInt32) -> Bool {
    number != Visit.none && nodes[Int(number)].generation == generation
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Visit>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: nodes, count: capacity)
    (larger + capacity).initialize(repeating: Visit(), count: capacity)
    nodes.deallocate()
    nodes = larger
    let old = capacity
    capacity *= 2
    link(from: old)
  }

  private mutating func link(from start: Int) {
    for number in (start..<capacity).reversed() {
      nodes[number].next = firstFree
      firstFree = UInt32(number)
    }
  }
}
