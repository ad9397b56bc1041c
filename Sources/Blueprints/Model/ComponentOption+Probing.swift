import Kernel

extension ComponentOption {
  private static let called: [ComponentKind.Role] = [.server, .cache, .store, .queue]

  /// The health check of the instances.
  static let probing: [ComponentOption] = [
    ComponentOption(
      "check", .span(.milliseconds(100) ... .minutes(10)), called,
      "the time between two probes of an instance",
      value: { .span($0.check.interval) }, change: { $0.check.interval = $1.span }),
    ComponentOption(
      "fall", .integer(1...1_000), called,
      "failed probes in a row that take an instance out",
      value: { .integer($0.check.fall) }, change: { $0.check.fall = $1.integer }),
    ComponentOption(
      "rise", .integer(1...1_000), called,
      "good probes in a row that bring it back",
      value: { .integer($0.check.rise) }, change: { $0.check.rise = $1.integer }),
  ]
}
