/// The time at which a query is evaluated, and the range of times that it is part of.
struct PromMoment: Sendable {
  let now: Int64
  /// The first and the last time of the whole query.
  let start: Int64
  let end: Int64
  /// The first step of the subquery that this is part of, else the time of the query.
  let first: Int64
  /// Up to when samples are there to be seen; nil for all.
  private(set) var limit: Int64?
  /// By how much the range of a function has left its `@` behind.
  private(set) var drift: Int64 = 0

  /// The moment of a query of its own.
  init(_ time: Int64) { self.init(now: time, start: time, end: time, first: time, limit: nil) }

  private init(now: Int64, start: Int64, end: Int64, first: Int64, limit: Int64?) {
    self.now = now
    self.start = start
    self.end = end
    self.first = first
    self.limit = limit
  }

  /// As of when something with `modifiers` is meant.
  func reference(_ modifiers: PromModifiers) -> Int64 { reference(modifiers, at: now) }

  /// As of when it was meant at the first step.
  func firstReference(_ modifiers: PromModifiers) -> Int64 { reference(modifiers, at: first) }

  private func reference(_ modifiers: PromModifiers, at now: Int64) -> Int64 {
    let base: Int64 =
      switch modifiers.anchor {
      case .time(let time): time
      case .start: start
      case .end: end
      case nil: now
      }
    return base - modifiers.offset
  }

  /// Up to when something with `modifiers` sees samples; nil for all.
  func reach(_ modifiers: PromModifiers) -> Int64? {
    modifiers.anchor == nil ? limit.map { $0 - modifiers.offset } : reference(modifiers)
  }

  /// A step of a subquery; `@ start()` and `@ end()` are those of the whole query also in there.
  func step(_ time: Int64, first: Int64, reach: Int64?) -> PromMoment {
    PromMoment(now: time, start: start, end: end, first: first, limit: reach)
  }

  /// The first of the steps: what does not change from step to step is evaluated then only.
  var atFirst: PromMoment {
    PromMoment(now: first, start: start, end: end, first: first, limit: limit)
  }

  /// This moment for the argument of a function that is evaluated anew at each step although its
  /// range has an `@`: the range goes on with the steps, and finds no samples after the `@`.
  ///
  /// So does 2.42, where `@` is turned into an offset at the first step. Source:
  /// prometheus/prometheus v2.42.0, promql/engine.go, setOffsetForAtModifier; seen with promtool.
  /// Left out: that 2.42 forgets to move what has an `@` in a subquery whose first step is the very
  /// time of the query around it.
  var drifting: PromMoment {
    var moment = self
    moment.drift = now - first
    return moment
  }
}

extension PromExpression {
  /// Whether 2.42 evaluates it at the first step of a subquery only, and repeats the result.
  ///
  /// Source: prometheus/prometheus v2.42.0, promql/engine.go, preprocessExprHelper.
  var isSameAtEveryStep: Bool {
    switch self {
    case .number, .text: true
    case .selector(let selector), .range(let selector, _): selector.modifiers.anchor != nil
    case .subquery(_, _, _, let modifiers): modifiers.anchor != nil
    case .call(let function, let arguments):
      !function.dependsOnTime && arguments.allSatisfy(\.isSameAtEveryStep)
    case .aggregate(_, let inner, _): inner.isSameAtEveryStep
    case .binary(_, let left, let right, _): left.isSameAtEveryStep && right.isSameAtEveryStep
    case .negative(let inner), .grouped(let inner): inner.isSameAtEveryStep
    }
  }
}

extension PromFunction {
  /// Whether it yields something else at another time, even if its arguments are the same.
  fileprivate var dependsOnTime: Bool {
    switch self {
    case .daysInMonth, .dayOfMonth, .dayOfWeek, .dayOfYear, .hour, .minute, .month, .year,
      .predictLinear, .time, .timestamp:
      true
    default: false
    }
  }
}
