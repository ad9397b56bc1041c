import Blueprints
import Presentation

/// What a reviewer would stop at.
enum LintView {
  static func document(_ lints: [Lint]) -> Document {
    guard !lints.isEmpty else {
      return Document([.paragraph(Text([.mark(.met), .plain(" no rule of the linter objects")]))])
    }
    return Document([
      .list(
        lints.map { lint in
          [
            .paragraph(
              Text([
                .toned(
                  "\(lint.rule) (\(lint.severity.rawValue))  ",
                  lint.severity == .hard ? .bad : .quiet),
                .plain(lint.message),
              ]))
          ]
        }, isOrdered: false)
    ])
  }
}
