import Kernel

/// A read or a write that is known to be over, with the version of the key that it saw or made.
///
/// Versions of a key are numbered in the order in which the store holds them: by its log, its
/// revision, or its rule for which of two writes wins. Every write makes a version of its own; 0 is
/// what a key holds at first.
public struct VersionedOperation: Sendable, Hashable {
  /// Whether a version was seen or made.
  public enum Kind: String, Sendable, Hashable {
    /// The version was seen.
    case read
    /// The version was made.
    case write
  }

  /// The client.
  public let session: Int
  /// The key.
  public let key: Datum
  /// Whether the version was seen or made.
  public let kind: Kind
  /// The version.
  public let version: Int
  /// When the client began.
  public let invokedAt: Instant
  /// When the client knew that it was done.
  public let returnedAt: Instant

  /// A read or write of `version` of `key`.
  public init(
    session: Int, key: Datum, kind: Kind, version: Int, invokedAt: Instant = .zero,
    returnedAt: Instant = .zero
  ) {
    self.session = session
    self.key = key
    self.kind = kind
    self.version = version
    self.invokedAt = invokedAt
    self.returnedAt = returnedAt
  }
}

extension VersionedOperation: CustomStringConvertible {
  /// As in `session 2 read version 3 of "x"`.
  public var description: String {
    "session \(session) \(kind == .read ? "read" : "wrote") version \(version) of \(key)"
  }
}
