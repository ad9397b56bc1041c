import Kernel
import Yams

/// Reads `glossary.yaml`.
enum GlossaryReader {
  /// The glossary in `text`, whose terms belong to `topics`.
  static func read(
    _ text: String, file: String, topics: [String]
  ) throws(Diagnostic) -> Glossary {
    let map = try YAMLField.parse(text, file: file).map(known: ["terms"])
    var terms: [GlossaryTerm] = []
    var owners: [String: String] = [:]
    let items = try map.required("terms").list()
    for item in items {
      let term = try self.term(item, topics: topics)
      for word in term.words {
        if let owner = owners.updateValue(term.name, forKey: word.lowercased()) {
          throw item.complaint(
            "'\(word)' stands in the glossary already, as a name of '\(owner)'.", found: word)
        }
      }
      terms.append(term)
    }
    for (item, term) in zip(items, terms) {
      for name in term.related where owners[name.lowercased()] == nil {
        throw item.complaint(
          "'\(term.name)' leads to '\(name)', which the glossary does not have.", found: name,
          expected: "the name of a term",
          suggestion: NearestWord.nearest(to: name, in: terms.flatMap(\.words)))
      }
    }
    return Glossary(terms)
  }

  private static func term(
    _ item: YAMLField, topics: [String]
  ) throws(Diagnostic) -> GlossaryTerm {
    let entry = try item.map(known: ["term", "also", "topic", "near", "see", "text"])
    let isSpoken = entry.optional("near") == nil
    let key = isSpoken ? "topic" : "near"
    let topic = try entry.words(key)
    guard topics.contains(topic) else {
      throw try entry.required(key).complaint(
        "The roadmap has no topic called '\(topic)'.", found: topic,
        expected: "an id of roadmap.yaml",
        suggestion: NearestWord.nearest(to: topic, in: topics))
    }
    return GlossaryTerm(
      name: try entry.words("term"), others: try entry.strings("also"),
      text: try entry.words("text"), topic: topic, isSpoken: isSpoken,
      related: try entry.strings("see"),
      line: item.node.mark?.line ?? 1)
  }
}
