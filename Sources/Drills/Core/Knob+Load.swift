import Kernel

/// Knobs of the load and the surroundings that many scenarios have.
extension Knob {
  /// How long a run lasts.
  static func duration(
    _ standard: TimeSpan = .seconds(60), upTo most: TimeSpan = .minutes(10)
  ) -> Knob {
    Knob(
      "duration", .span(.seconds(5)...most), standard: .span(standard), role: .load,
      "How long the run lasts.")
  }

  /// How long a message takes.
  static func network(
    _ standard: TimeSpan = .milliseconds(1), upTo most: TimeSpan = .seconds(1)
  ) -> Knob {
    Knob(
      "network", .span(.zero...most), standard: .span(standard), role: .load,
      "The time of a message one way.")
  }
}

/// How much a run may have to do.
enum RunSize {
  /// Refuses a run of more `things` than `most`; `remedy` tells what would make them fewer.
  static func refuse(
    _ count: Double, of things: String, above most: Double, remedy: String
  ) throws(Diagnostic) {
    guard count > most else { return }
    throw Diagnostic(
      "This run could have \(Unit.count.text(count)) \(things); \(Unit.count.text(most)) are allowed.",
      expected: remedy)
  }
}
