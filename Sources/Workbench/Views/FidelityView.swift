import Drills
import Kernel
import Presentation

/// What a model keeps, what it leaves out, and its sources.
enum FidelityView {
  static func document(_ title: String, _ fidelity: Fidelity) -> Document {
    var document = Document([.heading(2, Text(title))])
    document.add(.text("Runs as in the real thing:"))
    document.add(list(fidelity.models))
    document.add(.text("Left out or simplified:"))
    document.add(list(fidelity.leavesOut))
    document.add(.aside(.source, [list(fidelity.sources)]))
    return document
  }

  /// A tool's preset: its parameters with defaults and sources, and where it cannot follow.
  static func document(_ preset: ToolPreset) -> Document {
    var document = Document([.heading(2, Text("\(preset.id): \(preset.title)"))])
    document.add(
      .table(
        Table(
          [.init("parameter"), .init("default", .trailing), .init("source")],
          preset.knobs.map { [.code($0.name), Text($0.text($0.standard)), Text($0.source)] })))
    if !preset.leavesOut.isEmpty {
      document.add(.text("Where the preset cannot follow the tool:"))
      document.add(list(preset.leavesOut))
    }
    return document
  }

  private static func list(_ items: [String]) -> Block {
    .list(items.map { [.text($0)] }, isOrdered: false)
  }
}
