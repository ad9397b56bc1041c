import Kernel

/// How inputs hang together: the correlations between their standard normals.
///
/// Inputs are known by the streams that their draws come from, so that nothing has to be evaluated
/// to know which of them hang together.
struct Correlations: Sendable {
  /// Inputs that hang together with others, in the order of their definitions.
  var members: [String] = []
  /// Their correlations, row by row.
  var matrix: [[Double]] = []
  /// The lower triangle whose product with its own transpose is the matrix.
  var triangle: [[Double]] = []

  /// The correlation of two inputs.
  func between(_ first: String, _ second: String) -> Double {
    if first == second { return 1 }
    guard let row = members.firstIndex(of: first), let column = members.firstIndex(of: second)
    else { return 0 }
    return matrix[row][column]
  }

  /// Cholesky's triangle of `matrix`, or nil when no inputs can hang together like that.
  static func triangle(of matrix: [[Double]]) -> [[Double]]? {
    var triangle = matrix.map { $0.map { _ in 0.0 } }
    for row in matrix.indices {
      for column in 0...row {
        var rest = matrix[row][column]
        for place in 0..<column { rest -= triangle[row][place] * triangle[column][place] }
        if row == column {
          guard rest > -1e-12 else { return nil }
          triangle[row][row] = max(0, rest).squareRoot()
        } else {
          let pivot = triangle[column][column]
          guard pivot > 1e-9 || abs(rest) < 1e-9 else { return nil }
          triangle[row][column] = pivot > 1e-9 ? rest / pivot : 0
        }
      }
    }
    return triangle
  }
}

extension EstimateRun {
  /// The variance of a form: each pair of inputs by its correlation.
  func variance(of form: GaussianForm) throws(EstimateComplaint) -> Double {
    let correlations = try correlated()
    if correlations.members.isEmpty { return form.terms.reduce(0) { $0 + $1.weight * $1.weight } }
    var sum = 0.0
    for first in form.terms {
      for second in form.terms {
        let strength = correlations.between(
          inputs[first.input].stream, inputs[second.input].stream)
        sum += first.weight * second.weight * strength
      }
    }
    return max(0, sum)
  }

  /// Reads the `correlate` statements.
  func buildCorrelations() throws(EstimateComplaint) -> Correlations {
    var pairs: [(String, String, Double)] = []
    var members: [String] = []
    var last: Statement?
    for (place, statement) in model.statements.enumerated() {
      guard case .correlate(let first, let second) = statement.kind else { continue }
      let scope = Scope(statement: statement, place: place, owner: nil)
      let left = try stream(of: first, scope)
      let right = try stream(of: second, scope)
      guard left != right else {
        throw scope.complaint(.correlation("An input always goes with itself."), second)
      }
      let value = try value(at: place)
      guard value.dimension.isOne, let strength = value.magnitude.exactValue, abs(strength) <= 1
      else {
        throw scope.complaint(
          .correlation("A correlation is a plain number from -1 to 1."),
          statement.formula?.range ?? statement.range)
      }
      pairs.append((left, right, strength))
      for stream in [left, right] where !members.contains(stream) { members.append(stream) }
      last = statement
    }
    var result = Correlations(members: members)
    guard let last else { return result }
    result.matrix = members.map { row in
      members.map { column in
        row == column
          ? 1
          : pairs.last { ($0.0, $0.1) == (row, column) || ($0.1, $0.0) == (row, column) }?.2 ?? 0
      }
    }
    guard let triangle = Correlations.triangle(of: result.matrix) else {
      throw EstimateComplaint(
        .correlation("The correlations contradict each other: no inputs can hang together so."),
        at: last.range, in: last.source)
    }
    result.triangle = triangle
    return result
  }

  /// The stream of the one input that a name stands for.
  private func stream(
    of range: SourceRange, _ scope: Scope
  ) throws(EstimateComplaint) -> String {
    let name = scope.text(range)
    guard let place = model.place(of: name) else {
      let nearest = NearestWord.nearest(to: name, in: model.names)
      throw scope.complaint(.unknownWord(name, nearest: nearest, hint: nil), range)
    }
    let statement = model.statements[place]
    guard statement.formula?.isInput(in: statement) == true else {
      throw scope.complaint(.notAnInput(name), range)
    }
    return "\(name)/1"
  }
}

extension Expression {
  /// Whether it is one range or distribution and nothing else.
  fileprivate func isInput(in statement: Statement) -> Bool {
    switch self {
    case .range: true
    case .converted(let inner, _, _): inner.isInput(in: statement)
    case .call(let call):
      BuiltinFunction(rawValue: statement.text(call.name))?.isDistribution ?? false
    default: false
    }
  }
}
