/// One command on its way: load the aggregate, decide, append what follows, and begin again when
/// somebody else was faster.
///
///     loading ──loaded──▶ appending ──appended──▶ done
///        ▲        │             │
///        │        └ refused     └─conflict──▶ loading again, at most `conflictRetries` times
///
/// **An exact append succeeds only on the version that the decision was made on.** After a conflict
/// the decision is made anew, on the state as it is now; the old decision is never replayed.
///
/// Source: the expected versions of event stores: hexdocs.pm/eventstore, `append_to_stream`.
public struct CommandHandler: Sendable, Hashable {
  /// What an append demands of the stream.
  public enum Concurrency: String, Sendable, Hashable, CaseIterable {
    /// The version that was loaded.
    case exact
    /// The version that was loaded for withdrawals; deposits, which cannot break a rule, demand
    /// nothing.
    case commute
    /// Nothing: the last decision wins.
    case any
  }

  /// How commands are handled.
  public struct Options: Sendable, Hashable {
    /// What an append demands.
    public var concurrency: Concurrency
    /// How often a command that met a conflict is decided again.
    public var conflictRetries: Int
    /// A deliberate bug, for drills; nil for the right handler.
    public var shortcut: CQRSShortcut?

    /// Options.
    public init(
      concurrency: Concurrency = .exact, conflictRetries: Int = 3, shortcut: CQRSShortcut? = nil
    ) {
      self.concurrency = concurrency
      self.conflictRetries = conflictRetries
      self.shortcut = shortcut
    }
  }

  /// What the handler wants next.
  public enum Step: Sendable, Hashable {
    /// The aggregate's state and version.
    case load
    /// These facts appended, under this condition.
    case append([SourcedAccount.Event], EventStore<LedgerEvent>.ExpectedVersion)
    /// Nothing more: this is the answer.
    case reply(Reply)
  }

  /// The answer to a command.
  public enum Reply: Sendable, Hashable {
    /// It took effect, now or at an earlier try: where its last event stands.
    case done(version: Int, position: Int, isRepeat: Bool)
    /// A rule of the aggregate refuses it.
    case refused(SourcedAccount.Refusal)
    /// Others were faster too often.
    case conflict
  }

  /// How commands are handled.
  public let options: Options
  /// What is wanted, in the unit of the revision that decides.
  public private(set) var command: SourcedAccount.Command
  /// How many conflicts it has met.
  public private(set) var conflicts = 0
  /// The version that the last decision was made on; nil before there is a stream.
  public private(set) var decidedOn: Int?

  /// A handler of one command.
  public init(_ command: SourcedAccount.Command, options: Options) {
    self.command = command
    self.options = options
  }

  /// The aggregate was loaded: decide.
  public mutating func loaded(_ account: SourcedAccount, version: Int?) -> Step {
    decidedOn = version
    do {
      return .append(try account.decide(command), expectation)
    } catch {
      return .reply(.refused(error))
    }
  }

  /// The store has answered the append.
  public mutating func appended(_ result: CommandStore.Result) -> Step {
    switch result {
    case .appended(let version, let position):
      return .reply(.done(version: version, position: position, isRepeat: false))
    case .repeated(let version, let position):
      return .reply(.done(version: version, position: position, isRepeat: true))
    case .conflict:
      conflicts += 1
      return conflicts > options.conflictRetries ? .reply(.conflict) : .load
    }
  }

  private var expectation: EventStore<LedgerEvent>.ExpectedVersion {
    if options.shortcut == .expectsWhatIsThere { return .any }
    var isFree = options.concurrency == .any
    if options.concurrency == .commute, case .deposit = command { isFree = true }
    if isFree { return decidedOn == nil ? .any : .streamExists }
    return decidedOn.map { .exactly($0) } ?? .noStream
  }
}
