import Presentation

/// How a finding is told: a mark and the guarantee, then the witness and its pictures.
public enum FindingView {
  /// The blocks of one finding.
  public static func blocks(_ finding: Finding) -> [Block] {
    switch finding.verdict {
    case .holds:
      return [.paragraph(Text([.mark(.met), .plain(" \(finding.guarantee)")]))]
    case .unknown(let reason):
      return [
        .paragraph(
          Text([.mark(.unknown), .plain(" \(finding.guarantee): nobody can tell. \(reason)")]))
      ]
    case .violated(let witness):
      let text = Text([
        .mark(.missed), .plain(" \(finding.guarantee): broken. \(witness.joined(separator: " "))"),
      ])
      return [.paragraph(text)] + finding.pictures
    }
  }
}
