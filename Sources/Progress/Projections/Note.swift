/// A note as it stands.
public struct Note: Sendable, Hashable {
  /// Its id: that of the event that added it.
  public let id: EventID
  /// Where it was written, if at a step.
  public let place: Place?
  /// What it says.
  public var text: String
  /// When it was written, in milliseconds since 1970 (UTC).
  public let addedMilliseconds: Int
  /// When its text was last replaced; the time of writing when it never was.
  public var editedMilliseconds: Int

  /// The notes that follow from the effective events of the kinds `note`, `note-edit` and
  /// `note-delete` in the order of the log, in the order of writing.
  ///
  /// Of two machines' edits the later in the order of the log stands, and an edit after a deletion
  /// brings the note back: text that somebody wrote later is never lost.
  static func fold(_ events: [Event]) -> [Note] {
    var notes: [Note] = []
    var isDeleted: [EventID: Bool] = [:]
    var places: [EventID: Int] = [:]
    for event in events {
      guard case .noteAdded(let place, let text) = event.fact else { continue }
      places[event.id] = notes.count
      notes.append(
        Note(
          id: event.id, place: place, text: text, addedMilliseconds: event.atMilliseconds,
          editedMilliseconds: event.atMilliseconds))
    }
    for event in events {
      switch event.fact {
      case .noteEdited(let id, let text):
        guard let index = places[id] else { continue }
        notes[index].text = text
        notes[index].editedMilliseconds = event.atMilliseconds
        isDeleted[id] = false
      case .noteDeleted(let id): isDeleted[id] = true
      case .moved, .finished, .restarted, .answered, .commanded, .hinted, .predicted, .measured,
        .ran, .diagnosed, .interviewBegan, .interviewLine, .noteAdded, .reviewed, .preferred,
        .undid:
        continue
      }
    }
    return notes.filter { isDeleted[$0.id] != true }
  }
}

extension ProgressStore {
  /// Every note, in the order of writing; of one topic if given.
  public func notes(in topic: String? = nil) throws(StoreError) -> [Note] {
    let events = try read { try LogTable.effective([.note, .noteEdit, .noteDelete], $0) }
    return Note.fold(events).filter { topic == nil || $0.place?.topic == topic }
  }

  /// The notes that hold every word of `words`, whatever the case, in the order of writing.
  public func notes(matching words: String) throws(StoreError) -> [Note] {
    let wanted = words.lowercased().split { $0.isWhitespace }
    return try notes().filter { note in
      let text = note.text.lowercased()
      return wanted.allSatisfy { text.contains($0) }
    }
  }
}
