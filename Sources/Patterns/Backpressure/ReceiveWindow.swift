import Kernel

/// When a receiver tells its sender that there is room again.
///
/// An update for every byte would be a message a byte; one when the window is used up would be a pause
/// of a round trip each time. It is sent once half of the window was read.
public struct ReceiveWindow: Sendable, Hashable {
  /// The window that the sender was given.
  public let size: Int
  /// Bytes read that the sender has not been told of.
  public private(set) var unannounced = 0
  let shortcut: BackpressureShortcut?

  /// A window of `size` bytes.
  public init(size: Int, shortcut: BackpressureShortcut? = nil) {
    self.size = size
    self.shortcut = shortcut
  }

  /// Bytes were read; returns by how much to raise the sender's window, nil for not yet.
  public mutating func read(_ bytes: Int) -> Int? {
    unannounced += bytes
    let threshold = max(1, size / 2)
    guard unannounced >= threshold else { return nil }
    defer { unannounced = 0 }
    return shortcut == .leaksWindow ? threshold : unannounced
  }
}
