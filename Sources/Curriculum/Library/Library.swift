import Drills
import Foundation
import Kernel

/// The content of a folder; each file is read when it is first asked for.
///
/// Reading is lazy so that the prompt comes up at once however much content there is; `proof`
/// reads and runs everything.
public final class Library {
  /// The folder that holds `lessons/`.
  public let root: String
  /// The order of phases and topics.
  public let roadmap: Roadmap
  /// The folder of each lesson, by the topic's place in the folder's number.
  public let folders: [LessonFolder]
  private var lessons: [String: Lesson] = [:]
  private var drills: [String: Drill] = [:]
  private var cards: [String: [Card]] = [:]
  private var knownGlossary: Glossary?
  /// What estimates use and what the estimation coach asks.
  public let estimates: EstimateShelf

  /// Opens the content at `root`; only the roadmap and the names of folders are read.
  public init(root: String) throws(Diagnostic) {
    self.root = root
    let path = root + "/lessons/roadmap.yaml"
    roadmap = try Roadmap.read(Self.text(path), file: path)
    folders =
      try LessonFolder.all(in: root + "/lessons", text: "lesson.md", roadmap: roadmap)
      + LessonFolder.all(in: root + "/cases", text: "case.md", roadmap: roadmap)
    estimates = EstimateShelf(root: root, reference: EstimateShelf.reference(root: root))
  }

  /// The topics that have a lesson, in the order of the roadmap.
  public var topics: [String] {
    roadmap.entries.map(\.id).filter { id in folders.contains { $0.topic == id } }
  }

  /// Whether the topic called `id` has a lesson.
  public func hasLesson(_ id: String) -> Bool { folders.contains { $0.topic == id } }

  /// The lesson of the topic called `id`.
  public func lesson(_ id: String) throws(Diagnostic) -> Lesson {
    if let lesson = lessons[id] { return lesson }
    let folder = try folder(id)
    let file = folder.file
    let lesson = try LessonReader.read(
      Self.text(file), file: file, reference: estimates.reference,
      design: { id throws(Diagnostic) in try self.scenario(ofDesign: id) })
    guard lesson.id == id else {
      throw Diagnostic(
        "The lesson's id does not fit its folder.", file: file, line: 2, found: lesson.id,
        expected: "id: \(id)")
    }
    lessons[id] = lesson
    return lesson
  }

  /// The ids of all drills of a topic, in alphabetical order.
  public func drillIDs(of topic: String) -> [String] {
    guard let folder = folders.first(where: { $0.topic == topic }) else { return [] }
    return folder.drillNames.map { "\(topic)/\($0)" }
  }

  /// The ids of all drills, in the order of the roadmap.
  public var drillIDs: [String] { topics.flatMap(drillIDs(of:)) }

  /// The drill called `id`.
  public func drill(_ id: String) throws(Diagnostic) -> Drill {
    if let drill = drills[id] { return drill }
    guard drillIDs.contains(id) else { throw Self.unknownDrill(id, drillIDs) }
    let topic = String(id.prefix { $0 != "/" })
    let file = try folder(topic).path + "/drills/\(id.dropFirst(topic.count + 1)).yaml"
    let drill = try DrillReader.read(
      Self.text(file), file: file, sources: lesson(topic).sources,
      design: { name throws(Diagnostic) in
        BlueprintScenario(try blueprint("\(topic)/\(name.dropLast(5))").design)
      })
    guard drill.id == id else {
      throw Diagnostic(
        "The drill's id does not fit its file.", file: file, line: 1, found: drill.id,
        expected: "id: \(id)")
    }
    drills[id] = drill
    return drill
  }

  /// The cards of the topic called `id`; none when it has no cards.
  public func cards(of id: String) throws(Diagnostic) -> [Card] {
    if let known = cards[id] { return known }
    let file = try folder(id).path + "/cards.yaml"
    guard FileManager.default.fileExists(atPath: file) else { return [] }
    let read = try CardReader.read(Self.text(file), file: file, sources: lesson(id).sources)
    if let stranger = read.first(where: { $0.topic != id }) {
      throw Diagnostic(
        "The cards' topic does not fit their folder.", file: file, line: 1, found: stranger.topic,
        expected: "topic: \(id)")
    }
    cards[id] = read
    return read
  }

