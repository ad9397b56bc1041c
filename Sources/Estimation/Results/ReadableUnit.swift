extension CompoundUnit {
  /// The same unit with bytes, bits or time scaled so that `value`, in base units, reads well; years
  /// are those of `table`.
  func readable(for value: Double, in table: UnitTable) -> CompoundUnit {
    guard value.isFinite, value != 0 else { return self }
    let isTimeAlone = terms.count == 1 && terms[0].exponent == 1
    guard
      let place = terms.firstIndex(where: { term in
        term.exponent == 1 && term.atom.ladder != .none
          && (term.atom.ladder != .time || isTimeAlone)
      })
    else { return self }
    let atom = terms[place].atom
    let rest = scale / atom.scale
    let figure = abs(value) / rest
    // A time that reads well in the unit that it was written in stays there.
    let isFine = (0.1..<1_000).contains(figure / atom.scale)
    if atom.ladder == .time, isFine { return self }
    let steps = table.steps(of: atom.ladder)
    // Two minutes read better in seconds, as 90 s does; days take over from two.
    let threshold = atom.ladder == .time ? 2.0 : 1.0
    let fitting = steps.last { step in
      figure >= step.scale * (step.scale > 1 && atom.ladder == .time ? threshold : 1) * 0.999_999
    }
    guard let best = fitting ?? steps.first else { return self }
    return best == atom ? self : replacing(place, with: best)
  }
}
