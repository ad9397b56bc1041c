import Kernel

/// The ambassador: a sidecar that speaks to a service outside in the application's place, here with
/// a few connections for many callers.
///
///     asked ─▶ a free connection ─▶ given        all in use ─▶ waits in line, up to a limit
///
/// The application calls localhost and knows nothing of addresses, credentials or how many connections the
/// database bears.
///
/// **Connections never exceed the size. Whoever waits longest is served first.**
public struct AmbassadorPool: Sendable, Hashable {
  /// What a caller gets.
  public enum Answer: Sendable, Hashable {
    /// A connection.
    case given
    /// A place in the line.
    case waits
    /// Nothing: the line is full.
    case refused
  }

  /// Connections at most.
  public let size: Int
  /// Callers that may wait.
  public let places: Int
  /// Connections in use.
  public private(set) var inUse = 0
  /// Callers that wait, longest first.
  public private(set) var line: [Int] = []
  private let shortcut: SidecarShortcut?

  /// A pool of `size` connections with `places` for callers that wait.
  public init(size: Int, places: Int, shortcut: SidecarShortcut? = nil) {
    precondition(size > 0, "a pool has at least one connection")
    self.size = size
    self.places = places
    self.shortcut = shortcut
  }

  /// A caller asks.
  public mutating func ask(_ caller: Int) -> Answer {
    if inUse < size {
      inUse += 1
      return .given
    }
    guard line.count < places else { return .refused }
    line.append(caller)
    return .waits
  }

  /// A connection comes back after a call that went well or badly; returns who has it next.
  public mutating func giveBack(isGood: Bool) -> Int? {
    if !isGood, shortcut == .leaksConnections { return nil }
    precondition(inUse > 0, "no connection is out")
    guard !line.isEmpty else {
      inUse -= 1
      return nil
    }
    return line.removeFirst()
  }

  /// A caller waits no longer; false when it was not in line.
  public mutating func leave(_ caller: Int) -> Bool {
    guard let place = line.firstIndex(of: caller) else { return false }
    line.remove(at: place)
    return true
  }
}
