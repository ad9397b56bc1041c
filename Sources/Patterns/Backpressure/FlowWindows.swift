import Kernel

/// The sender's windows of an HTTP/2 connection: one for each stream, and one that all share.
///
/// A sender may send as much as the *smaller* of the two allows. Data that the receiver has not
/// consumed stays charged to both: **a stream that nobody reads can use up the window of the whole
/// connection, and then no stream moves.**
///
/// Both windows begin with 65,535 bytes. SETTINGS_INITIAL_WINDOW_SIZE changes those of streams, also
/// of open ones, which may become negative; the connection's grows by WINDOW_UPDATE only. No window
/// may exceed 2^31 - 1. An increment of nothing is an error.
///
/// **What is sent never exceeds either window.**
///
/// Source: RFC 9113, sections 5.2, 6.5.2 and 6.9.
public struct FlowWindows: Sendable, Hashable {
  /// What became of an update.
  public enum Reply: Sendable, Hashable {
    /// The window has grown.
    case grown
    /// The increment was nothing: PROTOCOL_ERROR.
    case protocolError
    /// The window would exceed 2^31 - 1: FLOW_CONTROL_ERROR.
    case flowControlError
  }

  /// The greatest window.
  public static let greatest = 0x7fff_ffff
  /// What both windows begin with.
  public static let standard = 65_535

  /// The window that all streams share.
  public private(set) var connection: Int
  /// The window of each stream.
  public private(set) var streams: [Int]
  private var initial: Int

  /// Windows of `count` streams.
  public init(count: Int, stream: Int = standard, connection: Int = standard) {
    precondition(stream <= Self.greatest && connection <= Self.greatest, "a window is 31 bits")
    self.connection = connection
    initial = stream
    streams = Array(repeating: stream, count: count)
  }

  /// How much may be sent on a stream now.
  public func allowance(_ stream: Int) -> Int { max(0, min(connection, streams[stream])) }

  /// Sends on a stream, as much of `bytes` as is allowed; returns how much.
  public mutating func send(_ bytes: Int, on stream: Int) -> Int {
    let sent = min(bytes, allowance(stream))
    connection -= sent
    streams[stream] -= sent
    return sent
  }

  /// A WINDOW_UPDATE has come, for a stream or, with nil, for the connection.
  public mutating func update(_ stream: Int?, by increment: Int) -> Reply {
    guard increment > 0 else { return .protocolError }
    let before = stream.map { streams[$0] } ?? connection
    guard before + increment <= Self.greatest else { return .flowControlError }
    if let stream { streams[stream] += increment } else { connection += increment }
    return .grown
  }

  /// SETTINGS_INITIAL_WINDOW_SIZE has come: open streams change by the difference, the connection
  /// does not.
  public mutating func settings(initialWindow: Int) -> Reply {
    guard initialWindow <= Self.greatest else { return .flowControlError }
    let difference = initialWindow - initial
    guard streams.allSatisfy({ $0 + difference <= Self.greatest }) else {
      return .flowControlError
    }
    initial = initialWindow
    for stream in streams.indices { streams[stream] += difference }
    return .grown
  }
}
