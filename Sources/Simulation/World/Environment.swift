import Kernel

/// The world that processes live in: network, clocks, disks' conditions, load, and what is wrong.
///
/// Faults in force are a list, and every state follows from the list alone: overlapping faults add
/// up, and the end of one leaves the others as they were. Every beginning and end is recorded in
/// the trace. The environment runs nothing: its host carries out the `WorldChange`s it returns.
public struct Environment: Sendable {
  /// The names of the nodes.
  public let roster: Roster
  /// The network between them.
  public var network: Network
  /// What the processes do.
  public internal(set) var processes: Processes
  /// What happened, and what led to it.
  public var trace: Trace
  /// The faults in force, in the order they began.
  public internal(set) var active: [ActiveFault] = []
  /// How many times the usual load clients send.
  public internal(set) var loadFactor = 1.0

  var clocks: [LocalClock]
  var errorRates: [Double]
  var begun = 0
  /// The faults that ended last.
  var past: [PastFault] = []

  /// A world in which nothing is wrong, for the nodes of `roster`.
  public init(_ roster: Roster, network: Network, traceCapacity: Int = 20_000) {
    self.roster = roster
    self.network = network
    trace = Trace(capacity: traceCapacity)
    let count = roster.names.count
    processes = Processes(count: count)
    clocks = Array(repeating: LocalClock(), count: count)
    errorRates = Array(repeating: 0, count: count)
  }

  /// The clocks of `node`.
  public func clock(_ node: NodeID) -> LocalClock { clocks[node.index] }

  /// The probability that `node` answers a call with an error.
  public func errorRate(_ node: NodeID) -> Double { errorRates[node.index] }

  /// Keeps the process of `node` from running until somebody restarts it; nothing is recorded.
  @usableFromInline mutating func keepDown(_ node: NodeID) { _ = processes.crash(node) }

  /// The newest fault that may explain why `observer` heard nothing good of `subject`.
  ///
  /// It is one that happened to the subject itself, or to a link between the two, and was in force
  /// at some time from `since` on (nil: is in force). A machine that gives up on another has no
  /// message to blame; this finds the fault behind the silence.
  public func blame(
    _ subject: NodeID, seenBy observer: NodeID, since: Instant? = nil
  ) -> Trace.ID? {
    func explains(_ fault: Fault) -> Bool {
      fault.node == subject || fault.touches(subject, observer) || fault.touches(observer, subject)
    }
    if let culprit = active.last(where: { explains($0.fault) }) { return culprit.event }
    guard let since else { return nil }
    let culprit = past.last { $0.until >= since && explains($0.fault.fault) }
    return culprit?.fault.event
  }

  static let pastCapacity = 64

  struct PastFault: Sendable, Hashable {
    let fault: ActiveFault
    let until: Instant
  }
}
