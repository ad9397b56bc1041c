import Kernel

extension LimiterNode {
  /// Everything that can be set on a node.
  public struct Options: Sendable, Hashable {
    /// The limit that all nodes together are to keep.
    public var limit: RateLimit
    /// Nodes that share it; at least 1.
    public var nodes: Int
    /// How they share it.
    public var mode = Mode.central
    /// How long a node waits for the store; above zero.
    public var patience = TimeSpan.milliseconds(50)
    /// What it does when the store is silent.
    public var fallback = Fallback.local
    /// A wrong way to build it, for drills; nil for the right one.
    public var shortcut: RateShortcut?

    /// A central store for `nodes` nodes, with a local limit when it is silent.
    public init(limit: RateLimit, nodes: Int) {
      precondition(nodes > 0, "a limit is shared by at least one node")
      self.limit = limit
      self.nodes = nodes
    }

    /// The part of the limit that a node may use on its own: an even part, at least 1.
    var localOptions: RateLimiter.Options {
      var options = RateLimiter.Options()
      options.kind = .fixedWindow
      options.rate = RateLimit(max(1, limit.permits / nodes), per: limit.period)
      return options
    }
  }

  /// How nodes share a limit.
  public enum Mode: Sendable, Hashable {
    /// The store decides about each request.
    case central
    /// Each node counts for itself and exchanges counts once in a period.
    case synced(every: TimeSpan)
    /// Each node takes permits by the batch.
    case leased(batch: Int)
    /// Each node keeps an even part of the limit for itself.
    case split
  }

  /// What a node does when the store is silent.
  public enum Fallback: String, Sendable, Hashable, CaseIterable {
    /// Lets everything through (fail open).
    case open
    /// Refuses everything (fail closed).
    case closed
    /// Keeps an even part of the limit for itself.
    case local
  }
}
