extension LinearizabilityWitness {
  /// The operations that the contradiction needs, as indices into the history, in its order: the one
  /// that cannot be explained, and of the observations before it only those without which it could.
  ///
  /// What changed the object is kept, since leaving out a change can make a contradiction that was
  /// not there. Other parts of the object, such as other keys, are left out. It asks the checker at
  /// most `questions` times, with `budget` steps each.
  public func essence(
    in history: OperationHistory<Model.Action>, of model: Model, questions: Int = 200,
    budget: Int = 1_000_000
  ) -> [Int] {
    let group = model.parts(of: history.operations).first { $0.contains(operation) } ?? []
    let begun = group.filter { index in
      let recorded = history.operations[index]
      return recorded.invocation < prefixCount && recorded.outcome != .failed
    }
    let observations = begun.filter { index in
      index != operation && Model.isPure(history.operations[index].action)
    }
    let changes = begun.filter { !observations.contains($0) }
    let needed = Shrinking.minimize(observations, budget: questions) { kept in
      let chosen = (changes + kept).map { history.operations[$0] }
      let smaller = OperationHistory(chosen, eventCount: history.eventCount).prefix(prefixCount)
      return Linearizability.check(smaller, against: model, budget: budget).witness != nil
    }
    return (changes + needed).sorted()
  }
}