  /// The file of the glossary.
  var glossaryFile: String { root + "/lessons/glossary.yaml" }

  /// The words of the field; none when there is no such file.
  public func glossary() throws(Diagnostic) -> Glossary {
    if let knownGlossary { return knownGlossary }
    guard FileManager.default.fileExists(atPath: glossaryFile) else { return Glossary([]) }
    let read = try GlossaryReader.read(
      Self.text(glossaryFile), file: glossaryFile, topics: roadmap.entries.map(\.id))
    knownGlossary = read
    return read
  }

  /// The folder of the topic called `id`.
  public func folder(_ id: String) throws(Diagnostic) -> LessonFolder {
    guard let folder = folders.first(where: { $0.topic == id }) else {
      if roadmap.entries.contains(where: { $0.id == id }) {
        throw Diagnostic(
          "'\(id)' is on the roadmap but has no lesson yet.", found: id,
          expected: Diagnostic.oneOf(topics))
      }
      throw Diagnostic.unknown("topic", id, known: topics).listed(by: "roadmap")
    }
    return folder
  }

  private static func unknownDrill(_ id: String, _ known: [String]) -> Diagnostic {
    let topic = String(id.prefix { $0 != "/" })
    let isTopic = known.contains { $0.hasPrefix(topic + "/") }
    if isTopic, id == topic {
      return Diagnostic("'\(id)' is a topic; say which of its drills.", found: id)
        .listed(by: "drill list \(id)")
    }
    return Diagnostic.unknown("drill", id, known: known)
      .listed(by: isTopic ? "drill list \(topic)" : "drill list")
  }

  /// The text of a content file.
  static func text(_ path: String) throws(Diagnostic) -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Diagnostic("The file cannot be read.", file: path)
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw Diagnostic("The file is not UTF-8 text.", file: path, line: 1)
    }
    return text
  }
}

/// The folder of one lesson, `lessons/08-database-sharding`, or of one case, `cases/26-netflix`.
public struct LessonFolder: Sendable {
  /// The topic's id.
  public let topic: String
  /// The path.
  public let path: String
  /// The file of its text: `lesson.md` or `case.md`.
  public let file: String
  /// The names of its drills' files without `.yaml`, in alphabetical order.
  public let drillNames: [String]

  /// Whether it is the folder of a case.
  public var isCase: Bool { file.hasSuffix("/case.md") }

  /// The folders in `folder`, each matched to its topic by the `id:` line of the file called `text`.
  ///
  /// A case without a text yet is passed over: its estimate can be used all the same.
  static func all(
    in folder: String, text: String, roadmap: Roadmap
  ) throws(Diagnostic) -> [LessonFolder] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var folders: [LessonFolder] = []
    for name in names.sorted() where name.first?.isNumber == true {
      let path = "\(folder)/\(name)"
      let file = "\(path)/\(text)"
      if text == "case.md", !FileManager.default.fileExists(atPath: file) { continue }
      let lines = try Library.text(file).prefix(400).split(separator: "\n")
      guard let line = lines.first(where: { $0.hasPrefix("id:") }) else {
        throw Diagnostic("The front matter has no id.", file: file, line: 1, expected: "'id: …'")
      }
      let topic = line.dropFirst(3).trimmingCharacters(in: .whitespaces)
      guard roadmap.entries.contains(where: { $0.id == topic }) else {
        throw Diagnostic(
          "The roadmap has no topic called '\(topic)'.", file: file, line: 2, found: topic,
          expected: "an id of roadmap.yaml",
          suggestion: NearestWord.nearest(to: topic, in: roadmap.entries.map(\.id)))
      }
      let files = (try? FileManager.default.contentsOfDirectory(atPath: path + "/drills")) ?? []
      let drills = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
      folders.append(LessonFolder(topic: topic, path: path, file: file, drillNames: drills))
    }
    return folders
  }
}
