import Curriculum
import Drills
import Kernel
import Presentation
import Simulation

/// A drill before it is run: the situation, what is wanted, what can be turned.
enum DrillView {
  /// `lister` is the command that lists every knob where the drill is shown.
  static func document(_ drill: Drill, lister: String = "knobs") -> Document {
    var document = Document([.heading(1, Text("\(drill.title) [\(drill.minutes) min]"))])
    document = document + MarkdownParser.document(drill.brief)
    document.add(.text("Wanted:"))
    document.add(
      .list(
        drill.objectives.map { [.text($0.description)] }, isOrdered: false))
    if !drill.faults.isEmpty {
      document.add(.text("What will happen:"))
      document.add(.code(faultLines(drill).joined(separator: "\n"), language: "fault"))
    }
    let all = drill.settings.knobs.filter { $0.role == .design }
    document.add(.text("What you can turn, and where it stands:"))
    document.add(.table(KnobView.table(drill.settings, only: drill.knobs)))
    let more = all.count - drill.knobs.count
    if more > 0 { document.add(.text("And \(more) more: '\(lister)' lists them all.")) }
    return document
  }

  /// The drill's faults, one line each.
  static func faultLines(_ drill: Drill) -> [String] {
    drill.faults.lines(drill.scenario.roster(drill.settings))
  }
}

/// Knobs and where they stand.
enum KnobView {
  /// All knobs, or only those named; those that were turned are marked.
  static func table(_ settings: Settings, only names: [String]? = nil) -> Table {
    let shown = settings.all.filter { names?.contains($0.knob.name) ?? true }
    return Table(
      [.init("knob"), .init("value", .trailing), .init("what it does")],
      shown.map { entry in
        let value = entry.knob.text(entry.setting)
        let isTurned = entry.setting != entry.knob.standard
        return [
          .code(entry.knob.name), isTurned ? .toned(value, .accent) : Text(value),
          Text(entry.knob.summary),
        ]
      })
  }
}
