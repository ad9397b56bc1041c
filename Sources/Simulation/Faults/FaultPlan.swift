import Kernel

/// What goes wrong in a run and when: an ordered list of timed faults, readable as text.
///
/// The plan, not the seed, is what a failure is reported and shrunk as: it stays true when the
/// code that drew it changes. Printing and reading back gives the same plan.
public struct FaultPlan: Sendable, Hashable {
  /// The faults, in the order they are written; those at the same instant happen in that order.
  public var faults: [TimedFault]

  /// A plan of `faults`.
  public init(_ faults: [TimedFault] = []) { self.faults = faults }

  /// Whether nothing goes wrong.
  public var isEmpty: Bool { faults.isEmpty }

  /// The faults in the order in which they happen.
  public var byTime: [TimedFault] {
    let order = faults.indices.sorted {
      faults[$0].at == faults[$1].at ? $0 < $1 : faults[$0].at < faults[$1].at
    }
    return order.map { faults[$0] }
  }

  /// The plan in its canonical form, one line a fault.
  public func text(_ roster: Roster) -> String { lines(roster).joined(separator: "\n") }

  /// The canonical line of each fault.
  public func lines(_ roster: Roster) -> [String] { faults.map { $0.text(roster) } }

  /// Reads a plan, one fault a line; empty lines and comments after `#` are skipped.
  ///
  /// Throws the first `Diagnostic`, with its line and column.
  public static func parse(
    _ text: String, roster: Roster, verbs: [FaultVerb] = FaultVerb.allCases
  ) throws(Diagnostic) -> FaultPlan {
    var plan = FaultPlan()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let words = FaultWord.words(of: String(line))
      guard !words.isEmpty else { continue }
      do {
        plan.faults.append(try TimedFault.parse(String(line), roster: roster, verbs: verbs))
      } catch {
        var complaint = error
        complaint.line = index + 1
        throw complaint
      }
    }
    return plan
  }
}
