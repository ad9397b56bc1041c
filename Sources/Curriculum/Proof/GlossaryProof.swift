import Kernel

/// Proves that a glossary leads somewhere: a term's topic has it in its lesson or on its cards.
enum GlossaryProof {
  /// Reads the glossary and looks for every term in the topic that it names.
  static func prove(_ library: Library, _ report: inout ProofReport) {
    var terms: [GlossaryTerm] = []
    report.attempt(library.glossaryFile, line: 1) { () throws(Diagnostic) in
      terms = try library.glossary().terms
    }
    report.terms += terms.count
    var texts: [String: String] = [:]
    for term in terms where term.isSpoken && library.hasLesson(term.topic) {
      report.attempt(library.glossaryFile, line: term.line) { () throws(Diagnostic) in
        let text: String
        if let known = texts[term.topic] {
          text = known
        } else {
          text = try words(of: term.topic, library)
          texts[term.topic] = text
        }
        guard term.words.contains(where: { text.contains($0.lowercased()) }) else {
          throw Diagnostic(
            "The lesson '\(term.topic)' and its cards do not speak of '\(term.name)'.",
            found: term.topic,
            expected: "a topic whose lesson has the word, or 'near' instead of 'topic'"
          )
        }
      }
    }
  }

  /// Everything that a topic's lesson and cards say, in lower case, on one line.
  private static func words(of topic: String, _ library: Library) throws(Diagnostic) -> String {
    let text = try Library.text(library.folder(topic).file)
    let cards = try library.cards(of: topic).map { "\($0.front) \($0.back)" }
    return (text + " " + cards.joined(separator: " ")).lowercased()
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
