/// How two versions or events stand to each other.
public enum CausalOrder: String, Sendable, Hashable {
  /// They are the same.
  case equal
  /// The first is part of what the second has seen.
  case before
  /// The second is part of what the first has seen.
  case after
  /// Neither has seen the other.
  case concurrent
}
