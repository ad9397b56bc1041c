import Drills
import Estimation
import Kernel
import Presentation

/// Reads `lesson.md`: YAML front matter, then Markdown whose `##` headings are the steps.
enum LessonReader {
  /// The lesson in `text`; the first thing that is wrong is thrown with its place.
  static func read(
    _ text: String, file: String, reference: EstimateReference,
    design: @escaping DesignLookup
  ) throws(Diagnostic) -> Lesson {
    let (front, body, offset) = try parts(text, file: file)
    let header = try YAMLField.parse(front, file: file, lineOffset: 1)
      .map(known: ["id", "title", "phase", "minutes", "needs", "sources"])
    let sources = try self.sources(header)
    let id = try header.words("id")
    var outline = Outline(
      file: file, offset: offset, topic: id, sources: sources, reference: reference,
      design: design)
    for node in MarkdownParser.nodes(body) { try outline.add(node) }
    let steps = try outline.finished()
    return Lesson(
      id: id, title: try header.words("title"),
      phase: try header.required("phase").integer(atLeast: 1),
      minutes: try header.required("minutes").integer(atLeast: 1),
      needs: try header.strings("needs"), sources: sources, introduction: outline.introduction,
      steps: steps, file: file)
  }

  private static func parts(
    _ text: String, file: String
  ) throws(Diagnostic) -> (front: String, body: String, offset: Int) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first == "---" else {
      throw Diagnostic(
        "The lesson does not begin with front matter.", file: file, line: 1, column: 1,
        found: lines.first.map(String.init), expected: "a line of three hyphens")
    }
    guard let end = lines.dropFirst().firstIndex(of: "---") else {
      throw Diagnostic(
        "The front matter is not closed.", file: file, line: lines.count,
        expected: "a second line of three hyphens")
    }
    let front = lines[1..<end].joined(separator: "\n")
    return (front, lines[(end + 1)...].joined(separator: "\n"), end + 1)
  }

  private static func sources(_ header: YAMLMap) throws(Diagnostic) -> [Source] {
    var sources: [Source] = []
    let field = try header.required("sources")
    for item in try field.list() {
      let map = try item.map(known: ["key", "title", "where"])
      let source = Source(
        key: try map.words("key"), title: try map.words("title"), place: try map.words("where"))
      guard !sources.contains(where: { $0.key == source.key }) else {
        throw item.complaint("The source key '\(source.key)' stands here twice.", found: source.key)
      }
      sources.append(source)
    }
    guard !sources.isEmpty else {
      throw field.complaint("A lesson needs sources.", expected: "at least one source")
    }
    return sources
  }

  /// The steps as they are found while walking the blocks of the text.
  private struct Outline {
    let file: String
    let offset: Int
    let topic: String
    let sources: [Source]
    let reference: EstimateReference
    let design: DesignLookup
    var introduction = Document()
    private var steps: [LessonStep] = []
    private var title: (words: String, line: Int)?
    private var elements: [LessonElement] = []
    private var prose = Document()
    private var taskLines: [String: Int] = [:]

    init(
      file: String, offset: Int, topic: String, sources: [Source], reference: EstimateReference,
      design: @escaping DesignLookup
    ) {
      self.file = file
      self.offset = offset
      self.topic = topic
      self.sources = sources
      self.reference = reference
      self.design = design
    }

    mutating func add(_ node: MarkdownParser.TopNode) throws(Diagnostic) {
      let line = node.line + offset
      if let heading = node.heading, heading.level <= 2 {
        guard heading.level == 2 else {
          throw Diagnostic(
            "The title stands in the front matter; steps begin with '##'.", file: file, line: line,
            column: 1, found: "# \(heading.words)", expected: "## \(heading.words)")
        }
        try closeStep()
        title = (heading.words, line)
        return
      }
      guard let fence = node.fence, LessonTaskReader.words.contains(fence.info) else {
        if let fence = node.fence { try refuseNearMiss(fence.info, line: line) }
        prose.blocks += node.blocks
        return
      }
      guard title != nil else {
        throw Diagnostic(
          "A '\(fence.info)' block must stand under a '##' heading.", file: file, line: line)
      }
      closeProse()
      let reader = LessonTaskReader(
        file: file, line: line, topic: topic, sources: sources, reference: reference,
        design: design)
      let task = try reader.task(fence.info, fence.text)
      if let earlier = taskLines[task.id], fence.info != "drill" {
        throw Diagnostic(
          "The id '\(task.id)' is taken by the block in line \(earlier).", file: file, line: line,
          found: task.id, expected: "an id of its own")
      }
      taskLines[task.id] = line
      elements.append(.task(task))
    }

    mutating func finished() throws(Diagnostic) -> [LessonStep] {
      try closeStep()
      guard !steps.isEmpty else {
        throw Diagnostic("The lesson has no steps.", file: file, expected: "'##' headings")
      }
      return steps
    }

    private func refuseNearMiss(_ info: String, line: Int) throws(Diagnostic) {
      let isPlainCode = ["", "text", "console", "swift", "yaml", "sql", "json"].contains(info)
      guard !isPlainCode, let near = NearestWord.nearest(to: info, in: LessonTaskReader.words)
      else { return }
      throw Diagnostic(
        "There is no kind of block called '\(info)'.", file: file, line: line, column: 4,
        found: info, expected: Diagnostic.oneOf(LessonTaskReader.words),
        suggestion: near)
    }

    private mutating func closeProse() {
      guard !prose.blocks.isEmpty else { return }
      elements.append(.prose(prose))
      prose = Document()
    }

    private mutating func closeStep() throws(Diagnostic) {
      guard let title else {
        introduction = prose
        prose = Document()
        return
      }
      closeProse()
      let id = LessonReader.slug(title.words)
      guard !steps.contains(where: { $0.id == id }) else {
        throw Diagnostic(
          "Two steps are called '\(title.words)'.", file: file, line: title.line, column: 1,
          found: title.words, expected: "a heading of its own")
      }
      guard !elements.isEmpty else {
        throw Diagnostic("The step '\(title.words)' is empty.", file: file, line: title.line)
      }
      steps.append(LessonStep(id: id, title: title.words, elements: elements))
      elements = []
      self.title = nil
    }
  }

  /// A heading as an id: lower case, hyphens between words.
  static func slug(_ title: String) -> String {
    title.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
  }
}
