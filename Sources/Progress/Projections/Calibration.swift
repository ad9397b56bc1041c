import Kernel

/// How good the learner's predictions are: how often the ranges held that should hold nine times
/// in ten, and how near single numbers came.
public struct Calibration: Sendable, Hashable {
  /// Ranges whose figure has been measured.
  public internal(set) var rangeCount = 0
  /// Those that held the figure.
  public internal(set) var heldCount = 0
  /// Ranges above 0 whose figure, above 0 too, has been measured: those that can be scored.
  public internal(set) var scoredCount = 0
  private var scoreSum = 0.0
  /// Single numbers whose figure has been measured.
  public internal(set) var pointCount = 0
  /// Those within a tenth of the figure.
  public internal(set) var nearCount = 0

  /// The share of ranges that held, nil before the first; 0.9 is what was asked for.
  public var heldShare: Double? {
    rangeCount == 0 ? nil : Double(heldCount) / Double(rangeCount)
  }

  /// The mean interval score of the scored ranges on the scale of powers of ten.
  ///
  /// Smaller is better; nil before the first. A range of a factor of ten that holds its figure
  /// scores 1.
  public var meanIntervalScore: Double? {
    scoredCount == 0 ? nil : scoreSum / Double(scoredCount)
  }

  /// Counts every prediction once, by its first measurement; what yielded no figure counts not.
  init(_ predictions: [PredictionOutcome]) {
    for prediction in predictions {
      guard let verdict = prediction.isHeld else { continue }
      if prediction.record.low < prediction.record.high {
        rangeCount += 1
        heldCount += verdict ? 1 : 0
        let (record, measured) = (prediction.record, prediction.measured ?? 0)
        if let score = try? IntervalScore.onLogScale(
          low: record.low, high: record.high, value: measured)
        {
          scoredCount += 1
          scoreSum += score
        }
      } else {
        pointCount += 1
        nearCount += verdict ? 1 : 0
      }
    }
  }
}

/// A prediction and what became of it.
public struct PredictionOutcome: Sendable, Hashable {
  /// The id of the event that recorded it.
  public let id: EventID
  /// What was predicted.
  public let record: PredictionRecord
  /// What was measured first; nil when nothing was yet.
  public let measured: Double?

  /// Whether the range held the figure, or the number was within a tenth of it; nil before the
  /// figure was measured.
  public var isHeld: Bool? {
    guard let measured else { return nil }
    if record.low < record.high { return record.low <= measured && measured <= record.high }
    return abs(measured - record.low) <= max(abs(measured), abs(record.low)) * 0.1
  }
}

extension ProgressStore {
  /// Every prediction with what was measured, in the order of the log; of one subject if given.
  public func predictions(
    of subject: String? = nil
  ) throws(StoreError) -> [PredictionOutcome] {
    let events = try read { try LogTable.effective([.prediction, .measurement], $0) }
    var measured: [EventID: Double] = [:]
    for event in events {
      guard case .measured(let id, let value?) = event.fact, measured[id] == nil else { continue }
      measured[id] = value
    }
    return events.compactMap { event in
      guard case .predicted(let record) = event.fact else { return nil }
      guard subject == nil || record.subject == subject else { return nil }
      return PredictionOutcome(id: event.id, record: record, measured: measured[event.id])
    }
  }

  /// How often the learner's ranges held.
  public func calibration() throws(StoreError) -> Calibration {
    Calibration(try predictions())
  }
}
