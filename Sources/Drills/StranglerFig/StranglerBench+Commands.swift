import Kernel
import Patterns
import Presentation

extension StranglerBench {
  static let routeCommands = [
    BenchCommand(
      "stage", usage: "stage reads|pay legacy|shadow|canary|new|retired",
      example: "stage reads shadow",
      "Moves a route, forward or back; one whose old part is retired cannot go back."),
    BenchCommand(
      "ask", usage: "ask [COUNT]", example: "ask 100",
      "Sends quotes of COUNT users, one each, through the facade."),
    BenchCommand(
      "pay", usage: "pay [COUNT]", example: "pay 2", "User 1 pays in 10 euros, COUNT times."),
    BenchCommand("look", usage: "look", example: "look", "User 1 looks at the balance."),
    BenchCommand(
      "differ", usage: "differ", example: "differ",
      "Lets the new system round the quotes of every tenth user another way."),
    BenchCommand(
      "noise", usage: "noise", example: "noise",
      "Gives every third answer, of either system, a stamp that no other answer has."),
    BenchCommand(
      "mend", usage: "mend", example: "mend", "Mends the rounding; comparing begins anew."),
  ]

  static let dataCommands = [
    BenchCommand(
      "carry", usage: "carry [COUNT]", example: "carry 100",
      "Carries up to COUNT changes over, each way that is set."),
    BenchCommand(
      "flip", usage: "flip", example: "flip",
      "Makes the other system the owner of the data, once nothing is on its way to it."),
    BenchCommand(
      "rollback", usage: "rollback", example: "rollback",
      "Sends both routes back to the old system, and the data after them."),
    BenchCommand("show", usage: "show", example: "show", "Shows routes and data."),
  ]

  mutating func move(_ line: BenchLine) throws(Diagnostic) -> Document {
    let name = line.arguments.first ?? ""
    guard name == "reads" || name == "pay" else {
      throw .unknown(
        "route", name, known: ["reads", "pay"],
        column: line.arguments.isEmpty ? nil : line.column(0))
    }
    let word = line.arguments.count > 1 ? line.arguments[1] : ""
    guard let stage = StranglerRoute.Stage(rawValue: word) else {
      throw .unknown(
        "stage", word, known: StranglerRoute.Stage.allCases.map(\.rawValue),
        column: line.arguments.count > 1 ? line.column(1) : nil)
    }
    let from = name == "reads" ? reads.stage : pay.stage
    if stage == .retired, from == .new, data.owner == .legacy {
      throw Diagnostic(
        "The old system still owns the data: its part of \(name) cannot be retired.",
        found: word, expected: "flip first")
    }
    guard name == "reads" ? reads.move(to: stage) : pay.move(to: stage) else {
      throw Diagnostic(
        from == .retired
          ? "The old part of \(name) is gone: there is nothing to go back to."
          : "Route \(name) is in stage \(from.rawValue): the old part still answers.",
        found: word, expected: from == .retired ? "no other stage" : "stage \(name) new first")
    }
    return Document([.text("Route \(name) is in stage \(stage.rawValue).")])
  }

  mutating func flip(to next: StranglerRoute.System) -> Document {
    guard data.flip(to: next) || data.nextOwner == nil else {
      return Document([
        .text(
          "Writes pause: changes are still on their way to the \(next.rawValue) system. Carry them."
        )
      ])
    }
    return Document([.text("The \(data.owner.rawValue) system owns the data now.")])
  }

  mutating func rollback() throws(Diagnostic) -> Document {
    guard reads.stage != .retired, pay.stage != .retired else {
      throw Diagnostic(
        "An old part is gone: there is nothing to go back to.", expected: "a way forward")
    }
    _ = reads.move(to: .legacy)
    _ = pay.move(to: .legacy)
    return Document([.text("Both routes are with the old system.")]) + flip(to: .legacy)
  }

  /// Quotes of users 1 to `count`.
  mutating func ask(_ count: Int) -> Document {
    for user in 1...count {
      let decision = reads.route(user: user, isWrite: false, random: &random)
      let right = 100 + user % 50
      let mine = isWrong && user % 10 == 0 ? right + 1 : right
      tally.answered += 1
      if decision.system == .new {
        tally.byNew += 1
        if mine != right { tally.wrongAnswers += 1 }
      }
      if decision.system == .legacy, tally.last[user] == .new, reads.stage == .canary {
        tally.wentBack += 1
      }
      tally.last[user] = decision.system
      if decision.isMirrored, preset.compares {
        _ = reads.compare(
          [right, nextStamp()], [mine, nextStamp()], again: [right, nextStamp()])
      }
    }
    let seen = reads.comparison
    return Document([
      .text(
        "\(tally.byNew) of \(tally.answered) quotes came from the new system; \(seen.compared) "
          + "were compared, \(seen.differing) differed, of which \(seen.differences) count.")
    ])
  }

  /// The stamp of an answer: 0, or with noise a number that no other answer has.
  private mutating func nextStamp() -> Int {
    guard isNoisy, random.chance(1.0 / 3) else { return 0 }
    stamp += 1
    return stamp
  }

  mutating func payIn(_ count: Int) -> Document {
    for _ in 0..<count {
      let decision = pay.route(user: 1, isWrite: true, random: &random)
      guard !data.isPaused else {
        tally.refused += 1
        continue
      }
      truth[1, default: 0] += 10
      let target = data.synchronisation == .both ? decision.system : data.owner
      data.add(10, to: 1, in: target, at: .zero)
      if decision.isMirrored {
        data.add(10, to: 1, in: .new, at: .zero, isLogged: false)
        tally.doubleCharges += 1
      }
    }
    return show()
  }

  func show() -> Document {
    var reply = Document([
      .text("Routes: reads in \(reads.stage.rawValue), pay in \(pay.stage.rawValue)."),
      .text(
        "User 1: the old system holds \(data.value(1, in: .legacy)) euros, the new one "
          + "\(data.value(1, in: .new)); \(data.owner.rawValue) owns the data."),
      .text(
        "On their way: \(data.toNew.count) changes to the new system, \(data.toLegacy.count) to the "
          + "old one."),
    ])
    if let next = data.nextOwner {
      reply.add(
        "Writes pause until the \(next.rawValue) system has everything; \(tally.refused) were "
          + "refused.")
    }
    return reply
  }
}
