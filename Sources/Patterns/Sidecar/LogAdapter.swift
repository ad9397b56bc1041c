/// The adapter: a sidecar that turns what the application writes into what the world outside wants,
/// here lines of a log, shipped one by one, with a buffer in between.
///
/// When the store outside is gone the buffer fills. Then either the application waits, or lines are lost.
///
/// **Every line that was written was shipped, is in the buffer, or was counted as lost.**
public struct LogAdapter: Sendable, Hashable {
  /// What becomes of a line.
  public enum Fate: Sendable, Hashable {
    /// It is in the buffer.
    case kept
    /// It was thrown away.
    case lost
    /// There is no room, and the application waits.
    case blocked
  }

  /// Lines in the buffer at most.
  public let capacity: Int
  /// Whether lines that do not fit are thrown away.
  public let isDropping: Bool
  /// Lines in the buffer.
  public private(set) var buffered = 0
  /// Lines that were taken.
  public private(set) var written = 0
  /// Lines that were shipped.
  public private(set) var shipped = 0
  /// Lines that were thrown away.
  public private(set) var lost = 0
  private let shortcut: SidecarShortcut?

  /// An adapter with an empty buffer.
  public init(capacity: Int, isDropping: Bool, shortcut: SidecarShortcut? = nil) {
    precondition(capacity > 0, "a buffer has room for a line")
    self.capacity = capacity
    self.isDropping = isDropping
    self.shortcut = shortcut
  }

  /// The application writes a line.
  public mutating func write() -> Fate {
    if buffered < capacity {
      written += 1
      buffered += 1
      return .kept
    }
    guard isDropping else { return .blocked }
    written += 1
    if shortcut != .losesSilently { lost += 1 }
    return .lost
  }

  /// A line has reached the store.
  public mutating func ship() {
    guard buffered > 0 else { return }
    buffered -= 1
    shipped += 1
  }

  /// Finds the first invariant that does not hold, or nil.
  public func checkLines() -> String? {
    written == shipped + buffered + lost
      ? nil : "\(written) written, \(shipped) shipped, \(buffered) kept, \(lost) lost"
  }
}
