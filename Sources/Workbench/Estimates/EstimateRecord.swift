import Estimation
import Kernel
import Progress

/// How answers of estimates stand in the log.
enum EstimateRecord {
  /// The topic under which practice is kept.
  static let topic = "practice"

  /// A figure in base units as a unit that the log knows, and the figure in it.
  ///
  /// What is neither a time, an amount of information, a share nor a rate is kept in its own unit as a
  /// ratio; the range and the figure that it is held against always are in the same.
  static func unit(of figure: EstimateFigure) -> (unit: Unit, scale: Double) {
    if figure.isShare { return (.fraction, 1) }
    switch figure.unit.kind {
    case .time: return (.seconds, 1)
    case .information: return (.bytes, 8)
    case .rate: return (.perSecond, 1)
    case .count: return (.count, 1)
    case .other: return (.ratio, figure.unit.scale)
    }
  }

  /// A range as a prediction about `metric` of `subject`.
  static func prediction(
    _ answer: EstimateAnswer, of figure: EstimateFigure, subject: String, metric: String
  ) -> PredictionRecord {
    let (unit, scale) = unit(of: figure)
    return PredictionRecord(
      subject: subject, metric: metric, low: answer.low / scale, high: answer.high / scale,
      unit: unit)
  }

  /// The figure that a prediction about it is held against.
  static func measured(_ figure: EstimateFigure) -> Double {
    figure.middle / unit(of: figure).scale
  }
}

extension Session {
  /// Records an answer to a step of a problem; a range counts for calibration.
  func record(
    _ grade: StepGrade, subject: String, line: String
  ) throws(Diagnostic) {
    let place = Place(topic: EstimateRecord.topic, step: subject)
    try record(
      .answered(Answer(place: place, question: grade.step, text: line, isRight: grade.isMet)))
    guard let answer = grade.answer, answer.isRange else { return }
    try record(range: answer, of: grade.expected, subject: subject, metric: grade.step)
  }

  /// Records a range and the figure that it was about.
  func record(
    range answer: EstimateAnswer, of figure: EstimateFigure, subject: String, metric: String
  ) throws(Diagnostic) {
    let subject = "\(EstimateRecord.topic)/\(subject)"
    let key = "\(subject) \(metric)"
    try record(
      .predicted(
        EstimateRecord.prediction(answer, of: figure, subject: subject, metric: metric)), as: key)
    try measured(key, EstimateRecord.measured(figure))
  }

  /// The subjects that were practised, with whether the last answers to all their steps were right.
  func practised() throws(Diagnostic) -> [(id: String, isRight: Bool)] {
    let progress = try remembering { () throws(StoreError) in
      try store.topic(EstimateRecord.topic)
    }
    var subjects: [(id: String, isRight: Bool)] = []
    for answer in progress.lastAnswers {
      if let known = subjects.firstIndex(where: { $0.id == answer.place.step }) {
        subjects[known].isRight = subjects[known].isRight && answer.isRight
      } else {
        subjects.append((answer.place.step, answer.isRight))
      }
    }
    return subjects
  }
}
