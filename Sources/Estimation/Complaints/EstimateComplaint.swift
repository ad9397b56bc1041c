import Kernel

/// What is wrong with an estimate, and where.
///
/// The stages say what (a reason); `Wording` alone turns reasons into sentences.
public struct EstimateComplaint: Error, Sendable, Hashable {
  /// What is wrong.
  let reason: Reason
  /// The part of the source that is meant.
  let range: SourceRange
  /// The source.
  let source: SourceText

  init(_ reason: Reason, at range: SourceRange, in source: SourceText) {
    self.reason = reason
    self.range = range
    self.source = source
  }

  /// One side of a sum, a comparison or a conversion, for messages.
  struct Side: Sendable, Hashable {
    /// The words of the source.
    let text: String
    /// The dimension in words.
    let dimension: String
    /// The unit; empty for plain numbers.
    let unit: String
  }

  /// The kinds of things that can be wrong.
  enum Reason: Sendable, Hashable {
    // Reading
    case brokenNumber, numberTooLarge, thousandsComma, digitGroups
    case decimalComma(String)
    case unknownSign(String)
    case expected(String, instead: String)
    case endsEarly(String)
    case notClosed, notOpened, strayEquals, colon, doubleRange, doubleComparison, tooDeep
    case doubled(String)
    case missingOperator(String)
    case spacedName(String)
    case billion(String)
    case keyword(String)
    // Names and units
    case unknownWord(String, nearest: String?, hint: String?)
    case unknownUnit(String, nearest: String?, hint: String?)
    case unknownFunction(String, nearest: String?)
    case functionWithoutCall(String)
    case nameBehindNumber(String)
    case nameIsUnit(String)
    case ambiguousWord(String, other: String)
    case dependsOnItself([String])
    case longChain
    case noLast
    case unitTaken(String)
    case tooManyUnits(Int)
    case badUnit(String)
    // Dimensions
    case differ(Joint, left: Side, right: Side, missing: Missing)
    case notPlain(what: String, Side)
    case noRoot(Side, Int)
    case unevenPower
    case tooManyDimensions
    case likeUnits(String, String, whole: String)
    case secondHole
    case holeWithoutContext
    case holeInUse
    // Values
    case rangeUpsideDown
    case rangeEndUncertain
    case rangeEndWithoutUnit(String)
    case rangeToUnit(String)
    case notFinite(String)
    case mustBeExact(String)
    // Calls
    case argumentCount(function: String, usage: String, given: Int)
    case missingArgument(function: String, name: String, usage: String)
    case unknownArgument(String, nearest: String?, usage: String)
    case argumentTwice(String)
    case wrongArgument(function: String, name: String, expected: String, found: Side)
    case refused(what: String, reason: String, expected: String)
    case unknownTariff(String, nearest: String?)
    case reference(String)
    // Statements about others
    case notAnInput(String)
    case correlation(String)
    case definedTwice(String)
  }

  /// What joins two sides that must be of one dimension.
  enum Joint: Sendable, Hashable {
    case sum, difference, comparison, range, conversion, expectation, branches, list
  }

  /// What one side lacks.
  enum Missing: Sendable, Hashable {
    /// Nothing that could be said in a few words.
    case nothing
    /// Multiply the left side by something in this unit, of this dimension.
    case factor(unit: String, dimension: String)
    /// Divide the left side by something in this unit, of this dimension.
    case divisor(unit: String, dimension: String)
    /// The one is the other turned over.
    case inverse
    /// A plain number stands beside a quantity; such a quantity as an example.
    case unit(String)
  }
}

extension EstimateComplaint {
  /// A complaint about a name that nothing is called, with the nearest that is.
  public static func unknownName(_ name: String, known: [String]) -> EstimateComplaint {
    EstimateComplaint(
      .unknownWord(name, nearest: NearestWord.nearest(to: name, in: known), hint: nil),
      at: SourceRange(0, name.utf8.count), in: SourceText(name))
  }

  /// The complaint with its place, as every reader of the program throws it.
  public var diagnostic: Diagnostic {
    let words = Wording.of(reason)
    let position = source.position(of: range.start)
    let line = source.firstLine.map { $0 + position.line - 1 }
    var diagnostic = Diagnostic(
      words.message, file: source.file, line: line, column: position.column,
      found: source.text(range), expected: words.expected, suggestion: words.suggestion)
    // A carriage return would send the cursor back to the margin.
    var excerpt = source.line(at: range.start)
    if excerpt.hasSuffix("\r") { excerpt.removeLast() }
    let end = source.position(of: range.end)
    let rest = max(1, excerpt.count - position.column + 1)
    diagnostic.excerpt = Diagnostic.Excerpt(
      line: excerpt, column: position.column,
      length: end.line == position.line ? max(1, end.column - position.column) : rest)
    diagnostic.details = words.details
    diagnostic.advice = words.advice
    return diagnostic
  }
}

extension EstimateComplaint {
  /// Runs `body`; what it complains about is thrown with its place, as all readers do.
  public static func diagnosed<Value>(
    _ body: () throws(EstimateComplaint) -> Value
  ) throws(Diagnostic) -> Value {
    do { return try body() } catch { throw error.diagnostic }
  }
}

extension EstimateComplaint: CustomStringConvertible {
  /// The complaint in one paragraph.
  public var description: String { diagnostic.description }
}
