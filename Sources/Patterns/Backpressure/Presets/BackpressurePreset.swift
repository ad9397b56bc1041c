import Kernel

/// How some tools slow a producer down, under their own names.
public enum BackpressurePreset: String, Hashable, PresetTable {
  /// Every mechanism, under plain names.
  case plain
  /// Reactor's operators between a source that pushes and a slow subscriber.
  case reactor
  /// HTTP/2 flow control.
  case http2
  /// A Java BlockingQueue between two threads.
  case java

  /// What lies between a producer and a consumer.
  public struct Design: Sendable, Hashable {
    /// The buffer.
    public var buffer: StageBuffer
    /// When the consumer asks for more; nil when it never asks and everything is pushed.
    public var replenisher: Replenisher?
    /// The windows of a stream and of the connection, in bytes.
    public var streamWindow = FlowWindows.standard
    /// The window that all streams share.
    public var connectionWindow = FlowWindows.standard
    /// The size of a frame, in bytes.
    public var frame = 16_384
  }

  /// The row of the tool.
  public var row: PresetRow<Design> {
    switch self {
    case .plain: Self.plainRow
    case .reactor: Self.reactorRow
    case .http2: Self.http2Row
    case .java: Self.javaRow
    }
  }
}
