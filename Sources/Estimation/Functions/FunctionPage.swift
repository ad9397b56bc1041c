/// What the program tells of a function: how it is called, what it means, where it comes from.
public struct FunctionPage: Sendable {
  /// The name as typed.
  public let name: String
  /// The heading under which it is listed.
  public let group: String
  /// Parameters and result.
  public let signature: String
  /// What it answers, in one sentence.
  public let summary: String
  /// The formula in plain text.
  public let formula: String
  /// When it holds and when it misleads.
  public let assumptions: String
  /// A call and what it yields; run as a test.
  public let example: EstimateFunction.Example
  /// Where a reader finds it.
  public let source: String

  /// How it is called: the name and its parameters.
  public var usage: String { name + signature }
}

/// Every function of the language with its page.
public enum FunctionPages {
  /// All of them: those of the language itself, then the formulas, group by group.
  public static let all: [FunctionPage] =
    BuiltinFunction.allCases.map(\.page)
    + EstimateFunctions.all.map { function in
      FunctionPage(
        name: function.name, group: function.group.rawValue, signature: function.signature,
        summary: function.summary, formula: function.formula, assumptions: function.assumptions,
        example: function.example, source: function.source)
    }

  /// The page of the function called `name`.
  public static func page(_ name: String) -> FunctionPage? { all.first { $0.name == name } }
}
