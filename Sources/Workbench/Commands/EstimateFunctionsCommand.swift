import Drills
import Estimation
import Kernel
import Presentation

/// `estimate functions`: the functions of the language, or one with its formula and source.
struct EstimateFunctionsCommand: Command {
  let spec = CommandSpec(
    "estimate functions", .estimating,
    arguments: [
      .init("NAME", isOptional: true, completion: .words(FunctionPages.all.map(\.name)))
    ],
    examples: [("estimate functions servers_for_waiting", "formula, assumptions, example, source")],
    "Lists the functions of estimates, or explains one: formula, assumptions, example, source.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    guard let name = call.argument(0) else { return Reply(Self.list) }
    guard let page = FunctionPages.page(name) else {
      throw Diagnostic.unknown("function", name, known: FunctionPages.all.map(\.name))
        .listed(by: "estimate functions")
    }
    return Reply(Self.document(page))
  }

  private static var list: Document {
    var document = Document()
    var groups: [String] = []
    for page in FunctionPages.all where !groups.contains(page.group) { groups.append(page.group) }
    for group in groups {
      document.add(.heading(2, Text(group)))
      let rows = FunctionPages.all.filter { $0.group == group }.map {
        [Text.code($0.name), Text($0.summary)]
      }
      document.add(.table(Table([.init(""), .init("")], rows)))
    }
    document.add(.text("'estimate functions NAME' explains one."))
    return document
  }

  private static func document(_ page: FunctionPage) -> Document {
    Document([
      .code(page.usage, language: nil), .text(page.summary),
      .table(
        Table(
          [.init(""), .init("")],
          [
            [.toned("formula", .quiet), Text(page.formula)],
            [.toned("assumes", .quiet), Text(page.assumptions)],
            [.toned("example", .quiet), .code(page.example.call)],
            [.toned("", .quiet), Text("= \(page.example.result)")],
            [.toned("source", .quiet), Text(page.source)],
          ])),
    ])
  }
}
