/// What a binding of a headers exchange asks of the headers of a message.
///
/// A pair whose value is void asks only that the header is there. Names that begin with `x-` count
/// only with the two `-with-x` modes. Without pairs `all` matches everything and `any` nothing.
public struct RabbitHeadersMatch: Sendable, Hashable {
  /// How many of the pairs must agree, and which ones count: the argument `x-match`.
  public enum Mode: String, Sendable, Hashable, CaseIterable {
    /// All of them, those that begin with `x-` aside.
    case all
    /// One of them, those that begin with `x-` aside.
    case any
    /// All of them.
    case allWithX = "all-with-x"
    /// One of them.
    case anyWithX = "any-with-x"
  }

  /// How many of the pairs must agree.
  public let mode: Mode
  /// The pairs that count.
  public let pairs: [RabbitField]

  /// Reads the arguments of a binding; `x-match` is `all` unless it says otherwise, nil when it
  /// says something unknown.
  public init?(_ arguments: [RabbitField]) {
    var mode = Mode.all
    if let named = arguments.first(where: { $0.name == "x-match" }) {
      guard case .text(let word) = named.value, let known = Mode(rawValue: word) else {
        return nil
      }
      mode = known
    }
    self.mode = mode
    let countsAll = mode == .allWithX || mode == .anyWithX
    pairs = arguments.filter { field in
      field.name != "x-match" && (countsAll || !field.name.hasPrefix("x-"))
    }
  }

  /// Whether a message with `headers` matches.
  public func matches(_ headers: [RabbitField]) -> Bool {
    switch mode {
    case .all, .allWithX: pairs.allSatisfy { agrees($0, headers) }
    case .any, .anyWithX: pairs.contains { agrees($0, headers) }
    }
  }

  private func agrees(_ pair: RabbitField, _ headers: [RabbitField]) -> Bool {
    guard let found = headers.first(where: { $0.name == pair.name }) else { return false }
    return pair.value == .void || found.value == pair.value
  }
}
