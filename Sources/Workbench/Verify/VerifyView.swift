import Drills
import Kernel
import Presentation

/// How a check of a history is told.
struct VerifyView {
  private let check: HistoryCheck
  private let path: String
  private let model: HistoryCheck.Model
  private let guarantee: HistoryCheck.Guarantee

  init(
    _ check: HistoryCheck, path: String, model: HistoryCheck.Model,
    guarantee: HistoryCheck.Guarantee
  ) {
    self.check = check
    self.path = path
    self.model = model
    self.guarantee = guarantee
  }

  var document: Document {
    var document = Document([.paragraph(headline)])
    var facts = "\(count(check.operations, "operation")) by \(count(check.processes, "process"))"
    if check.unknown > 0 { facts += ", \(check.unknown) of unknown outcome" }
    document.add(.text("\(facts). \(check.assumption)"))
    switch check.verdict {
    case .holds: break
    case .unknown(let reason):
      document.add(.text(reason))
      document.add(.actions([Action("--budget STEPS", "searches longer")]))
    case .violated(let witness):
      for sentence in witness { document.add(.text(sentence)) }
      if let picture = check.picture {
        document.add(.text("What matters of it, from left to right in the order of events:"))
        document.add(picture)
      } else if !check.essence.isEmpty {
        document.add(.list(check.essence.map { [.text(text($0))] }, isOrdered: false))
      }
    }
    return document
  }

  private var headline: Text {
    let thing = "\(path) as \(model.rawValue)"
    switch check.verdict {
    case .holds: return Text([.mark(.met), .plain(" \(thing): \(guarantee.rawValue).")])
    case .violated:
      return Text([.mark(.missed), .plain(" \(thing): not \(guarantee.rawValue).")])
    case .unknown:
      return Text([.mark(.unknown), .plain(" \(thing): unknown whether \(guarantee.rawValue).")])
    }
  }

  private func text(_ operation: HistoryCheck.Named) -> String {
    operation.text + (operation.line.map { " (line \($0))" } ?? "")
  }

  private func count(_ number: Int, _ word: String) -> String {
    let plural = word.hasSuffix("s") ? word + "es" : word + "s"
    return DecimalText.grouped(Double(number)) + " " + (number == 1 ? word : plural)
  }

  var json: JSON {
    func operation(_ named: HistoryCheck.Named) -> JSON {
      .members([
        "operation": .text(named.text), "line": named.line.map { .integer($0) } ?? .null,
      ])
    }
    let verdict: String
    var sentences: [String] = []
    switch check.verdict {
    case .holds: verdict = "holds"
    case .unknown(let reason): (verdict, sentences) = ("unknown", [reason])
    case .violated(let witness): (verdict, sentences) = ("violated", witness)
    }
    return .members([
      "history": .text(path), "model": .text(model.rawValue),
      "guarantee": .text(guarantee.rawValue), "verdict": .text(verdict),
      "operations": .integer(check.operations), "processes": .integer(check.processes),
      "unknown_outcomes": .integer(check.unknown),
      "because": .list(sentences.map(JSON.text)),
      "culprit": check.culprit.map(operation) ?? .null,
      "essence": .list(check.essence.map(operation)),
    ])
  }
}
