import Kernel

/// The order of phases and topics, read from `lessons/roadmap.yaml`.
public struct Roadmap: Sendable {
  /// The phases in order.
  public let phases: [Phase]

  /// A phase: topics that belong together.
  public struct Phase: Sendable {
    /// Counted from 1.
    public let number: Int
    /// What the phase is about.
    public let title: String
    /// Its topics in order.
    public let entries: [Entry]
  }

  /// One topic or case of the roadmap.
  public struct Entry: Sendable, Hashable {
    /// The stable id.
    public let id: String
    /// The title.
    public let title: String
  }

  /// Every entry in order.
  public var entries: [Entry] { phases.flatMap(\.entries) }

  static func read(_ text: String, file: String) throws(Diagnostic) -> Roadmap {
    let map = try YAMLField.parse(text, file: file).map(known: ["phases"])
    var phases: [Phase] = []
    var seen: Set<String> = []
    for item in try map.required("phases").list() {
      let phase = try item.map(known: ["title", "topics"])
      var entries: [Entry] = []
      for topic in try phase.required("topics").list() {
        let entry = try topic.map(known: ["id", "title"])
        let id = try entry.words("id")
        guard seen.insert(id).inserted else {
          throw topic.complaint("The roadmap names '\(id)' twice.", found: id)
        }
        entries.append(Entry(id: id, title: try entry.words("title")))
      }
      phases.append(
        Phase(number: phases.count + 1, title: try phase.words("title"), entries: entries))
    }
    return Roadmap(phases: phases)
  }
}
