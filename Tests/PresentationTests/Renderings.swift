import Presentation
import Testing

/// What the sample documents look like in every format.
@Suite struct Renderings {
  @Test(arguments: Samples.all.map(\.name), [40, 80, 120])
  func terminal(name: String, width: Int) throws {
    let document = try #require(Samples.all.first { $0.name == name }).document
    let text = AnsiRenderer(width: width, isColoured: false).render(document)
    try Snapshot.expect(text, matches: "\(name)-\(width).txt")
  }

  @Test(arguments: Samples.all.map(\.name))
  func colours(name: String) throws {
    let document = try #require(Samples.all.first { $0.name == name }).document
    let text = AnsiRenderer(width: 80).render(document)
    let visible = text.replacing("\u{1B}", with: "␛")
    try Snapshot.expect(visible, matches: "\(name)-coloured.txt")
  }

  @Test(arguments: Samples.all.map(\.name))
  func plain(name: String) throws {
    let document = try #require(Samples.all.first { $0.name == name }).document
    try Snapshot.expect(PlainRenderer().render(document), matches: "\(name)-plain.txt")
    let ascii = PlainRenderer(width: 40, isAsciiOnly: true).render(document)
    #expect(ascii.utf8.allSatisfy { $0 < 0x80 })
    try Snapshot.expect(ascii, matches: "\(name)-ascii.txt")
  }

  @Test(arguments: Samples.all.map(\.name))
  func files(name: String) throws {
    let document = try #require(Samples.all.first { $0.name == name }).document
    try Snapshot.expect(MarkdownRenderer().render(document), matches: "\(name).md")
    let html = HTMLRenderer(includesStyle: false).render(document)
    try Snapshot.expect(html, matches: "\(name).html")
  }
}
