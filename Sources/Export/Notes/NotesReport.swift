import Presentation
import Progress

/// A note with its text laid out.
public struct ExportNote: Sendable, Equatable {
  /// The note as the log has it.
  public let note: Note
  /// What it says.
  public let text: Document

  /// A note; without a layout its text is taken as plain lines.
  public init(_ note: Note, text: Document? = nil) {
    self.note = note
    let lines = SafeText.lines(note.text).filter { $0.contains { !$0.isWhitespace } }
    self.text = text ?? Document(lines.map(Block.text))
  }
}

/// The learner's notes as a document: by topic and step, in the order of writing.
public enum NotesReport {
  /// The notes as Markdown.
  public static func markdown(_ notes: [ExportNote], titles: Titles = Titles()) -> String {
    MarkdownRenderer().render(document(notes, titles: titles))
  }

  /// The notes as a document; those that were written at no step come first.
  public static func document(_ notes: [ExportNote], titles: Titles = Titles()) -> Document {
    var document = Document([.heading(1, "Notes")])
    guard !notes.isEmpty else {
      document.add("No notes yet.")
      return document
    }
    let loose = notes.filter { $0.note.place == nil }
    if !loose.isEmpty { document.add(list(loose)) }
    for topic in unique(notes.compactMap { $0.note.place?.topic }) {
      document.add(.heading(2, Text(titles.topic(topic))))
      let ofTopic = notes.filter { $0.note.place?.topic == topic }
      for place in unique(ofTopic.compactMap(\.note.place)) {
        document.add(.heading(3, Text(titles.step(place))))
        document.add(list(ofTopic.filter { $0.note.place == place }))
      }
    }
    return document
  }

  private static func list(_ notes: [ExportNote]) -> Block {
    .list(
      notes.map { note in
        let added = CalendarText.minute(note.note.addedMilliseconds)
        let edited = CalendarText.minute(note.note.editedMilliseconds)
        let date = added == edited ? added : "\(added), edited \(edited)"
        return [.paragraph(Text([.emphasis(date)]))] + note.text.blocks
      }, isOrdered: false)
  }

  private static func unique<Value: Equatable>(_ values: [Value]) -> [Value] {
    values.reduce(into: []) { known, value in
      if !known.contains(value) { known.append(value) }
    }
  }
}
