/// A consumer's own copy of another service's data, kept up to date by the events that carry it.
///
/// Events carry the version of their aggregate. One that is not newer than the copy is a repeat or
/// late; the next one is applied; one further ahead shows that something is missing.
public struct VersionedReplica: Sendable, Hashable {
  /// What to do about versions.
  public enum Rule: String, Sendable, Hashable, CaseIterable {
    /// Takes whatever arrives last.
    case overwrite
    /// Drops what is not newer; a gap is stepped over.
    case newest
    /// Drops what is not newer; what is ahead waits until the gap is closed.
    case park
    /// Drops what is not newer; a gap is closed by asking the owner for the state.
    case fetch
  }

  /// What became of an event.
  public enum Result: Sendable, Hashable {
    /// These versions were applied now, in order: the event's and any that had waited for it.
    case applied([Int])
    /// The copy is as new or newer.
    case superseded
    /// It waits for the versions before it.
    case parked
    /// The owner must be asked for the state.
    case needsSnapshot
  }

  /// The copy of one aggregate.
  public struct Row: Sendable, Hashable {
    /// The version of the state.
    public internal(set) var version = 0
    /// The state.
    public internal(set) var state = 0
    /// States that wait, by their version.
    var parked: [Int: Int] = [:]
  }

  /// The rule.
  public let rule: Rule
  /// The copies.
  public private(set) var rows: [Int: Row] = [:]

  /// An empty replica.
  public init(_ rule: Rule) { self.rule = rule }

  /// How many states wait for an earlier one.
  public var parkedCount: Int { rows.values.reduce(0) { $0 + $1.parked.count } }

  /// Takes the state of `aggregate` at `version`.
  public mutating func take(_ aggregate: Int, version: Int, state: Int) -> Result {
    var row = rows[aggregate] ?? Row()
    defer { rows[aggregate] = row }
    if rule == .overwrite {
      row.version = version
      row.state = state
      return .applied([version])
    }
    if version <= row.version { return .superseded }
    if version == row.version + 1 || rule == .newest {
      row.version = version
      row.state = state
      var applied = [version]
      while let next = row.parked.removeValue(forKey: row.version + 1) {
        row.version += 1
        row.state = next
        applied.append(row.version)
      }
      return .applied(applied)
    }
    if rule == .fetch { return .needsSnapshot }
    row.parked[version] = state
    return .parked
  }

  /// Takes the owner's answer; false when the copy is as new or newer.
  public mutating func load(_ aggregate: Int, version: Int, state: Int) -> Bool {
    var row = rows[aggregate] ?? Row()
    guard version > row.version else { return false }
    row.version = version
    row.state = state
    row.parked = row.parked.filter { $0.key > version }
    while let next = row.parked.removeValue(forKey: row.version + 1) {
      row.version += 1
      row.state = next
    }
    rows[aggregate] = row
    return true
  }
}
