import Presentation

/// What checkers say of the guarantees: held, broken with the witness, or unknown and why.
public enum FindingView {
  /// The verdicts as a table, then what shows each broken guarantee; nothing without findings.
  public static func document(_ findings: [Finding]) -> Document {
    guard !findings.isEmpty else { return Document() }
    let rows = findings.map { finding -> [Text] in
      [Text([.mark(mark(finding))]), Text(finding.guarantee), word(finding)]
    }
    let table = Table([.init(""), .init("guarantee"), .init("what clients saw")], rows)
    return Document([.table(table)]) + witnesses(findings)
  }

  /// What shows each broken guarantee: the witness in sentences, and its pictures.
  public static func witnesses(_ findings: [Finding]) -> Document {
    var document = Document()
    for finding in findings {
      guard case .violated(let witness) = finding.verdict else { continue }
      let sentences = Block.list(witness.map { [.text($0)] }, isOrdered: false)
      let title = Block.paragraph(Text([.strong(finding.guarantee), .plain(" is broken:")]))
      document.add(.aside(.warning, [title] + (witness.isEmpty ? [] : [sentences])))
      for picture in finding.pictures { document.add(picture) }
    }
    return document
  }

  /// The verdict in a word or two.
  public static func word(_ finding: Finding) -> Text {
    switch finding.verdict {
    case .holds: .toned("held", .good)
    case .violated: .toned("broken", .bad)
    case .unknown(let reason): Text("unknown: \(reason)")
    }
  }

  private static func mark(_ finding: Finding) -> Mark {
    switch finding.verdict {
    case .holds: .met
    case .violated: .missed
    case .unknown: .unknown
    }
  }
}
