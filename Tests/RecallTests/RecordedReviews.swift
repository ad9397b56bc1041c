import Foundation
import Recall

/// Review logs that py-fsrs produced, read from the folder of recorded data.
///
/// The folder is named by `DRILLHALL_DATA`, or is `../shared/data` beside the repository.
struct RecordedReviews: Decodable {
  struct Card: Decodable {
    let desired_retention: Double
    let reviews: [Review]
  }

  struct Review: Decodable {
    let at: String
    let rating: Int
    let state: String
    let stability: Double
    let difficulty: Double
    let due: String
  }

  let parameters: [Double]
  let learning_steps: [String]
  let relearning_steps: [String]
  let maximum_interval_days: Int
  let cards: [Card]

  static let files: [URL] = {
    let root =
      ProcessInfo.processInfo.environment["DRILLHALL_DATA"].map { URL(fileURLWithPath: $0) }
      ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("../shared/data").standardized
    let folder = root.appendingPathComponent("recall")
    let all =
      (try? FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil)) ?? []
    return all.filter {
      $0.lastPathComponent.hasPrefix("fsrs6-reviews-") && $0.pathExtension == "json"
    }.sorted { $0.path < $1.path }
  }()

  static func read(_ file: URL) throws -> RecordedReviews {
    try JSONDecoder().decode(RecordedReviews.self, from: Data(contentsOf: file))
  }

  /// The scheduler that the file says it used for this card.
  func scheduler(for card: Card) throws -> Scheduler {
    Scheduler(
      SchedulerOptions(
        weights: parameters, desiredRetention: card.desired_retention,
        learningStepsSeconds: try learning_steps.map(Self.spanSeconds),
        relearningStepsSeconds: try relearning_steps.map(Self.spanSeconds),
        maximumIntervalDays: maximum_interval_days))
  }

  private static func spanSeconds(_ text: String) throws -> Int {
    let scale = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    guard let count = Int(text.dropLast()), let unit = scale[String(text.suffix(1))] else {
      throw Unreadable(text: text)
    }
    return count * unit
  }

  static func seconds(_ text: String) throws -> Int {
    guard let date = ISO8601DateFormatter().date(from: text) else { throw Unreadable(text: text) }
    return Int(date.timeIntervalSince1970)
  }

  struct Unreadable: Error { let text: String }
}
