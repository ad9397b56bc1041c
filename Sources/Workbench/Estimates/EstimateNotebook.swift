import Estimation
import Kernel

/// The estimate that is being written at the prompt: lines go in, values come out, and what was
/// refused leaves no trace.
struct EstimateNotebook {
  private(set) var model = EstimateModel()
  private(set) var options = EstimateOptions()
  private var past: [EstimateModel] = []
  /// Conventions that were said already.
  private var said: [EstimateRemark] = []
  let reference: EstimateReference

  init(reference: EstimateReference, options: EstimateOptions = EstimateOptions()) {
    self.reference = reference
    self.options = options
  }

  /// What a line came to.
  struct Entry {
    /// The outcomes of its statements.
    var outcomes: [EstimateOutcome]
    /// Values that changed because of it, with what they were and are.
    var followers: [(name: String, before: String, after: String)]
    /// What is worth saying beside it, once.
    var remarks: [EstimateRemark]
  }

  /// An evaluation of the model as it stands.
  var estimator: Estimator { Estimator(model, options: options, reference: reference) }

  /// Keeps what has been said, so that it is not said twice.
  mutating func note(_ remarks: [EstimateRemark]) {
    said += remarks.filter { !said.contains($0) }
  }

  /// Carries out a line; when it is refused, or breaks what depends on it, nothing changes.
  mutating func enter(_ line: String) throws(Diagnostic) -> Entry {
    var changed = model
    var entry = Entry(outcomes: [], followers: [], remarks: [])
    let estimator: Estimator
    do throws(EstimateComplaint) {
      let places = try changed.add(SourceText(line))
      estimator = Estimator(changed, options: options, reference: reference)
      for place in places { entry.outcomes.append(try estimator.outcome(at: place)) }
    } catch {
      throw error.diagnostic
    }
    let named = entry.outcomes.compactMap(\.name)
    entry.followers = try followers(of: named, estimator, changed.names)
    entry.remarks = estimator.remarks.filter { !said.contains($0) }
    note(entry.remarks)
    past.append(model)
    model = changed
    return entry
  }

  /// The values that became others when those called `names` did.
  private func followers(
    of names: [String], _ estimator: Estimator, _ all: [String]
  ) throws(Diagnostic) -> [(name: String, before: String, after: String)] {
    let before = figures(model)
    var followers: [(name: String, before: String, after: String)] = []
    for name in all where !names.contains(name) {
      guard let old = before.first(where: { $0.name == name })?.text else { continue }
      do throws(EstimateComplaint) {
        guard let after = try estimator.outcome(of: name)?.figure?.rangeText, after != old else {
          continue
        }
        followers.append((name, old, after))
      } catch {
        var broken = error.diagnostic
        broken.message = "This would break '\(name)', which depends on it. " + broken.message
        throw broken
      }
    }
    return followers
  }

  /// Reads a whole model in place of the one that was there.
  mutating func read(_ source: SourceText) throws(Diagnostic) {
    let model = try Self.model(source)
    past.append(self.model)
    self.model = model
  }

  /// The model in a text; all that is wrong with it is told at once.
  static func model(_ source: SourceText) throws(Diagnostic) -> EstimateModel {
    let (model, complaints) = EstimateModel.read(source)
    try refuse(complaints)
    return model
  }

  /// Throws the first complaint, with the others below it.
  static func refuse(_ complaints: [EstimateComplaint]) throws(Diagnostic) {
    guard var first = complaints.first?.diagnostic else { return }
    let others = complaints.dropFirst()
    if !others.isEmpty { first.moveAdviceToDetails() }
    first.details += others.prefix(6).map { "Also \($0.diagnostic)" }
    if others.count > 6 { first.details.append("And \(others.count - 6) more.") }
    throw first
  }

  /// Takes the last line back; false when there is none.
  mutating func undo() -> Bool {
    guard let last = past.popLast() else { return false }
    model = last
    return true
  }

  /// Begins anew.
  mutating func clear() {
    past.append(model)
    model = EstimateModel()
  }

  /// The names with what they come to.
  private func figures(_ model: EstimateModel) -> [(name: String, text: String)] {
    let estimator = Estimator(model, options: options, reference: reference)
    return model.names.compactMap { name in
      guard let text = (try? estimator.outcome(of: name))??.figure?.rangeText else { return nil }
      return (name, text)
    }
  }
}

extension Diagnostic {
  /// Puts what helps among the facts, so that complaints that follow do not come between.
  fileprivate mutating func moveAdviceToDetails() {
    if let expected { details.append("Expected \(expected).") }
    if let advice { details.append(advice) }
    if let suggestion { details.append("Did you mean '\(suggestion)'?") }
    (expected, advice, suggestion) = (nil, nil, nil)
  }
}
