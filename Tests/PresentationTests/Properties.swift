import Kernel
import Presentation
import Testing

/// What holds of every document, however odd.
@Suite struct Properties {
  private func documents(seed: UInt64) -> [Document] {
    var source = RandomDocuments(seed: seed)
    return (0..<20).map { _ in source.document() }
  }

  @Test(arguments: UInt64(1)...10)
  func noLineIsWiderThanTheTerminal(seed: UInt64) {
    for document in documents(seed: seed) {
      for width in [20, 33, 40, 80, 120, 200] {
        let text = AnsiRenderer(width: width, isColoured: false).render(document)
        for line in text.split(separator: "\n") {
          #expect(DisplayWidth.of(line) <= width, "\(line)")
        }
      }
    }
  }

  @Test(arguments: UInt64(1)...10)
  func plainLinesAreWideOnlyForALongWord(seed: UInt64) {
    for document in documents(seed: seed) {
      let text = PlainRenderer(width: 60).render(document)
      for line in text.split(separator: "\n") where DisplayWidth.of(line) > 60 {
        let isCode = line.drop { $0 == " " }.count < line.count
        let words = line.split(separator: " ").map { DisplayWidth.of($0) }
        #expect(isCode || (words.max() ?? 0) > 40, "\(line)")
      }
    }
  }

  @Test(arguments: UInt64(1)...10)
  func nothingButOurOwnEscapesReachesATerminal(seed: UInt64) throws {
    let ours = #/\u{1B}\[(?:0|(?:1|2|3|4|31|32|35)(?:;(?:2|3|4|31|32|35))*)m/#
      .matchingSemantics(.unicodeScalar)
    for document in documents(seed: seed) {
      let outputs = [
        AnsiRenderer(width: 80).render(document).replacing(ours, with: ""),
        AnsiRenderer(width: 80, isColoured: false).render(document),
        PlainRenderer().render(document),
        MarkdownRenderer().render(document),
        HTMLRenderer().render(document),
      ]
      for output in outputs {
        for scalar in output.unicodeScalars where scalar != "\n" && scalar != "\t" {
          #expect(isHarmless(scalar), "U+\(String(scalar.value, radix: 16)) in \(output)")
        }
      }
    }
  }

  private func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory != .control
      && !(0x202A...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value)
  }

  @Test(arguments: UInt64(1)...10)
  func everyLineEndsInPlainInk(seed: UInt64) {
    let escape = #/\u{1B}\[[0-9;]*m/#.matchingSemantics(.unicodeScalar)
    for document in documents(seed: seed) {
      let coloured = AnsiRenderer(width: 80).render(document)
      for line in coloured.split(separator: "\n") {
        let escapes = line.matches(of: escape).map { String($0.output) }
        #expect(escapes.isEmpty || escapes.last == "\u{1B}[0m")
      }
      let bare = coloured.replacing(escape, with: "")
      #expect(bare == AnsiRenderer(width: 80, isColoured: false).render(document))
    }
  }

  @Test(arguments: UInt64(1)...10)
  func htmlOpensAndClosesItsOwnTagsOnly(seed: UInt64) {
    for document in documents(seed: seed) {
      var open: [Substring] = []
      let html = HTMLRenderer().render(document)
      let pattern = #/<(/?)([a-z0-9]+)(?: [a-zA-Z-]+="[^"<>]*")*(/?)>/#
      let tags = html.matches(of: pattern.matchingSemantics(.unicodeScalar))
      for tag in tags {
        let (_, slash, name, end) = tag.output
        if name == "br" || name == "hr" || !end.isEmpty { continue }
        if slash.isEmpty { open.append(name) } else { #expect(open.popLast() == name) }
      }
      #expect(open.isEmpty)
      #expect(html.unicodeScalars.count { $0 == "<" } == tags.count)
      #expect(html.unicodeScalars.count { $0 == ">" } == tags.count)
    }
  }
}
