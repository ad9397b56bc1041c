import Drills
import Kernel
import Presentation

/// Why a run went as it did, read from its trace.
enum WhyView {
  /// The chain of the first harm, and what shows the guarantees that were broken.
  static func whole(_ outcome: Outcome, missed: [Judgement] = []) -> Document {
    document(outcome, missed: missed, limit: 16) + FindingView.witnesses(outcome.findings)
  }

  /// The chain of the first harm; where no event did harm and objectives were missed all the same, it
  /// says which.
  static func document(
    _ outcome: Outcome, missed: [Judgement] = [], limit: Int = 7
  ) -> Document {
    let chain = CausalChain(outcome.trace, limit: limit)
    let isBroken = outcome.findings.contains(where: \.isViolated)
    guard !chain.steps.isEmpty else {
      return Document([
        .text(
          isBroken || !missed.isEmpty
            ? "The trace holds no fault and no harm."
            : "Nothing went wrong: the trace holds no fault and no harm.")
      ]) + allTheSame(chain, missed)
    }
    var document = Document([.timeline(chain.steps.map(moment))])
    let isQuiet = isBroken || !missed.isEmpty
    if let summary = summary(chain, isBroken: isQuiet) { document.add(.text(summary)) }
    return document + allTheSame(chain, missed)
  }

  /// What was missed although no event did harm: it lies in how things are set up.
  private static func allTheSame(_ chain: CausalChain, _ missed: [Judgement]) -> Document {
    guard chain.firstHarm == nil, !missed.isEmpty else { return Document() }
    let figures = missed.map { judgement in
      "\(judgement.clause.name) is \(judgement.measured?.text ?? "none"), wanted "
        + judgement.clause.wanted
    }
    return Document([
      .text(
        "Missed all the same: \(figures.joined(separator: "; ")). No single event did that. The "
          + "chart shows when, 'knobs' what could change it, 'hint' where to look.")
    ])
  }

  private static func moment(_ step: CausalChain.Step) -> Moment {
    moment(step.event, also: also(step.also))
  }

  /// An event as a line of a timeline.
  static func moment(_ event: Trace.Event) -> Moment { moment(event, also: "") }

  private static func moment(_ event: Trace.Event, also: String) -> Moment {
    let tone: Tone? =
      switch event.weight {
      case .fault: .accent
      case .harm: .bad
      case .recovery: .good
      case .change: nil
      }
    return Moment(
      time: time(event.at), part: event.part, text: Text(event.detail + also),
      tone: tone)
  }

  /// Two minutes and more in minutes and seconds: nobody reads 2.167 min.
  private static func time(_ instant: Instant) -> String {
    let tenths = (instant.seconds * 10).rounded()
    guard tenths >= 1_200, tenths < 72_000 else { return instant.description }
    let minutes = (tenths / 600).rounded(.down)
    let rest = DecimalText.significant((tenths - minutes * 600) / 10, digits: 3)
    return rest == "0" ? "\(Int(minutes)) min" : "\(Int(minutes)) min \(rest) s"
  }

  /// The other parts that the same befell.
  private static func also(_ parts: [String]) -> String {
    guard !parts.isEmpty else { return "" }
    let named = parts.prefix(3).joined(separator: ", ")
    return parts.count > 3 ? " (also \(named) and \(parts.count - 3) more)" : " (also \(named))"
  }

  /// How far it spread, how long it lasted, how it ended.
  private static func summary(_ chain: CausalChain, isBroken: Bool) -> String? {
    guard let first = chain.firstHarm else {
      // What clients lost without an error shows in no event, only in what they saw.
      return isBroken
        ? "The trace holds no harm: what went wrong looked fine at the time."
        : "Nobody suffered from it: the trace holds no harm."
    }
    let times = chain.harmCount == 1 ? "1 harmful event" : "\(chain.harmCount) harmful events"
    let parts = chain.parts.prefix(4).joined(separator: ", ")
    let more = chain.parts.count > 4 ? " and \(chain.parts.count - 4) more" : ""
    let last =
      chain.lasted > .zero
      ? "the first at \(time(first.at)), the last \(chain.lasted) later" : "at \(time(first.at))"
    var text = "Spread: \(times) at \(parts)\(more), \(last)."
    if let recovery = chain.recovery {
      text += " Back at \(time(recovery.at)): \(recovery.part) \(recovery.detail)."
    } else {
      text += " The trace shows no recovery."
    }
    if chain.otherHarms > 0 {
      text +=
        chain.otherHarms == 1
        ? " 1 more harmful event had another cause."
        : " \(chain.otherHarms) more harmful events had other causes."
    }
    if chain.overflow > 0 { text += " \(chain.overflow) later events were not kept." }
    return text
  }
}
