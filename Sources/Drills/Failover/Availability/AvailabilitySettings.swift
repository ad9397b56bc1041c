import Kernel
import Patterns

/// The settings of a run of years, read once, and their knobs.
struct AvailabilitySettings: Sendable {
  static let knobs = design + load

  private static let haproxy = "github.com/haproxy/haproxy doc/configuration.txt @50872daa6"

  private static let design = [
    Knob(
      "replicas", .integer(1...8), standard: .integer(2),
      "How many copies of the service there are."),
    Knob(
      "zones", .integer(1...4), standard: .integer(1),
      "How many zones (racks, rooms) the replicas are spread over, one after the other."),
    Knob(
      "check.interval", .span(.seconds(1)...(.hours(24))), standard: .span(.seconds(10)),
      "The time between two health checks of a replica."),
    Knob(
      "fall", .integer(1...20), standard: .integer(3), source: haproxy,
      "Bad checks in a row until a replica counts as dead."),
    Knob(
      "rise", .integer(1...20), standard: .integer(2), source: haproxy,
      "Good checks in a row until it counts as up again."),
    Knob(
      "switch.time", .span(.zero...(.hours(4))), standard: .span(.seconds(60)),
      "How long a spare takes from being given the work to serving."),
    Knob(
      "spares.checked", .flag, standard: .flag(true),
      "Whether replicas that have no work are checked, and so repaired when they fail."),
    Knob(
      "soft", .integer(0...10), standard: .integer(0),
      "How many of the dependencies the service can do without for a while."),
    Knob(
      "bridge", .span(.zero...(.hours(72))), standard: .span(.hours(8)),
      "How long it can: a cache that is good for so long, a queue that holds so much."),
  ]

  private static let load = [
    Knob(
      "needed", .integer(1...8), standard: .integer(1), role: .load,
      "How many replicas must serve at a time to carry the load."),
    Knob(
      "mtbf", .span(.hours(1)...(.hours(24 * 3_650))), standard: .span(.hours(720)), role: .load,
      "The mean time from the repair of a replica to its next failure."),
    Knob(
      "mttr", .span(.minutes(1)...(.hours(24 * 30))), standard: .span(.hours(4)), role: .load,
      "The mean time of a repair, from when somebody knows of the failure."),
    Knob(
      "zone.share", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of a replica's failures that its whole zone has with it: power, switch, cooling."),
    Knob(
      "release.share", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share that all replicas have together: a release, a certificate, a configuration."),
    Knob(
      "dependencies", .integer(0...10), standard: .integer(0), role: .load,
      "Other services that this one calls."),
    Knob(
      "essential", .integer(0...10), standard: .integer(0), role: .load,
      "How many of them nothing can stand in for."),
    Knob(
      "dependency.availability", .number(0.5...0.999999, .fraction), standard: .number(0.999),
      role: .load, "The share of time that each of them is up."),
    Knob(
      "dependency.mttr", .span(.minutes(1)...(.hours(24 * 7))), standard: .span(.hours(1)),
      role: .load, "How long each of them is down for, on average."),
    Knob(
      "years", .integer(1...200), standard: .integer(20), role: .load,
      "How long is measured; rare things need long."),
  ]

  let set: RedundantSetOptions
  let checkInterval: TimeSpan
  let mtbf: TimeSpan
  let mttr: TimeSpan
  let zoneShare: Double
  let releaseShare: Double
  /// The dependencies, the hard ones first.
  let dependencies: [ServiceDependency]
  let years: Int

  /// A year of 365.25 days.
  static let year = TimeSpan.hours(8_766)

  init(_ settings: Settings, mutant: String? = nil) {
    set = RedundantSetOptions(
      replicas: settings.integer("replicas"),
      needed: min(settings.integer("needed"), settings.integer("replicas")),
      zones: min(settings.integer("zones"), settings.integer("replicas")),
      fall: settings.integer("fall"), rise: settings.integer("rise"),
      switchTime: settings.span("switch.time"), checksSpares: settings.flag("spares.checked"),
      shortcut: mutant.flatMap(FailoverShortcut.init(rawValue:)))
    checkInterval = settings.span("check.interval")
    mtbf = settings.span("mtbf")
    mttr = settings.span("mttr")
    zoneShare = settings.number("zone.share")
    releaseShare = settings.number("release.share")
    let count = settings.integer("dependencies")
    let soft = min(settings.integer("soft"), count)
    dependencies = (0..<count).map { place in
      ServiceDependency(
        availability: settings.number("dependency.availability"),
        meanDown: settings.span("dependency.mttr"),
        bridge: place >= count - soft ? settings.span("bridge") : .zero)
    }
    years = settings.integer("years")
  }

  var duration: TimeSpan { Self.year * years }

  /// The replicas, the zones they stand in, and what the service depends on.
  var names: [String] {
    (1...set.replicas).map { "replica-\($0)" } + (1...set.zones).map { "zone-\($0)" }
      + dependencies.indices.map { "dependency-\($0 + 1)" }
  }

  func node(zone: Int) -> NodeID { NodeID(set.replicas + zone) }
  func node(dependency: Int) -> NodeID { NodeID(set.replicas + set.zones + dependency) }

  /// The replicas as the textbook sees them.
  private var model: AvailabilityModel {
    AvailabilityModel(
      parts: set.replicas, needed: set.needed, meanUp: mtbf, meanDown: mttr,
      switchTime: set.switchTime)
  }

  /// What the paper promises: replicas that fail independently, times what they depend on.
  var computed: Double {
    model.computed * ServiceDependency.series(dependencies.map(\.computed))
  }

  /// The same with shared failures, detection and the switch.
  var explained: Double {
    let detection = checkInterval * (Double(set.fall) - 0.5)
    let shared = SharedFailureModel(
      model, zones: set.zones, zoneShare: zoneShare, releaseShare: releaseShare,
      detection: detection)
    return shared.computed * ServiceDependency.series(dependencies.map(\.computed))
  }
}
