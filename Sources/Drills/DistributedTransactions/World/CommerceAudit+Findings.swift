import Kernel
import Patterns

extension CommerceAudit {
  static let ends = "every transaction ends committed or compensated"
  static let allOrNothing = "all steps stand, or none"
  static let once = "each effect takes place once"
  static let notAfter = "no step comes after its compensation"
  static let reverse = "compensations run in reverse order"
  static let pivot = "nothing is undone after the pivot"
  static let conserved = "balances are what the effects add up to"
  static let solvent = "no balance falls below zero"
  static let clean = "no reader sees what is taken back"

  /// What is known of every guarantee.
  var findings: [Finding] {
    [
      finding(Self.ends, unended.map { Self.tellOpen($0) }),
      finding(Self.allOrNothing, torn.map(Self.tellTorn)),
      finding(Self.once, repeated.map(Self.tellRepeat)),
      finding(Self.notAfter, late.map(Self.tellLate)),
      finding(Self.reverse, disordered.map { "Transaction \($0) was not undone last step first." }),
      finding(
        Self.pivot,
        undoneAfterPivot.map {
          "Transaction \($0) had passed its pivot, and a step of it was undone."
        }),
      finding(
        Self.conserved,
        wrongBalances.map {
          "Record \($0.record) of \(CommerceSetup.roster.name($0.service)) holds \($0.balance); "
            + "its effects add up to \($0.expected)."
        }),
      finding(
        Self.solvent,
        overdrawn.map { "Record \($0.record) stood at \($0.balance) at \($0.at)." }),
      finding(
        Self.clean,
        dirtyViews.map {
          "At \($0.view.at) somebody read record \($0.view.view.record) of "
            + "\(CommerceSetup.roster.name($0.view.service)) with what transaction "
            + "\($0.transaction) took back later."
        }),
    ]
  }

  private func finding(_ guarantee: String, _ cases: [String]) -> Finding {
    guard let first = cases.first else { return Finding(guarantee, .holds) }
    var witness = [first]
    if cases.count > 1 { witness.append("\(cases.count - 1) more of the kind.") }
    return Finding(guarantee, .violated(witness: witness))
  }

  /// When the first transaction that breaks `guarantee` began; nil where faults are not the reason.
  func firstWitness(of guarantee: String) -> Instant? {
    switch guarantee {
    case Self.ends: unended.first?.placed.at
    case Self.allOrNothing: torn.first?.placed.at
    case Self.once: repeated.first?.account.placed.at
    case Self.notAfter: late.first?.account.placed.at
    default: nil
    }
  }

  /// Transactions without an end, or that wait for a person.
  var unended: [Account] {
    accounts.filter { account in
      let outcome = account.outcome(of: method)
      return outcome == nil || outcome == .stuck
    }
  }

  private static func tellOpen(_ account: Account) -> String {
    let state = account.placed.outcome == .stuck ? "is stuck" : "has not ended"
    let open = account.hasPromise ? "; a service has promised it and still waits" : ""
    return "Transaction \(account.placed.transaction.id) of \(account.placed.at) \(state): "
      + "\(account.standing) of \(account.stepCount) steps stand\(open)."
  }

  /// Transactions that have ended and are neither whole nor gone.
  var torn: [Account] {
    accounts.filter { account in
      switch account.outcome(of: method) {
      case .committed: account.standing < account.stepCount
      case .compensated, .aborted: account.standing > 0
      case .stuck, nil:
        account.placed.outcome == nil && method == .twoPhase && account.standing > 0
          && account.standing < account.stepCount
      }
    }
  }

  private static func tellTorn(_ account: Account) -> String {
    let steps = account.placed.transaction.steps
    let standing = steps.indices.filter { account.stands($0) }.map { steps[$0].name }
    let outcome = account.placed.outcome?.rawValue ?? "undecided"
    return "Transaction \(account.placed.transaction.id) is \(outcome), and "
      + (standing.isEmpty
        ? "nothing stands." : "only \(standing.joined(separator: ", ")) of its steps stands.")
  }

  /// Steps that took effect more than once, or were undone more often than done.
  var repeated: [(account: Account, step: Int)] {
    accounts.flatMap { account in
      account.placed.transaction.steps.indices.filter {
        account.applied($0) > 1 || account.undone($0) > 1
          || account.undone($0) > account.applied($0)
      }.map { (account, $0) }
    }
  }

  private static func tellRepeat(_ item: (account: Account, step: Int)) -> String {
    let step = item.account.placed.transaction.steps[item.step]
    return "Step \(step.name) of transaction \(item.account.placed.transaction.id) took effect "
      + "\(item.account.applied(item.step)) times and was undone "
      + "\(item.account.undone(item.step)) times."
  }

  /// Steps that took effect after they were undone, or after their transaction had ended undone.
  var late: [(account: Account, step: Int)] {
    accounts.flatMap { account in
      account.placed.transaction.steps.indices.filter { step in
        let own = account.entries.filter { $0.effect.key.step == step }
        let undo = own.first { $0.effect.isUndo }
        return own.contains { entry in
          guard !entry.effect.isUndo else { return false }
          if let undo, entry.position > undo.position { return true }
          return account.placed.outcome == .compensated
            && entry.order > order.end(account.placed.transaction.id)
        }
      }.map { (account, $0) }
    }
  }

  private static func tellLate(_ item: (account: Account, step: Int)) -> String {
    let step = item.account.placed.transaction.steps[item.step]
    return "Step \(step.name) of transaction \(item.account.placed.transaction.id) took effect "
      + "after it had been undone."
  }

  /// Transactions whose steps were undone in another order than last step first.
  var disordered: [Int] {
    accounts.filter { account in
      let undos = account.entries.filter(\.effect.isUndo).sorted { $0.order < $1.order }
      return zip(undos, undos.dropFirst()).contains { $0.effect.key.step < $1.effect.key.step }
    }.map(\.placed.transaction.id)
  }

  /// Transactions of which something was undone although the pivot had taken effect.
  var undoneAfterPivot: [Int] {
    accounts.filter { account in
      let steps = account.placed.transaction.steps
      guard let place = steps.firstIndex(where: { $0.kind == .pivot }) else { return false }
      return account.applied(place) > 0 && account.entries.contains(where: \.effect.isUndo)
    }.map(\.placed.transaction.id)
  }
}
