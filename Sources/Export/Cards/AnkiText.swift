import Presentation

/// Cards as a text file that Anki 2.1.54 and later imports without a question asked.
///
/// One line a card, its fields set apart by tabs: id, front, back, deck, tags. The id stands first
/// and is declared to be the note's GUID, so that the stock note type `Basic` needs no field for it
/// and a second import updates the note and keeps its schedule; each topic has a deck of its own
/// under `Drillhall`. Whatever Anki would take for its own markup is shown as text.
///
/// Source: the Anki manual, "Text Files" (file headers, GUID column, duplicates and updating).
public enum AnkiText {
  /// The file with these cards, in their order.
  public static func text(of cards: [ExportCard]) -> String {
    (header + cards.map(line)).joined(separator: "\n") + "\n"
  }

  private static let header = [
    "#separator:tab", "#html:true", "#notetype:Basic",
    "#columns:" + ["ID", "Front", "Back", "Deck", "Tags"].joined(separator: "\t"),
    "#guid column:1", "#deck column:4", "#tags column:5",
  ]

  private static func line(_ card: ExportCard) -> String {
    let fields = [
      SafeText.line(card.id), html(card.front), html(card.back), deck(card.topic),
      card.tags.map(tag).filter { !$0.isEmpty }.joined(separator: " "),
    ]
    return fields.map(quoted).joined(separator: "\t")
  }

  /// `::` would open a deck within the deck.
  private static func deck(_ topic: String) -> String {
    "Drillhall::" + SafeText.line(topic).split(separator: "::").joined(separator: ": ")
  }

  /// Spaces part tags.
  private static func tag(_ tag: String) -> String {
    SafeText.line(tag).split { $0.isWhitespace }.joined(separator: "-")
  }

  /// A side of a card as HTML on one line; in code, where they matter, line ends and tabs become
  /// entities.
  private static func html(_ side: Document) -> String {
    var html = ""
    var isCode = false
    for line in HTMLRenderer(includesStyle: false).render(side).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if isCode { html += "&#10;" }
      html += line.split(separator: "\t", omittingEmptySubsequences: false)
        .joined(separator: "&#9;")
      if line.contains("<pre>") { isCode = true }
      if line.contains("</pre>") { isCode = false }
    }
    return withoutCommands(html)
  }

  /// Words in brackets that make Anki play a file or call LaTeX.
  private static func withoutCommands(_ html: String) -> String {
    var result = ""
    var rest = html[...]
    while let bracket = rest.firstIndex(of: "[") {
      let after = rest[rest.index(after: bracket)...]
      let isCommand = ["sound:", "anki:", "latex]", "$]", "$$]"].contains { after.hasPrefix($0) }
      result += rest[..<bracket] + (isCommand ? "&#91;" : "[")
      rest = after
    }
    return result + rest
  }

  private static func quoted(_ field: String) -> String {
    let needsQuotes = field.hasPrefix("#") || field.contains { $0 == "\"" || $0 == "\t" }
    guard needsQuotes else { return field }
    return "\""
      + field.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
