import Kernel
import Patterns

/// What is measured of a disaster and its recovery.
struct DisasterMeters: Sendable {
  var commits = 0
  var refused = 0
  var before: [Int] = []
  var recordsBefore: [WALRecord] = []
  var archiveAge: TimeSpan?
  var largestBacklog = 0.0
  var failedUploads = 0
  var stored = 0.0
  var tests = 0
  var failedTests = 0
  var isMended = false
  var lost = 0
  var rpo = TimeSpan.zero
  var isRecovered = false
  var failedRestores = 0
  var plan: RecoveryPlan?
  var meanWait: TimeSpan?
  var diverged: Int?
  var failbackTime: TimeSpan?
  var failbackStop: TimeSpan?
  var failbackBytes = 0.0
  var failbackLost = 0

  /// The rows that the old site has when it comes back.
  var oldRows: [Int] {
    recordsBefore.compactMap { record in
      if case .insert(let row) = record.change { row } else { nil }
    }
  }

  static let metrics: [Metric] = [
    Metric("recovered", .count, "1 when there was something to recover from, else 0."),
    Metric(
      "rpo", .seconds,
      "Achieved RPO: from the oldest commit that is gone to the disaster; 0 when none is."),
    Metric(
      "rto", .seconds,
      "Achieved RTO: from the disaster until customers are served; none when they are not."),
    Metric("lost_commits", .count, "Commits that were answered before the disaster and are gone."),
    Metric("restore_time", .seconds, "The part of the RTO that goes into reading backups."),
    Metric("replay_time", .seconds, "The part that goes into replaying the log."),
    Metric("failed_restores", .count, "Backups that could not be read when they were needed."),
    Metric("failed_tests", .count, "Restore tests that found something wrong in time."),
    Metric(
      "archive_age", .seconds,
      "At the disaster, how long the oldest change had waited to be archived."),
    Metric("log_backlog", .bytes, "The most log that waited on the primary for the archive."),
    Metric(
      "refused_commits", .count, "Commits that could not be taken, or waited for a lost copy."),
    Metric("commit_wait", .seconds, "How long an answered commit waited for the other zone."),
    Metric(
      "diverged_commits", .count,
      "Commits that only the returned site has: reported, never merged."),
    Metric(
      "failback_time", .seconds,
      "From the return of the lost site until it serves again; none when it does not."),
    Metric("failback_stop", .seconds, "How long no commit was taken for the way back."),
    Metric("failback_bytes", .bytes, "What was copied and replayed for it."),
    Metric(
      "failback_lost", .count, "Commits taken by the other site that are gone after the way back."),
    Metric("backup_bytes", .bytes, "What the backups took at the disaster."),
    Metric("cost", .ratio, "What all of it costs; the production servers are 1."),
  ]

  func measurements(_ setup: DisasterSetup) -> [Measurement] {
    func span(_ name: String) -> Double? {
      plan.map { plan in
        plan.steps.filter { $0.name == name }.reduce(0) { $0 + $1.lasts.seconds }
      }
    }
    let isOver = plan != nil
    return [
      Measurement("recovered", isOver ? (isRecovered ? 1 : 0) : nil, .count),
      Measurement("rpo", isOver ? rpo.seconds : nil, .seconds),
      Measurement("rto", isRecovered ? plan?.duration.seconds : nil, .seconds),
      Measurement("lost_commits", isOver ? Double(lost) : nil, .count),
      Measurement("restore_time", span("restore"), .seconds),
      Measurement("replay_time", span("replay"), .seconds),
      Measurement("failed_restores", Double(failedRestores), .count),
      Measurement("failed_tests", Double(failedTests), .count),
      Measurement("archive_age", archiveAge?.seconds, .seconds),
      Measurement("log_backlog", largestBacklog, .bytes),
      Measurement("refused_commits", Double(refused), .count),
      Measurement("commit_wait", meanWait?.seconds, .seconds),
      Measurement("diverged_commits", diverged.map(Double.init), .count),
      Measurement("failback_time", failbackTime?.seconds, .seconds),
      Measurement("failback_stop", failbackStop?.seconds, .seconds),
      Measurement("failback_bytes", failbackTime == nil ? nil : failbackBytes, .bytes),
      Measurement("failback_lost", failbackTime == nil ? nil : Double(failbackLost), .count),
      Measurement("backup_bytes", stored, .bytes),
      Measurement("cost", setup.cost(stored: stored), .ratio),
    ]
  }
}
