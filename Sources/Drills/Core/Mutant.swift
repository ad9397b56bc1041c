import Kernel

/// A named, deliberate bug of a mechanism: what `drill mystery` hides and what proves our checkers.
///
/// The bug itself is a shortcut in the machine's options (`RaftShortcut` is the model): the healthy
/// code with one thing left out. A mutant says under which settings and faults it shows, and what
/// catches it: over the seeds of the proof the healthy mechanism passes what the mutant fails.
public struct Mutant: Sendable, Hashable {
  /// How it is caught.
  public enum Catch: Sendable, Hashable {
    /// An invariant of the scenario is broken.
    case invariant(String)
    /// A checker finds a guarantee broken.
    case finding(String)
    /// An objective such as `failed_calls < 200`, which the healthy mechanism meets, is missed.
    case objective(String)
  }

  /// A setting of the run in which it shows.
  public struct Change: Sendable, Hashable {
    /// The knob's name.
    public let name: String
    /// The value as text.
    public let text: String
  }

  /// The stable id, as in `acks-before-sync`.
  public let id: String
  /// What a learner names, as in `acknowledges before the disk has the record`.
  public let title: String
  /// What the code does wrong and how that shows, told when the mystery is solved.
  public let summary: String
  /// The settings under which it shows, as changes to the scenario's defaults.
  public let settings: [Change]
  /// The faults under which it shows.
  public let faults: [String]
  /// What catches it.
  public let caughtBy: Catch

  /// A mutant.
  public init(
    _ id: String, title: String, summary: String,
    settings: KeyValuePairs<String, String> = [:], faults: [String] = [], caughtBy: Catch
  ) {
    self.id = id
    self.title = title
    self.summary = summary
    self.settings = settings.map { Change(name: $0.key, text: $0.value) }
    self.faults = faults
    self.caughtBy = caughtBy
  }
}
