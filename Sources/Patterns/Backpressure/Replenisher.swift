import Kernel

/// When a consumer asks for more: not for each item, which would be a message a time, and not only
/// when it has nothing left, which would be a pause a time.
///
/// It asks for `prefetch` at first, and for what it has worked off once that is a share of it; three
/// quarters in Reactor. A prefetch of one is stop-and-wait.
///
/// Source: github.com/reactor/reactor-core, Operators.unboundedOrLimit: prefetch - (prefetch >> 2).
public struct Replenisher: Sendable, Hashable {
  /// Items that are asked for at first, and at most under way or waiting ever after.
  public let prefetch: Int
  /// Items worked off before more are asked for.
  public let batch: Int
  private var done = 0

  /// A consumer of `prefetch` items at a time that asks again after a share of them.
  public init(prefetch: Int, share: Double = 0.75) {
    precondition(prefetch > 0, "a consumer asks for something")
    self.prefetch = prefetch
    batch = max(1, min(prefetch, Int((Double(prefetch) * share).rounded(.up))))
  }

  /// An item was worked off; returns how many more to ask for, nil for none yet.
  public mutating func workedOff() -> Int? {
    done += 1
    guard done >= batch else { return nil }
    done = 0
    return batch
  }
}
