import Kernel

/// A value that is normal, or whose logarithm is: a centre plus weighted standard normals, one for
/// each input that takes part.
///
/// Products, quotients and powers of lognormals stay in this form with nothing lost, and so do sums
/// and multiples of normals; an input that is used twice counts twice, and one divided by itself is 1.
struct GaussianForm: Sendable, Hashable {
  /// Whether the logarithm of the value is normal, not the value.
  let isLog: Bool
  /// The middle: the mean and median of the value, or of its logarithm.
  private(set) var center: Double
  /// The inputs that take part, by their numbers, in rising order, with weights other than 0.
  private(set) var terms: [Term]

  /// An input's standard normal and its weight.
  struct Term: Sendable, Hashable {
    let input: Int
    let weight: Double
  }

  init(isLog: Bool, center: Double, terms: [Term]) {
    self.isLog = isLog
    self.center = center
    self.terms = terms
  }

  /// Whether nothing uncertain is left.
  var isCertain: Bool { terms.isEmpty }

  /// This form plus `factor` times the other; both must be normal in the same way.
  func adding(_ other: GaussianForm, times factor: Double) -> GaussianForm {
    precondition(isLog == other.isLog, "forms of two kinds cannot be merged")
    var merged: [Term] = []
    var (left, right) = (terms[...], other.terms[...])
    while let next = [left.first?.input, right.first?.input].compactMap({ $0 }).min() {
      var weight = 0.0
      if let term = left.first, term.input == next {
        weight += term.weight
        left.removeFirst()
      }
      if let term = right.first, term.input == next {
        weight += factor * term.weight
        right.removeFirst()
      }
      if weight != 0 { merged.append(Term(input: next, weight: weight)) }
    }
    return GaussianForm(isLog: isLog, center: center + factor * other.center, terms: merged)
  }

  /// The same form, moved by `shift`.
  func shifted(by shift: Double) -> GaussianForm {
    GaussianForm(isLog: isLog, center: center + shift, terms: terms)
  }

  /// Centre and weights times `factor`.
  func scaled(by factor: Double) -> GaussianForm {
    let scaled = terms.map { Term(input: $0.input, weight: $0.weight * factor) }
    return GaussianForm(
      isLog: isLog, center: center * factor, terms: scaled.filter { $0.weight != 0 })
  }

  /// What stands at `z` deviations from the middle.
  func value(at z: Double, deviation: Double) -> Double {
    let place = center + z * deviation
    return isLog ? PortableMath.exp(place) : place
  }
}
