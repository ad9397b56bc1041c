import Kernel

/// One thing that goes wrong (or right again) in a simulated world.
///
/// Probabilities run from 0 to 1 in steps of one millionth, factors are ratios to the usual, spans
/// are true (not local) time. Faults of the same kind that overlap add up: losses and errors as
/// independent chances, delays and skews as sums, factors as products.
public enum Fault: Sendable, Hashable {
  /// The process of a node dies: its memory and its unsynced writes are gone. With an end, it
  /// restarts then.
  case crash(NodeID)
  /// The process of a node starts with what it synced; one that still runs dies first.
  case restart(NodeID)
  /// The process of a node stands still: messages and timers wait until it goes on.
  case pause(NodeID)
  /// A paused process goes on.
  case resume(NodeID)
  /// The work of a node takes `by` times as long.
  case slow(NodeID, by: Double)
  /// The latency of some links is `by` times the usual.
  case slowLink(LinkScope, by: Double)
  /// Messages between nodes of different sides are lost; a node on no side reaches all.
  case partition([[NodeID]])
  /// Messages from the first nodes to the second ones are lost; answers still come through.
  case block(from: [NodeID], to: [NodeID])
  /// Each message is lost with a probability.
  case drop(Double, LinkScope)
  /// Each message takes longer by a fixed span.
  case delay(TimeSpan, LinkScope)
  /// Each message arrives twice with a probability.
  case duplicate(Double, LinkScope)
  /// Each message takes longer by a random span up to this one, so that messages overtake.
  case reorder(TimeSpan, LinkScope)
  /// The wall clock of a node is ahead of the true time by a span (behind when negative).
  case skew(NodeID, by: TimeSpan)
  /// The wall clock of a node steps by a span and stays there.
  case jump(NodeID, by: TimeSpan)
  /// The clocks of a node, wall and monotonic, run at this ratio to the true rate.
  case drift(NodeID, rate: Double)
  /// The disk of a node is full.
  case fill(NodeID)
  /// The disk of a node acknowledges syncs without keeping anything: a crash meanwhile loses every
  /// write since the fault began, synced or not; when it ends well, all is kept.
  case lose(NodeID)
  /// Clients send this many times the usual load.
  case load(Double)
  /// A node answers calls with an error with a probability.
  case errors(NodeID, Double)
  /// Every fault in force ends; crashed nodes restart, paused ones resume. What a jump did to a
  /// clock is put right too.
  case heal
}

/// The links that a fault touches.
public enum LinkScope: Sendable, Hashable {
  /// Every link.
  case everywhere
  /// Links from the first nodes to the second ones.
  case oneWay(from: [NodeID], to: [NodeID])
  /// Links between the first and the second nodes, both ways.
  case bothWays([NodeID], [NodeID])

  /// Whether the link from `source` to `target` is in the scope.
  public func covers(_ source: NodeID, _ target: NodeID) -> Bool {
    switch self {
    case .everywhere: true
    case .oneWay(let from, let to): from.contains(source) && to.contains(target)
    case .bothWays(let left, let right):
      left.contains(source) && right.contains(target)
        || right.contains(source) && left.contains(target)
    }
  }
}

extension Fault {
  /// The verb that the fault is written with.
  public var verb: FaultVerb {
    switch self {
    case .crash: .crash
    case .restart: .restart
    case .pause: .pause
    case .resume: .resume
    case .slow, .slowLink: .slow
    case .partition, .block: .partition
    case .drop: .drop
    case .delay: .delay
    case .duplicate: .duplicate
    case .reorder: .reorder
    case .skew: .skew
    case .jump: .jump
    case .drift: .drift
    case .fill: .fill
    case .lose: .lose
    case .load: .load
    case .errors: .errors
    case .heal: .heal
    }
  }

  /// The one node that the fault happens to, or nil when it is about links, load or everything.
  public var node: NodeID? {
    switch self {
    case .crash(let node), .restart(let node), .pause(let node), .resume(let node),
      .slow(let node, _), .skew(let node, _), .jump(let node, _), .drift(let node, _),
      .fill(let node), .lose(let node), .errors(let node, _):
      node
    case .slowLink, .partition, .block, .drop, .delay, .duplicate, .reorder, .load, .heal: nil
    }
  }
}
