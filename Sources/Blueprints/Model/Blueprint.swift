import Kernel

/// A design: components in zones, the calls between them, what they must achieve, what they cost.
///
/// It is a value: read from text, changed by knobs, linted, and run by `BlueprintRun`. Indices of
/// components and zones are places in its lists.
public struct Blueprint: Sendable, Equatable {
  /// The stable id, as in `netflix/blueprint`.
  public var id: String
  /// What it is, in a few words.
  public var title: String
  /// Real cells for each cell that is simulated: 1,000 means that the load and the replicas are a
  /// thousandth of the real ones.
  public var cells: Double = 1
  /// How much time is simulated, the warm-up included.
  public var duration = TimeSpan.seconds(60)
  /// How long nothing is measured at the start.
  public var warmUp = TimeSpan.seconds(5)
  /// Where components stand.
  public var zones: [Zone] = []
  /// One-way latency between two places.
  public var latencies = Latencies()
  /// The parts, in the order of the text.
  public var components: [Component] = []
  /// The calls, in the order of the text, which is the order in which a component makes them.
  public var calls: [Call] = []
  /// What it must achieve, as conditions over the metrics of a run.
  public var objectives: [String] = []
  /// What the design leaves out, a sentence each.
  public var leavesOut: [String] = []

  /// An empty design.
  public init(id: String, title: String) {
    self.id = id
    self.title = title
  }

  /// The place of the component called `name`.
  public func component(_ name: String) -> Int? { components.firstIndex { $0.name == name } }

  /// The calls that the component at `place` makes, with their places.
  public func calls(from place: Int) -> [(place: Int, call: Call)] {
    calls.enumerated().filter { $0.element.source == place }.map { ($0.offset, $0.element) }
  }

  /// The calls that the component at `place` answers, with their places.
  public func calls(to place: Int) -> [(place: Int, call: Call)] {
    calls.enumerated().filter { $0.element.target == place }.map { ($0.offset, $0.element) }
  }

  /// `gateway -> catalog`: what a call is called in messages and knobs.
  public func name(of call: Call) -> String {
    "\(components[call.source].name)->\(components[call.target].name)"
  }

  /// The regions, each once, in the order of the text.
  public var regions: [String] {
    var names: [String] = []
    for zone in zones where !names.contains(zone.region) { names.append(zone.region) }
    return names
  }
}

/// A place whose machines fail together: a data centre of a region.
public struct Zone: Sendable, Hashable {
  /// The region.
  public let region: String
  /// The zone within it; the whole name is `us-east-a`.
  public let letter: String

  /// The zone `letter` of `region`.
  public init(region: String, letter: String) {
    self.region = region
    self.letter = letter
  }

  /// `us-east-a`.
  public var name: String { letter.isEmpty ? region : "\(region)-\(letter)" }
}

/// One-way latencies by how far apart two parts stand.
public struct Latencies: Sendable, Hashable {
  /// Within a zone; a quarter of a millisecond.
  public var withinZone = TimeSpan.microseconds(250)
  /// Between zones of a region; three quarters of a millisecond.
  public var betweenZones = TimeSpan.microseconds(750)
  /// Between regions; 40 ms.
  public var betweenRegions = TimeSpan.milliseconds(40)
  /// From clients to anything; 20 ms.
  public var fromClients = TimeSpan.milliseconds(20)

  /// The usual latencies.
  public init() {}
}
