/// What came of the runs of one drill.
public struct DrillProgress: Sendable, Hashable {
  /// The drill's id.
  public let drill: String
  /// Its runs, in the order of the log.
  public let runs: [RunRecord]

  /// How often it was run.
  public var attemptCount: Int { runs.count }

  /// Whether a run passed.
  public var isPassed: Bool { runs.contains(where: \.isPassed) }

  /// The number of the first run that passed, from 1.
  public var firstPass: Int? { runs.firstIndex(where: \.isPassed).map { $0 + 1 } }

  /// The run that met the most objectives; of several, the first; a passed one before any other.
  public var best: RunRecord? {
    runs.reduce(nil) { best, run in
      guard let best else { return run }
      let isBetter =
        run.isPassed != best.isPassed ? run.isPassed : run.metCount > best.metCount
      return isBetter ? run : best
    }
  }
}

extension ProgressStore {
  /// Every drill that was run, in the order of first runs.
  public func drills() throws(StoreError) -> [DrillProgress] {
    let events = try read { try LogTable.effective([.run], $0) }
    var drills: [String] = []
    var runs: [String: [RunRecord]] = [:]
    for event in events {
      guard case .ran(let run) = event.fact else { continue }
      if runs[run.drill] == nil { drills.append(run.drill) }
      runs[run.drill, default: []].append(run)
    }
    return drills.map { DrillProgress(drill: $0, runs: runs[$0] ?? []) }
  }

  /// What came of the runs of one drill.
  public func drill(_ drill: String) throws(StoreError) -> DrillProgress {
    let events = try read { try LogTable.effective([.run], subject: drill, $0) }
    let runs = events.compactMap { event -> RunRecord? in
      guard case .ran(let run) = event.fact else { return nil }
      return run
    }
    return DrillProgress(drill: drill, runs: runs)
  }
}
