import Progress

/// What people call the topics, steps and drills that the log knows by their ids.
public struct Titles: Sendable, Hashable {
  /// The titles of topics, by id.
  public var topics: [String: String]
  /// The titles of steps.
  public var steps: [Place: String]
  /// The titles of drills, by id.
  public var drills: [String: String]

  /// Titles; whatever has none is called by its id.
  public init(
    topics: [String: String] = [:], steps: [Place: String] = [:], drills: [String: String] = [:]
  ) {
    self.topics = topics
    self.steps = steps
    self.drills = drills
  }

  func topic(_ id: String) -> String { topics[id] ?? id }

  func step(_ place: Place) -> String { steps[place] ?? place.step }

  func drill(_ id: String) -> String { drills[id] ?? id }
}
