import Export
import Presentation
import Testing

/// The file for Anki, read back as Anki reads it: header lines, then tab-separated quoted fields.
@Suite struct AnkiTextTests {
  private func card(
    _ id: String = "sharding/moves", front: Document = Document([.text("Front")]),
    back: Document = Document([.text("Back")]), topic: String = "Database sharding",
    tags: [String] = ["ring"]
  ) -> ExportCard {
    ExportCard(id: id, front: front, back: back, topic: topic, tags: tags)
  }

  /// The fields of each card, by the rules of RFC 4180 with a tab between them.
  private func rows(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      var fields = [""]
      var isQuoted = false
      var wasQuote = false
      for character in line {
        if character == "\"" {
          if wasQuote { fields[fields.count - 1] += "\"" }
          wasQuote = isQuoted && !wasQuote
          isQuoted.toggle()
        } else if character == "\t", !isQuoted {
          fields.append("")
          wasQuote = false
        } else {
          fields[fields.count - 1].append(character)
          wasQuote = false
        }
      }
      rows.append(fields)
    }
    return rows
  }

  @Test func `header lines come first and name the columns`() {
    let text = AnkiText.text(of: [card()])
    #expect(
      text.hasPrefix(
        """
        #separator:tab
        #html:true
        #notetype:Basic
        #columns:ID\tFront\tBack\tDeck\tTags
        #guid column:1
        #deck column:4
        #tags column:5

        """))
    #expect(text.hasSuffix("\n"))
  }

  @Test func `a card is one line of five fields with its id first`() {
    let all = rows(AnkiText.text(of: [card(), card("sharding/ring")]))
    #expect(all.map { $0[0] } == ["sharding/moves", "sharding/ring"])
    #expect(all.allSatisfy { $0.count == 5 })
    #expect(all[0][1].contains("<p>Front</p>") && all[0][2].contains("<p>Back</p>"))
    #expect(all[0][3] == "Drillhall::Database sharding")
    #expect(all[0][4] == "ring")
  }

  @Test func `text that looks like markup, fields or commands stays text on its line`() {
    let nasty =
      "a\tb \"c\" <script>x</script> & \u{1b}[2J\u{9b}1m [sound:x.mp3] [latex]y[/latex] [1]"
    let code = "get \"k\"\n\tput <v>\r\n"
    let front = Document([.text(nasty), .code(code, language: nil)])
    let all = rows(AnkiText.text(of: [card(front: front), card("next")]))
    #expect(all.count == 2 && all.allSatisfy { $0.count == 5 })
    let html = all[0][1]
    #expect(!html.contains("<script>") && html.contains("&lt;script&gt;"))
    #expect(
      html.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) })
    #expect(!html.contains("[sound:") && !html.contains("[latex]") && html.contains("[1]"))
    #expect(
      html.contains("get &quot;k&quot;&#10;&#9;put &lt;v&gt;")
        || html.contains("get \"k\"&#10;&#9;put &lt;v&gt;"))
  }

  @Test func `ids, topics and tags cannot break out of their columns`() {
    let odd = card("#id \"x\"\t", topic: "A::B\tC", tags: ["two words", "", "tab\there"])
    let fields = rows("\n" + AnkiText.text(of: [odd])).first ?? []
    #expect(
      fields == ["#id \"x\" ", fields[1], fields[2], "Drillhall::A: B C", "two-words tab-here"])
    #expect(!AnkiText.text(of: [odd]).contains("\n#id"), "the line is no comment")
  }

  @Test func `the same cards give the same bytes`() {
    let cards = [card(), card("b", tags: [])]
    #expect(AnkiText.text(of: cards) == AnkiText.text(of: cards))
    #expect(rows(AnkiText.text(of: cards))[1][4] == "")
  }
}
