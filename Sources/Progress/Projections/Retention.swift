import GRDB
import Kernel
import Recall

/// The share of due cards that the learner wants to recall, a preference in the log.
enum Retention {
  static let name = "retention"

  static func isSet(by fact: Fact) -> Bool {
    if case .preferred(name, _) = fact { true } else { false }
  }

  /// The last preference that nobody took back and that lies in the range, else the default.
  static func current(_ database: Database) throws -> Double {
    let last = try LogTable.last([.preference], subject: name, database)
    guard case .preferred(_, let value)? = last?.fact, let share = Double(value),
      SchedulerOptions.retentionRange.contains(share)
    else { return SchedulerOptions().desiredRetention }
    return share
  }
}

extension ProgressStore {
  /// The share of due cards that shall still be recalled, from 0.7 to 0.97.
  public func retention() throws(StoreError) -> Double {
    try read { try Retention.current($0) }
  }

  /// Asks for another retention, which reschedules everything.
  ///
  /// - Throws: `Diagnostic` for a text that is no share from 0.7 to 0.97 (`0.85` or `85 %`),
  ///   `StoreError` when it cannot be recorded.
  public func setRetention(_ text: String) throws {
    let range = SchedulerOptions.retentionRange
    guard let share = Unit.fraction.value(from: text), range.contains(share) else {
      throw Diagnostic(
        "'\(text)' is no retention to aim for: above 97 % the reviews drown you, below 70 % you "
          + "relearn more than you keep.", found: text, expected: "70 % to 97 %")
    }
    try append(.preferred(name: Retention.name, value: "\(share)"))
  }
}
