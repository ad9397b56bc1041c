import Kernel

/// How some tools slow a producer down, under their own names.
public enum BackpressurePreset: String, Sendable, Hashable, CaseIterable {
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

  /// The knobs with their defaults and what the preset leaves out.
  public var tool: ToolPreset {
    switch self {
    case .plain:
      ToolPreset(id: rawValue, title: "Plain backpressure", knobs: Self.plainKnobs, leavesOut: [])
    case .reactor:
      ToolPreset(
        id: rawValue, title: "Reactor 3", knobs: Self.reactorKnobs,
        leavesOut: ["Schedulers and fusion of operators are left out."])
    case .http2:
      ToolPreset(
        id: rawValue, title: "HTTP/2, RFC 9113", knobs: Self.http2Knobs,
        leavesOut: ["Priorities are left out; headers are not flow-controlled and take no time."])
    case .java:
      ToolPreset(
        id: rawValue, title: "java.util.concurrent.LinkedBlockingQueue", knobs: Self.javaKnobs,
        leavesOut: ["Timed offers are left out."])
    }
  }

  /// The design that `settings` describe; they must hold the knobs of `tool`.
  public func design(_ settings: Settings) -> Design {
    switch self {
    case .plain: return Self.plainDesign(settings)
    case .reactor: return Self.reactorDesign(settings)
    case .http2:
      var design = Design(buffer: StageBuffer(capacity: .max, overflow: .block))
      design.streamWindow = settings.integer("SETTINGS_INITIAL_WINDOW_SIZE")
      design.connectionWindow = FlowWindows.standard + settings.integer("WINDOW_UPDATE")
      design.frame = settings.integer("SETTINGS_MAX_FRAME_SIZE")
      return design
    case .java:
      let isPut = settings.word("method") == "put"
      let overflow: StageBuffer.Overflow =
        isPut ? .block : settings.word("method") == "add" ? .error : .dropNewest
      let capacity = settings.integer("capacity")
      return Design(
        buffer: StageBuffer(capacity: capacity, overflow: overflow),
        replenisher: isPut ? Replenisher(prefetch: capacity, share: 0) : nil)
    }
  }
}
