@testable import Estimation

/// A slip that is planted in a step of the sample chain, as a factor of its answer.
struct PlantedSlip: Sendable, CustomStringConvertible {
  let step: Int
  let factor: Double
  let causes: Set<SlipCause>
  let says: String

  init(_ step: Int, _ factor: Double, _ causes: [SlipCause], _ says: String) {
    self.step = step
    self.factor = factor
    self.causes = Set(causes)
    self.says = says
  }

  var description: String { "step \(step) times \(factor)" }

  static let all: [PlantedSlip] = [
    PlantedSlip(0, 86_400, [.time(.secondsOfDay)], "a day's amount taken for a second's"),
    PlantedSlip(0, 1 / 86_400.0, [.time(.secondsOfDay)], "one division by the 86,400 seconds"),
    PlantedSlip(0, 3_600, [.time(.secondsOfHour)], "an hour's amount taken for a second's"),
    PlantedSlip(0, 60, [.time(.sixty)], "a minute's amount taken for a second's"),
    PlantedSlip(0, 24, [.time(.hoursOfDay)], "a day's amount taken for an hour's"),
    PlantedSlip(0, 1_000, [.prefix(1)], "one step of the prefixes"),
    PlantedSlip(0, 1e-6, [.prefix(2)], "two steps of the prefixes"),
    PlantedSlip(0, 10, [.zeros(1)], "a zero too many"),
    PlantedSlip(0, 2.5, [.given("peak", role: .peak, .onceTooOften)], "the peak factor"),
    PlantedSlip(
      1, 1 / 2.5, [.given("peak", role: .peak, .leftOut)], "the peak factor (peak = 2.5)"),
    PlantedSlip(1, 2.5, [.given("peak", role: .peak, .onceTooOften)], "counted once too often"),
    PlantedSlip(2, 8, [.bits], "bits taken for bytes"),
    PlantedSlip(2, 1.0 / 8, [.bits], "bytes taken for bits"),
    PlantedSlip(
      2, 1.0 / 40, [.given("ratio", role: .readWrite, .leftOut)], "(ratio = 40) left out"),
    PlantedSlip(
      2, 1.0 / 1_600, [.given("ratio", role: .readWrite, .turnedOver)],
      "(ratio = 40) turned over"),
    PlantedSlip(
      3, 1.0 / 3, [.given("copies", role: .replication, .leftOut)],
      "the replication (copies = 3) left out"),
    PlantedSlip(3, 3, [.given("copies", role: .replication, .onceTooOften)], "once too often"),
    PlantedSlip(3, 1.0 / 365, [.time(.daysOfYear)], "a day's amount taken for a year's"),
    PlantedSlip(3, 1.0 / 12, [.time(.monthsOfYear)], "a month's amount taken for a year's"),
    PlantedSlip(3, 1.0 / 30, [.time(.daysOfMonth)], "a day's amount taken for a month's"),
    PlantedSlip(3, 1.0 / 5, [.own(5)], "The smaller versions were forgotten."),
    PlantedSlip(3, 7, [.time(.daysOfWeek)], "one multiplication by the 7 days of a week too many"),
    PlantedSlip(
      3, 1.0 / 1_095, [.given("copies", role: .replication, .leftOut), .time(.daysOfYear)],
      "and"),
    PlantedSlip(3, 8 * 86_400, [.bits, .time(.secondsOfDay)], "bits taken for bytes, and"),
    PlantedSlip(
      2, 1.0 / 320, [.given("ratio", role: .readWrite, .leftOut), .bits],
      "left out, and bytes taken for bits"),
    PlantedSlip(4, 2.5, [.given("peak", role: .peak, .onceTooOften)], "the peak factor"),
  ]
}
