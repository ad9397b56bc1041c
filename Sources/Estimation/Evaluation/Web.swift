/// What a value rests on: statements and constants, each after those it rests on itself.
struct Web {
  /// The places of statements, the one that was asked about last.
  var places: [Int] = []
  /// The constants.
  var constants: [EstimateConstant] = []
}

extension EstimateRun {
  /// What the statement at `place` rests on.
  func web(of place: Int) throws(EstimateComplaint) -> Web {
    _ = try value(at: place)
    var web = Web()
    collect(place, into: &web)
    return web
  }

  private func collect(_ place: Int, into web: inout Web) {
    guard !web.places.contains(place) else { return }
    let statement = model.statements[place]
    for range in statement.formula?.words(in: statement) ?? [] {
      let text = statement.text(range)
      if text == "_" {
        if let before = model.resultBefore(place) { collect(before, into: &web) }
      } else if let next = model.place(of: text) {
        collect(next, into: &web)
      } else if model.units.unit(text) == nil,
        let constant = (try? reference.constant(text)) ?? nil, !web.constants.contains(constant)
      {
        web.constants.append(constant)
      }
    }
    web.places.append(place)
  }
}

extension Expression {
  /// The words of the formula that may be names, in the order in which they stand.
  func words(in statement: Statement) -> [SourceRange] {
    switch self {
    case .word(let range), .last(let range): return [range]
    case .call(let call) where statement.text(call.name) == "cost":
      return call.arguments.dropFirst().flatMap { $0.value.words(in: statement) }
    default: return parts.flatMap { $0.words(in: statement) }
    }
  }
}
