/// The header `b3` of Zipkin: `TRACE-SPAN-STATE-PARENT`, of which only the state may stand alone.
///
/// Source: github.com/openzipkin/b3-propagation README.
public struct B3Header: Sendable, Hashable {
  /// What was decided about recording the trace.
  public enum State: String, Sendable, Hashable {
    /// It is recorded.
    case accept = "1"
    /// It is not.
    case deny = "0"
    /// It is recorded whatever samplers say.
    case debug = "d"
    /// Nobody has decided yet.
    case `defer` = ""
  }

  /// The trace, 16 or 32 hexadecimal digits; nil where only a state was sent.
  public let traceID: String?
  /// The span that calls, 16 hexadecimal digits.
  public let spanID: String?
  /// What was decided.
  public let state: State
  /// The span above the one that calls.
  public let parentID: String?

  /// A header for a span of a trace.
  public init(traceID: String, spanID: String, state: State, parentID: String? = nil) {
    self.traceID = traceID
    self.spanID = spanID
    self.state = state
    self.parentID = parentID
  }

  private init(state: State) {
    traceID = nil
    spanID = nil
    self.state = state
    parentID = nil
  }

  /// Reads the value of the header; nil where it cannot be read.
  public init?(header: String) {
    let parts = header.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 1 {
      guard let state = State(rawValue: parts[0]), state != .defer else { return nil }
      self.init(state: state)
      return
    }
    guard parts.count <= 4, parts[0].count == 16 || parts[0].count == 32, parts[1].count == 16,
      Self.isHexadecimal(parts[0]), Self.isHexadecimal(parts[1])
    else { return nil }
    guard let state = State(rawValue: parts.count > 2 ? parts[2] : "") else { return nil }
    if parts.count == 4 {
      guard parts[3].count == 16, Self.isHexadecimal(parts[3]) else { return nil }
    }
    self.init(
      traceID: parts[0], spanID: parts[1], state: state,
      parentID: parts.count == 4 ? parts[3] : nil)
  }

  private static func isHexadecimal(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// The value to send on.
  public var header: String {
    guard let traceID, let spanID else { return state.rawValue }
    var parts = [traceID, spanID]
    if state != .defer { parts.append(state.rawValue) }
    if let parentID, state != .defer { parts.append(parentID) }
    return parts.joined(separator: "-")
  }
}
