/// An account whose balance is the fold of its events: the aggregate that event sourcing is shown
/// on.
public struct SourcedAccount: Sendable, Hashable {
  /// A fact.
  public enum Event: Sendable, Hashable {
    /// It was opened.
    case opened
    /// Money came in.
    case deposited(Int)
    /// Money went out.
    case withdrawn(Int)
  }

  /// A wish, which may be refused.
  public enum Command: Sendable, Hashable {
    /// Open it.
    case open
    /// Pay money in.
    case deposit(Int)
    /// Take money out.
    case withdraw(Int)
  }

  /// Why a command is refused.
  public enum Refusal: String, Error, Sendable, Hashable {
    /// It is open already.
    case alreadyOpen = "the account is open already"
    /// There is no account.
    case notOpen = "the account is not open"
    /// The balance would fall below zero.
    case overdrawn = "the balance would fall below zero"
    /// Amounts are above zero.
    case noAmount = "an amount is above zero"
  }

  /// Whether it was opened.
  public private(set) var isOpen = false
  /// The money on it.
  public private(set) var balance = 0

  /// An account that was never opened.
  public init() {}

  /// Takes in a fact; facts are never refused.
  public mutating func apply(_ event: Event) {
    switch event {
    case .opened: isOpen = true
    case .deposited(let amount): balance += amount
    case .withdrawn(let amount): balance -= amount
    }
  }

  /// The events that `command` leads to.
  public func decide(_ command: Command) throws(Refusal) -> [Event] {
    switch command {
    case .open:
      guard !isOpen else { throw .alreadyOpen }
      return [.opened]
    case .deposit(let amount):
      guard isOpen else { throw .notOpen }
      guard amount > 0 else { throw .noAmount }
      return [.deposited(amount)]
    case .withdraw(let amount):
      guard isOpen else { throw .notOpen }
      guard amount > 0 else { throw .noAmount }
      guard amount <= balance else { throw .overdrawn }
      return [.withdrawn(amount)]
    }
  }
}
