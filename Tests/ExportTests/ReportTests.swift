import Export
import Kernel
import Presentation
import Progress
import Recall
import Testing

/// Notes and progress as Markdown.
@Suite struct ReportTests {
  private let ring = Place(topic: "sharding", step: "ring")

  private func store() throws -> ProgressStore {
    try ProgressStore.inMemory(device: "here", clock: { 1_767_254_400_000 })
  }

  @Test func `notes stand under their topics and steps, loose ones first`() throws {
    let store = try store()
    try store.append(.noteAdded(ring, text: "n/(n+1) of all keys move"))
    try store.append(.noteAdded(Place(topic: "sharding", step: "modulo"), text: "second"))
    try store.append(.noteAdded(nil, text: "loose"))
    try store.append(.noteAdded(ring, text: "third"))
    let titles = Titles(topics: ["sharding": "Database sharding"], steps: [ring: "The *ring*"])
    let text = NotesReport.markdown(try store.notes().map { ExportNote($0) }, titles: titles)
    #expect(
      text == """
        # Notes

        - *2026-01-01 08:00 UTC*

          loose

        ## Database sharding

        ### The \\*ring\\*

        - *2026-01-01 08:00 UTC*

          n/(n+1) of all keys move

        - *2026-01-01 08:00 UTC*

          third

        ### modulo

        - *2026-01-01 08:00 UTC*

          second

        """)
    #expect(NotesReport.markdown([]) == "# Notes\n\nNo notes yet.\n")
  }

  @Test func `a note cannot break the document or the terminal`() throws {
    let store = try store()
    let text = "# Fake\n<script>x</script>\n```\n| a | b |\n\u{1b}]0;title\u{7}\t--- \u{9b}2J"
    try store.append(.noteAdded(ring, text: text))
    try store.append(.noteAdded(ring, text: "after"))
    let markdown = NotesReport.markdown(try store.notes().map { ExportNote($0) })
    let lines = markdown.split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("#") } == ["# Notes", "## sharding", "### ring"])
    let tags = markdown.split(separator: "<", omittingEmptySubsequences: false).dropLast()
    #expect(!tags.isEmpty && tags.allSatisfy { $0.hasSuffix("\\") }, "every < is escaped")
    #expect(!lines.contains { $0.drop { $0 == " " }.hasPrefix("```") })
    #expect(
      markdown.unicodeScalars.allSatisfy {
        $0 == "\n" || $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value)
      })
    #expect(lines.last == "  after")
  }

  @Test func `progress names topics, drills, predictions and reviews`() throws {
    let store = try store()
    #expect(
      ProgressReport.markdown(try store.summary()) == "# Progress\n\nNothing was begun yet.\n")
    try store.append([.finished(ring, .done), .moved(ring)])
    try store.append(
      .answered(Answer(place: ring, question: "q", text: "|", isRight: true)))
    for met in [1, 3] {
      try store.append(
        .ran(
          RunRecord(
            drill: "sharding/grow", token: "t|\(met)", isPassed: met == 3, metCount: met,
            objectiveCount: 3, figures: [])))
    }
    let prediction = try store.append(
      .predicted(
        PredictionRecord(subject: "d", metric: "p99", low: 0.03, high: 0.06, unit: .seconds)))
    try store.append(.measured(prediction: prediction.id, value: 0.212))
    try store.append(.reviewed(card: "sharding/1", .easy))
    let text = ProgressReport.markdown(
      try store.summary(), titles: Titles(drills: ["sharding/grow": "Grow | under load"]))
    #expect(text.contains("Now at sharding: ring."))
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
    #expect(rows.contains { $0.contains("sharding") && $0.contains("1 of 1") })
    #expect(
      rows.contains {
        $0.contains("Grow \\| under load") && $0.contains("at attempt 2")
          && $0.contains("3 of 3 objectives")
      })
    #expect(text.contains("0 of 1 ranges held the figure (0 %)"))
    #expect(rows.contains { $0.contains("card sharding/1") && $0.contains("2026-01-09 08:00 UTC") })
    #expect(rows.contains { $0.contains("drill Grow") && $0.contains("2026-01-02 08:00 UTC") })
  }
}
