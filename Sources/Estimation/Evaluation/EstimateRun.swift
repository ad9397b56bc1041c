import Kernel

/// One evaluation of a model: every value is worked out once, when it is first asked for.
final class EstimateRun {
  /// What uncertain inputs stand for.
  enum Mode {
    /// Their whole distribution.
    case distribution
    /// One value each, by the streams of the inputs.
    case point([String: Double])
  }

  let model: EstimateModel
  let options: EstimateOptions
  /// The constants and price lists that names may stand for.
  let reference: EstimateReference
  let mode: Mode
  let sampler: Sampler
  private(set) var inputs: [EstimateInput] = []
  private var inputNumbers: [String: Int] = [:]
  private var known: [Int: Result<Value, EstimateComplaint>] = [:]
  private var knownConstants: [String: Result<Value, EstimateComplaint>] = [:]
  private var underWay: [Int] = []
  private var depth = 0
  private(set) var remarks: [EstimateRemark] = []
  /// The correlations between inputs; nil before they are asked for.
  private var correlations: Result<Correlations, EstimateComplaint>?
  /// What became of units, by the place of the statement; nil while nobody wants to know.
  var story: [Int: CompoundUnit.Cancelling]?
  /// The draws of the parts of mixtures.
  private(set) var sideColumns: [Column] = []

  init(
    _ model: EstimateModel, options: EstimateOptions, reference: EstimateReference,
    mode: Mode = .distribution
  ) {
    self.model = model
    self.options = options
    self.reference = reference
    self.mode = mode
    sampler = Sampler(seed: options.seed, count: options.samples)
  }

  /// The value of the statement at `place`.
  func value(at place: Int) throws(EstimateComplaint) -> Value {
    if let result = known[place] { return try result.get() }
    let statement = model.statements[place]
    guard let formula = statement.formula else { return .number(1) }
    guard !underWay.contains(place) else { throw cycle(place) }
    underWay.append(place)
    defer { underWay.removeLast() }
    let scope = Scope(statement: statement, place: place, owner: model.definedName(place))
    do throws(EstimateComplaint) {
      let value = try evaluate(formula, scope)
      known[place] = .success(value)
      return value
    } catch {
      known[place] = .failure(error)
      throw error
    }
  }

  /// The value of a constant of the reference.
  func value(of constant: EstimateConstant) throws(EstimateComplaint) -> Value {
    if let result = knownConstants[constant.id] { return try result.get() }
    do throws(EstimateComplaint) {
      let statement = try constant.statement()
      let scope = Scope(statement: statement, place: -1, owner: constant.id)
      guard let formula = statement.formula else { return .number(1) }
      let value = try evaluate(formula, scope)
      knownConstants[constant.id] = .success(value)
      return value
    } catch {
      knownConstants[constant.id] = .failure(error)
      throw error
    }
  }

  private func cycle(_ place: Int) -> EstimateComplaint {
    let statement = model.statements[place]
    let start = underWay.firstIndex(of: place) ?? 0
    let path = (underWay[start...] + [place]).map { model.definedName($0) ?? "_" }
    return EstimateComplaint(.dependsOnItself(path), at: statement.range, in: statement.source)
  }

  /// Goes one formula deeper; false where the stack could end.
  func enter() -> Bool {
    guard depth < Self.deepest else { return false }
    depth += 1
    return true
  }

  func leave() { depth -= 1 }

  /// How many formulas may hang one below the other, those of the names they use included.
  private static let deepest = 1_000

  /// Adds a remark once.
  func remark(_ remark: EstimateRemark) {
    if !remarks.contains(remark) { remarks.append(remark) }
  }

  /// Writes down what becomes of the units of two factors.
  func note(_ left: CompoundUnit, times right: CompoundUnit, power: Int, at place: Int) {
    guard story != nil else { return }
    let next = left.cancelling(with: right, power: power)
    story?[place, default: .init()].cancelled += next.cancelled
    story?[place, default: .init()].conversions += next.conversions
  }

  func addSideColumn(_ column: Column) -> Int {
    sideColumns.append(column)
    return sideColumns.count - 1
  }

  // MARK: Inputs

  /// The number of an input, which is registered when it is first met.
  func number(of input: @autoclosure () -> EstimateInput, key: String) -> Int {
    if let number = inputNumbers[key] { return number }
    inputs.append(input())
    inputNumbers[key] = inputs.count - 1
    return inputs.count - 1
  }

  /// How the inputs hang together.
  func correlated() throws(EstimateComplaint) -> Correlations {
    if let correlations { return try correlations.get() }
    correlations = .success(Correlations())
    do throws(EstimateComplaint) {
      let built = try buildCorrelations()
      correlations = .success(built)
      return built
    } catch {
      correlations = .failure(error)
      throw error
    }
  }
}

/// Where a formula stands while it is evaluated.
final class Scope {
  let statement: Statement
  let place: Int
  /// The name that is being defined, if any.
  let owner: String?
  /// How many inputs were met so far.
  var inputCount = 0

  init(statement: Statement, place: Int, owner: String?) {
    self.statement = statement
    self.place = place
    self.owner = owner
  }

  func text(_ range: SourceRange) -> String { statement.text(range) }

  /// The name of the stream of the next input.
  func nextStream() -> String {
    inputCount += 1
    let home = place < 0 ? "constant \(owner ?? "")" : owner ?? "line \(place + 1)"
    return "\(home)/\(inputCount)"
  }

  /// What people call an input that stands at `range`: the name it defines, else its text.
  func label(of range: SourceRange) -> String {
    guard let owner else { return text(range) }
    let isWhole = statement.formula?.unconverted.range == range
    return isWhole || place < 0 ? owner : text(range)
  }

  func complaint(
    _ reason: EstimateComplaint.Reason, _ range: SourceRange
  ) -> EstimateComplaint {
    EstimateComplaint(reason, at: range, in: statement.source)
  }
}

/// Something worth saying beside a result.
public enum EstimateRemark: Sendable, Hashable {
  /// A month was taken as so many seconds.
  case month(Double)
  /// A year was taken as so many seconds.
  case year(Double)
  /// `Gb` is bits; `GB` would be bytes.
  case bits(String)
  /// `KB` was read as `kB`.
  case kilobyte
  /// `1/2 GB` was read as `1/(2 GB)`.
  case divisor(String)
  /// A name was defined twice in one text; the last definition holds.
  case twice(String)
}
