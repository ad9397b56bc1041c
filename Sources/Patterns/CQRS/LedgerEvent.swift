import Kernel

/// A fact about an account as an event store keeps it: with the command that led to it, the time,
/// and the version of the schema it was written under.
///
/// Schema 1 counts whole euros, schema 2 counts cents. An upcaster brings the older form into the
/// newer one when the event is read; what is stored never changes.
public struct LedgerEvent: Sendable, Hashable {
  /// What happened, in the unit of `schema`.
  public let fact: SourcedAccount.Event
  /// The command that it came of; a command's id is given by the client.
  public let command: Int
  /// When it was appended.
  public let at: Instant
  /// The version of the schema.
  public let schema: Int
  /// Whether readers outside can make sense of it; a poison event is one that they cannot.
  public let isReadable: Bool

  /// An event.
  public init(
    _ fact: SourcedAccount.Event, command: Int, at: Instant, schema: Int = 1,
    isReadable: Bool = true
  ) {
    self.fact = fact
    self.command = command
    self.at = at
    self.schema = schema
    self.isReadable = isReadable
  }

  /// The fact in the unit of `revision`: what the upcaster makes of it.
  public func upcast(to revision: Int) -> SourcedAccount.Event {
    let factor = Self.unit(revision) / Self.unit(schema)
    guard factor > 1 else { return fact }
    return switch fact {
    case .opened: .opened
    case .deposited(let amount): .deposited(amount * factor)
    case .withdrawn(let amount): .withdrawn(amount * factor)
    }
  }

  /// How many units of `revision` a euro is.
  public static func unit(_ revision: Int) -> Int { revision < 2 ? 1 : 100 }

  /// By how much it changes the balance, in cents.
  public var cents: Int {
    switch upcast(to: 2) {
    case .opened: 0
    case .deposited(let amount): amount
    case .withdrawn(let amount): -amount
    }
  }
}
