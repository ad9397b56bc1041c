import Drills
import Estimation
import Kernel
import Presentation

/// `estimate constants`: the numbers that estimates may use by name, with sources and dates.
struct EstimateConstantsCommand: Command {
  let spec = CommandSpec(
    "estimate constants", .estimating, arguments: [.init("WORD", isOptional: true)],
    examples: [
      ("estimate constants ssd", "those that have to do with SSDs"),
      ("estimate constants peak", "peaks over averages, for peak(average, factor)"),
    ], "Lists the numbers that estimates may use by name, with sources and dates.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let content = try session.notebook.reference.content()
    let word = call.text.lowercased()
    let kind = EstimateConstant.Kind(rawValue: word)
    let chosen = content.constants.filter { constant in
      guard kind == nil else { return constant.kind == kind }
      return word.isEmpty
        || [constant.id, constant.label].contains { $0.lowercased().contains(word) }
    }
    var document = Document()
    for kind in EstimateConstant.Kind.allCases {
      let rows = chosen.filter { $0.kind == kind }.map { constant in
        [
          Text.code(constant.id),
          Text([.strong(constant.value), .toned("  \(constant.label)", .quiet)]),
        ]
      }
      guard !rows.isEmpty else { continue }
      document.add(.heading(2, Text(kind.rawValue)))
      document.add(.table(Table([.init(""), .init("")], rows)))
    }
    let lists = content.tariffs.filter { word.isEmpty || $0.id.contains(word) || word == "price" }
    if !lists.isEmpty {
      document.add(.heading(2, "price lists, for cost(NAME, amount)"))
      document.add(
        .table(
          Table([.init(""), .init("")], lists.map { [Text.code($0.id), Text($0.summary)] })))
    }
    guard !document.blocks.isEmpty else {
      throw Diagnostic.unknown("constant", call.text, known: content.constants.map(\.id))
        .listed(by: "estimate constants")
    }
    document.add(.text("'cite NAME' shows where one comes from."))
    return Reply(document)
  }
}
