import Kernel

/// Reads `cards.yaml`.
enum CardReader {
  /// The cards in `text`; `sources` are those of the lesson beside it.
  static func read(
    _ text: String, file: String, sources: [Source]
  ) throws(Diagnostic) -> [Card] {
    let map = try YAMLField.parse(text, file: file).map(known: ["topic", "cards"])
    let topic = try map.words("topic")
    var cards: [Card] = []
    for item in try map.required("cards").list() {
      let entry = try item.map(known: ["id", "front", "back", "tags", "sources"])
      let name = try entry.words("id")
      let isPlain = name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
      guard isPlain else {
        throw try entry.required("id").complaint(
          "A card's id is written in lower-case letters, digits and hyphens.", found: name)
      }
      let id = "\(topic)/\(name)"
      guard !cards.contains(where: { $0.id == id }) else {
        throw try entry.required("id").complaint("Two cards are called '\(name)'.", found: name)
      }
      let keys = try entry.cites("sources", of: sources)
      guard !keys.isEmpty else {
        throw item.complaint("The card '\(name)' has no source.", expected: "'sources: [key]'")
      }
      cards.append(
        Card(
          id: id, topic: topic, front: try entry.words("front"), back: try entry.words("back"),
          tags: try entry.strings("tags"),
          sources: sources.filter { keys.contains($0.key) }))
    }
    return cards
  }
}
